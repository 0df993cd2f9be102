"""Tools for reading notebooks from zip archives.

Files are read into memory one at a time, up to a size limit. Nothing is unpacked to disk, so a path in an archive is
never followed.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from parity_grading.untrusted import ADDED_BY_SYSTEMS, NOTEBOOK, is_notebook, resembles

MAX_BYTES = 20_000_000      # of one file; JSON can need 30 times as much memory once it is parsed


@dataclass(frozen=True)
class ArchivedFile:
    """A file in an open zip archive. Its path has forward slashes."""

    path: str
    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    def read(self) -> bytes:
        """Read the file. Raise ValueError if it is damaged, encrypted or too large."""
        try:
            with self.archive.open(self.entry) as stream:
                data = stream.read(MAX_BYTES + 1)
        except Exception as error:      # zipfile raises many types of exceptions for damaged files
            raise ValueError(f"it cannot be read: {error}") from None
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
        return data


def open_archive(source: Path | BinaryIO) -> zipfile.ZipFile:
    """Open a zip archive for reading. Raise ValueError if it is damaged or is not a zip archive."""
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, IsADirectoryError):
        raise ValueError("it is not an undamaged zip archive") from None


def list_files(archive: zipfile.ZipFile) -> list[ArchivedFile]:
    """Return the files in a zip archive by path, without those that operating systems and Jupyter add."""
    # Some programs for Windows write backslashes.
    files = [ArchivedFile(entry.filename.replace("\\", "/"), archive, entry) for entry in archive.infolist()]
    return sorted((file for file in files if not file.path.endswith("/") and not ADDED_BY_SYSTEMS.search(file.path)),
                  key=lambda file: file.path)


def read_notebook(file: ArchivedFile, exercise: str) -> tuple[str, bytes]:
    """Read a notebook from a submitted file, which may be a zip archive.

    Return the path and content of the notebook. In an archive, a notebook named after the exercise is preferred. Raise
    ValueError if the file is neither a notebook nor an archive with exactly one candidate.
    """
    data = file.read()
    if not may_hold_notebook(file.path):
        raise ValueError("it is not a notebook")
    if NOTEBOOK.search(file.path):
        return file.path, data
    with open_archive(io.BytesIO(data)) as archive:
        notebooks = [inner for inner in list_files(archive) if is_notebook(inner.path)]
        named = [inner for inner in notebooks if resembles(inner.path, exercise)] or notebooks
        if len(named) != 1:
            names = ", ".join(inner.path for inner in notebooks[:5]) or "none"
            raise ValueError(f"it is a zip archive that should hold one notebook, but holds {len(notebooks)}: {names}")
        return named[0].path, named[0].read()


def may_hold_notebook(path: str) -> bool:
    """Return True if a file name has the ending of a notebook or a zip archive."""
    return NOTEBOOK.search(path) is not None or path.lower().endswith(".zip")
