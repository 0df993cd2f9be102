"""A collector for nbgrader's exchange that handles the folder of each student on its own.

The exchange is a folder to which students can write. nbgrader's own collector stops at the first folder that it cannot
copy, so that nobody after it is collected.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from parity_grading.untrusted import MOST_LEVELS, printable

MOST_FILES = 1000       # files and folders of a submission


class CollectEach(ExchangeCollect):
    """A plug-in for ``nbgrader collect``, which collects every submission that can be copied and lists the others."""

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Return the student, the file name and the time in a folder's name. An unreadable time is ``datetime.min``."""
        try:
            return super()._path_to_record(path)
        except Exception:       # dateutil raises many types of exceptions, and nbgrader one more
            name = Path(path).name
            return {"username": name, "filename": name, "timestamp": datetime.min}

    def copy_files(self) -> None:
        """Copy each submission. Raise ExchangeError at the end if any of them cannot be copied."""
        records, failed = self.src_records, 0
        if not records:
            super().copy_files()    # which says so
        for record in records:
            self.src_records = [record]
            try:
                if record["timestamp"] == datetime.min:
                    raise ValueError("its name contains no time")
                check_folder(Path(self.inbound_path, record["filename"]))   # before an earlier submission is removed
                super().copy_files()
            except Exception as error:      # nobody can list everything that may be wrong with a student's folder
                failed += 1
                self.log.error("Not collected: %s: %s", printable(record["filename"]), printable(str(error))[:300])
        if failed:
            self.fail(f"{failed} of {len(records)} submissions were not collected; the reasons stand above")


def check_folder(folder: Path) -> None:
    """Raise ValueError or OSError unless a folder holds few files, which are regular and not nested too deep."""
    def stop(error: OSError) -> None:
        raise error

    count = 0
    for parent, folders, files in os.walk(folder, onerror=stop):
        count += len(folders) + len(files)
        if count > MOST_FILES:
            raise ValueError(f"it has more than {MOST_FILES:,} files")
        for path in (Path(parent, name) for name in (*folders, *files)):
            if path.is_symlink() or not (path.is_dir() or path.is_file()) or not os.access(path, os.R_OK):
                raise ValueError(f"{path.name} is not a regular file, or it cannot be read")
        if folders and len(Path(parent).relative_to(folder).parts) == MOST_LEVELS - 1:
            raise ValueError(f"it has folders within folders, {MOST_LEVELS} deep or more")
