"""The files of a download, read safely: a zip archive, or the folder that a browser unpacked from one.

Nothing is written to the disk. A file is read into memory when it is needed, up to a limit. Links, encrypted files and
paths that lead out of the archive are listed, but reading them raises ValueError with the reason.
"""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

MAX_FILES = 50_000
MAX_BYTES = 20_000_000      # of one file; JSON can need 30 times as much memory once it is parsed
ADDED_BY_SYSTEMS = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints)(/|$)|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)


@dataclass(frozen=True)
class ArchivedFile:
    """A file in a download: its path, with forward slashes, and a function that opens it."""

    path: str
    open: Callable[[], BinaryIO]
    problem: str = ""   # why the file must not be read

    def read(self) -> bytes:
        """Return the content. Raise ValueError if the file is unsafe, damaged or too large."""
        if self.problem:
            raise ValueError(self.problem)
        try:
            with self.open() as stream:
                data = stream.read(MAX_BYTES + 1)
        except Exception as error:      # zipfile raises many types of exceptions for damaged files
            raise ValueError(f"it cannot be read: {error}") from None
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
        return data


@contextlib.contextmanager
def open_download(path: Path) -> Iterator[list[ArchivedFile]]:
    """Yield the files of a download, sorted by path. Raise ValueError unless it is a zip archive or a folder."""
    with contextlib.ExitStack() as stack:
        try:
            files = (_files_in_folder(path) if path.is_dir()
                     else _files_in_zip(stack.enter_context(zipfile.ZipFile(path))))
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            raise ValueError(f"ARCHIVE must be an undamaged zip file or a folder, but it is {str(path)!r}") from None
        if len(files) > MAX_FILES:
            raise ValueError(f"ARCHIVE must hold at most {MAX_FILES:,} files, but {path.name} holds {len(files):,}")
        yield sorted(files, key=lambda file: file.path)


def read_notebook(file: ArchivedFile, exercise: str) -> tuple[str, bytes]:
    """Return the path and the content of the notebook in a file, which may be a zip archive that a student made.

    In an archive, a notebook named after the exercise is preferred. Raise ValueError if there is not exactly one.
    """
    data = file.read()
    if not may_hold_notebook(file.path):
        raise ValueError("it is not a notebook")
    if NOTEBOOK.search(file.path):
        return file.path, data
    try:
        files = _files_in_zip(zipfile.ZipFile(io.BytesIO(data)))
    except Exception as error:      # zipfile raises many types of exceptions for damaged archives
        raise ValueError(f"it cannot be opened as a zip archive: {error}") from None
    notebooks = [inner for inner in files if NOTEBOOK.search(inner.path) and not ADDED_BY_SYSTEMS.search(inner.path)]
    named = [inner for inner in notebooks if resembles(inner.path, exercise)] or notebooks
    if len(named) != 1:
        names = ", ".join(inner.path for inner in notebooks[:5]) or "none"
        raise ValueError(f"it is a zip archive that should hold one notebook, but holds {len(notebooks)}: {names}")
    return named[0].path, named[0].read()


def may_hold_notebook(path: str) -> bool:
    """Return whether a file's name ends like that of a notebook or a zip archive."""
    return NOTEBOOK.search(path) is not None or path.lower().endswith(".zip")


def resembles(path: str, exercise: str) -> bool:
    """Return whether the name of a file contains that of the exercise, as ``unrolling (1).ipynb`` does."""
    return exercise.lower() in re.sub(r"[ -]", "_", PurePosixPath(path).name.lower())


def _files_in_folder(folder: Path) -> list[ArchivedFile]:
    files = []
    for path in folder.rglob("*"):
        mode = path.lstat().st_mode
        if not stat.S_ISDIR(mode):
            problem = "it is a link" if stat.S_ISLNK(mode) else "" if stat.S_ISREG(mode) else "it is not a regular file"
            files.append(ArchivedFile(path.relative_to(folder).as_posix(), lambda path=path: path.open("rb"), problem))
    return files


def _files_in_zip(archive: zipfile.ZipFile) -> list[ArchivedFile]:
    files = []
    for info in archive.infolist():
        path, problem = info.filename, ""
        if not info.flag_bits & 0x800:      # many programs write UTF-8 without the flag that announces it
            with contextlib.suppress(UnicodeError):
                path = path.encode("cp437").decode("utf8")
        path = path.replace("\\", "/")      # as some programs for Windows write it
        if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/"):
            problem = "its path leads out of the archive"
        elif stat.S_ISLNK(info.external_attr >> 16):
            problem = "it is a link"
        elif info.flag_bits & 1:
            problem = "it is encrypted"
        if not path.endswith("/"):
            files.append(ArchivedFile(path, lambda info=info: archive.open(info), problem))
    return files
