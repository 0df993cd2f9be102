"""A store of submission records, which protects files that were placed by hand.

A submission that differs from its entry in ``private/collected/NAME.json`` was placed or changed by a person.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote

from nbgrader.apps import NbGraderApp

from parity_grading.course import exercise_folder, write_file
from parity_grading.normalise_submission import TIME_FILE, fingerprint

TIME_FORMAT = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class CollectedSubmission:
    """A notebook submitted by a student: its hash, its time, and its path in the platform's download."""

    digest: str = ""            # "" if nothing was collected
    time: str = ""              # in TIME_FORMAT, as in timestamp.txt; "" if it is not known
    late: bool | None = None    # according to the platform, which may not say
    source: str = ""
    refused: str = ""           # why nothing was collected
    failed: str = ""            # why a submission could not be graded, and its fingerprint
    fingerprint: str = ""


class SubmissionStore:
    """The submission folders of an exercise, and a record of the collected submissions."""

    def __init__(self, app: NbGraderApp, name: str) -> None:
        self.app, self.name = app, name
        self.path = Path(app.coursedir.root, "private", "collected", quote(name, safe="") + ".json")
        self.record: dict[str, CollectedSubmission] = {}
        try:
            if self.path.is_file():
                entries = json.loads(self.path.read_text(encoding="utf8"))
                self.record = {student: CollectedSubmission(**entry) for student, entry in entries.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{self.path} cannot be read ({error}). If you remove it, all submissions that are there "
                             "count as placed by hand") from None

    def recorded(self, student: str) -> CollectedSubmission:
        """Return the record of a student's submission, which is empty if nothing was collected."""
        return self.record.get(student, CollectedSubmission())

    def present(self, student: str) -> CollectedSubmission | None:
        """Return the submission in a student's folder, or None. Its digest is "" if a person chose its name."""
        folder = exercise_folder(self.app, "submitted", student, self.name)
        notebook, time = folder / f"{self.name}.ipynb", folder / TIME_FILE
        if not notebook.is_file():
            files = [path for path in folder.glob("*") if path.name != TIME_FILE and not path.name.startswith(".")]
            return CollectedSubmission() if files else None
        text = time.read_bytes()[:1000].decode("utf8", "replace").strip() if time.is_file() else ""
        digest, entry = hashlib.sha256(notebook.read_bytes()).hexdigest(), self.recorded(student)
        return entry if (digest, text) == (entry.digest, entry.time) else CollectedSubmission(digest, text)

    def failure(self, student: str) -> str:
        """Return why a student's submission could not be graded, or "" if it could or has since changed."""
        entry = self.recorded(student)
        return entry.failed if entry.failed and entry.fingerprint == self._fingerprint(student) else ""

    def record_failure(self, student: str, why: str) -> None:
        """Record why a student's submission could not be graded, or that it could, if ``why`` is ""."""
        digest = self._fingerprint(student) if why else ""
        self.remember(student, replace(self.recorded(student), failed=why, fingerprint=digest))

    def _fingerprint(self, student: str) -> str:
        return fingerprint(exercise_folder(self.app, "submitted", student, self.name))

    def place(self, student: str, submission: CollectedSubmission, content: bytes) -> None:
        """Write a submission to the student's folder, replacing an earlier one."""
        folder = exercise_folder(self.app, "submitted", student, self.name)
        new = folder / ".new"       # complete before the time changes, as the disk may be full
        try:
            write_file(new, content, 0o666)
            if submission.time:     # first, so that an interruption leaves no new notebook with an old time
                write_file(folder / TIME_FILE, f"{submission.time}\n".encode(), 0o666)
            else:
                (folder / TIME_FILE).unlink(missing_ok=True)
            new.replace(folder / f"{self.name}.ipynb")
        finally:
            new.unlink(missing_ok=True)
        self.remember(student, submission)

    def remember(self, student: str, submission: CollectedSubmission) -> None:
        """Save a submission in the record of collected submissions."""
        if submission != self.recorded(student):
            self.record[student] = submission
            entries = {student: asdict(entry) for student, entry in sorted(self.record.items())}
            write_file(self.path, json.dumps(entries, indent=1).encode())
