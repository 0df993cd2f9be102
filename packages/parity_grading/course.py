"""A course of nbgrader: its settings, the folders of its submissions, and the list of its students."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from sqlalchemy.exc import SAWarning

from parity_grading import unfinished

FINGERPRINT = "parity_submitted"        # a file next to each graded notebook
NOT_LISTED = "not in the list of students"


def load_course(root: Path) -> NbGraderApp:
    """Return nbgrader's application with the settings of ``nbgrader_config.py`` in ``root``.

    Other accounts lose access to the gradebook and to ``private/``. Raise ValueError if there is no such file, because
    nbgrader would create an empty gradebook in any folder.
    """
    if not (Path(root) / "nbgrader_config.py").is_file():
        raise ValueError(f"{root} is not a course, because it has no nbgrader_config.py; change to the repository")
    warnings.filterwarnings("ignore", category=SAWarning)   # from nbgrader's own use of its database
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):    # nbgrader starts alembic by its name
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
    NbGraderApp.clear_instance()
    app = NbGraderApp.instance(argv=[])
    app.config_file_paths.insert(0, str(root))
    app.log_level = logging.CRITICAL
    app.initialize(argv=[])
    app.coursedir.root = str(root)
    if trial := os.environ.get("PARITY_TRIAL"):     # `parity regrade` grades into a folder of its own
        app.coursedir.db_url = f"sqlite:///{Path(trial, 'gradebook.db')}"
        app.coursedir.autograded_directory = str(Path(trial, "autograded"))
    unfinished.protect(app.coursedir)
    return app


def submission_folders(app: NbGraderApp, name: str) -> list[Path]:
    """Return the folders ``STUDENT/NAME`` that hold a submission of an exercise, sorted by student."""
    pattern = app.coursedir.format_path(app.coursedir.submitted_directory, "*", name)
    return sorted(path for path in Path(pattern).parent.parent.glob(f"*/{name}") if path.is_dir())


def listed_students(book: Gradebook) -> set[str]:
    """Return the students whom somebody has entered; nbgrader adds unknown ones while grading, without a name."""
    return {student.id for student in book.students if student.first_name or student.last_name or student.email}


def graded_fingerprint(folder: Path) -> str:
    """Return the fingerprint of the submission that `parity grade` graded into a folder, or "" if there is none."""
    record = folder / FINGERPRINT
    return record.read_text(encoding="ascii") if record.is_file() and unfinished.finished(folder) else ""
