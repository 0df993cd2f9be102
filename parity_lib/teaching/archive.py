"""The files in a platform's download: a zip, the folder that a browser made of it, or a notebook alone.

Chapter: *For instructors*. What is in it is a stranger's. Nothing is unpacked to a disk: a file is read into memory
when it is asked for, up to a limit, and its name is only looked at. So paths that lead outside, links and archives that
swell do no harm, and each of them is named with its reason.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from parity_lib.errors import require

LARGEST = 100_000_000       # bytes of a file, as for a hand-in
LARGEST_ZIP = 25_000_000    # bytes of a zip that a student made
MOST_FILES = 50_000
ADDED_BY_SYSTEMS = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints)(/|$)|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """A file in a download; ``read`` raises ValueError with the reason where it cannot be read."""

    path: str       # within the download, with /
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name


@contextlib.contextmanager
def opened(place: Path) -> Iterator[list[File]]:
    """The files of a download, in order of their paths, while it is open. Raises ValueError where it is none."""
    if place.is_dir():
        yield _in_folder(place)
    elif NOTEBOOK.search(place.name) and place.is_file():
        yield [File(place.name, lambda: _read(place.open("rb"), LARGEST))]
    else:
        try:
            archive = zipfile.ZipFile(place)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
            require(False, "ARCHIVE", str(place), "a zip file that is whole, a folder or a notebook")
        with archive:
            yield _in_zip(archive)


def _in_folder(place: Path) -> list[File]:
    found = []
    for folder, inner, names in os.walk(place):
        for name in names + [one for one in inner if (Path(folder) / one).is_symlink()]:
            path = Path(folder) / name
            inside = path.relative_to(place).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                found.append(File(inside, lambda path=path: _read(path.open("rb"), LARGEST)))
            else:
                found.append(File(inside, _refusal("a link" if stat.S_ISLNK(mode) else "no file")))
            require(len(found) <= MOST_FILES, "ARCHIVE", str(place), f"of at most {MOST_FILES} files")
    return sorted(found, key=lambda one: one.path)


def _in_zip(archive: zipfile.ZipFile) -> list[File]:
    inside = [info for info in archive.infolist() if not info.is_dir()]
    require(len(inside) <= MOST_FILES, "ARCHIVE", archive.filename, f"of at most {MOST_FILES} files")
    return sorted((File(path, _reader(archive, info, path)) for info in inside for path in [_path(info)]),
                  key=lambda one: one.path)


def _path(info: zipfile.ZipInfo) -> str:
    """A zip's name as it was meant: many programs write UTF-8 without saying so, and some of Windows write \\."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf8")
    return name.replace("\\", "/")


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> Callable[[], bytes]:
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/"):
        return _refusal("a path that leads out of the archive")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _refusal("a link")
    if info.flag_bits & 1:
        return _refusal("closed by a password")

    def read() -> bytes:
        try:
            return _read(archive.open(info), LARGEST)
        except ValueError:
            raise
        except Exception as error:      # a broken zip raises many kinds
            raise ValueError(f"it cannot be read out of the archive: {error}") from None
    return read


def _refusal(why: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise ValueError(f"it is {why}")
    return read


def _read(source: io.BufferedIOBase, most: int) -> bytes:
    with source:
        data = source.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is larger than {most:,} bytes")
    return data


def notebook_in(data: bytes, alike: Callable[[str], bool]) -> tuple[str, bytes]:
    """The one notebook in a zip that a student made, or the one that is ``alike``: its path and its content.

    A zip within it is not looked into. Raises ValueError where it is no zip, or there is not one such notebook.
    """
    if len(data) > LARGEST_ZIP:
        raise ValueError(f"it is a zip larger than {LARGEST_ZIP:,} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in _in_zip(archive)
                      if NOTEBOOK.search(one.path) and not ADDED_BY_SYSTEMS.search(one.path)]
            fits = [one for one in inside if alike(one.name)] or inside
            if len(fits) == 1:
                return fits[0].path, fits[0].read()
    except ValueError:
        raise
    except Exception as error:      # a broken zip raises many kinds
        raise ValueError(f"it is no zip that can be opened: {error}") from None
    names = ", ".join(one.path for one in inside[:5])
    raise ValueError(f"it is a zip with {len(inside)} notebooks: {names}" if inside else
                     "it is a zip without a notebook")
