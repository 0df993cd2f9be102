"""A replacement for nbgrader's plug-in that collects submissions from a shared exchange.

All students can write to the exchange of a shared machine. nbgrader follows the links that they place there, into the
instructor's files, and believes the times that they write. :class:`CollectRegularFiles`, which nbgrader_config.py
names, copies regular files only, and takes times and owners from the file system.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from parity_grading.kernel import own_folder
from parity_grading.normalise_submission import LARGEST, TIME_FILE


class CollectRegularFiles(ExchangeCollect):
    """A collector that follows no links and does not trust the times and names written by students."""

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return the student, name and time of a submission folder. The time is when a file in it last changed."""
        with tempfile.TemporaryDirectory(dir=own_folder()) as place:
            changed = copy_regular_files(Path(path), Path(place))
        time = datetime.fromtimestamp(changed, UTC).replace(tzinfo=None)
        return super()._path_to_record(path) | {"timestamp": time}

    def _sort_by_timestamp(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Sort the records of a student, latest first.

        Records whose files belong to another account are left out, unless there are no others.
        """
        own = [record for record in records if self._has_owner(Path(self.inbound_path, record["filename"]))]
        return super()._sort_by_timestamp(own or records)

    def _has_owner(self, path: Path) -> bool:
        """Return True if a folder belongs to the student after whom it is named."""
        return not self.check_owner or os.name == "nt" or path.lstat().st_uid == _user(path.name.rsplit("+", 3)[0])

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the regular files of a submission, and record when the last of them was changed."""
        if not self._has_owner(Path(src)):
            self.log.error("Left out, because it belongs to another account: %s", src)
            return
        with tempfile.TemporaryDirectory(dir=own_folder()) as place:
            changed = copy_regular_files(Path(src), Path(place))
            if not changed:
                self.log.error("Left out, because it contains no regular file or is too large: %s", src)
                return
            time = f"{datetime.fromtimestamp(changed, UTC):%Y-%m-%d %H:%M:%S.%f UTC}"
            Path(place, TIME_FILE).write_text(time, encoding="ascii")
            super().do_copy(place, dest, log)


def _user(name: str) -> int | None:
    """Return the user ID of an account, or None if there is no such account."""
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def copy_regular_files(source: Path, target: Path) -> float:
    """Copy the regular files of a folder that another user may be changing at the same time.

    Every file is opened relative to its open folder, so no link is followed. Files with another name elsewhere, which
    could be the instructor's, are left out, as is everything after :data:`LARGEST` bytes. Return the time at which the
    last of them was changed, which its owner cannot set, or 0 if there is none.
    """
    changed, left = 0.0, LARGEST
    for folder, _, names, descriptor in os.fwalk(source):
        place = target / Path(folder).relative_to(source)
        place.mkdir(exist_ok=True)
        for name in names:
            try:
                file = open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=descriptor), "rb")
            except OSError:     # a link, or a file that may not be read
                continue
            with file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or status.st_size > left:
                    continue
                with (place / name).open("wb") as copy:
                    shutil.copyfileobj(file, copy)
                left -= status.st_size
                changed = max(changed, status.st_ctime)
    return changed
