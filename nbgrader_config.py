"""The course, for the stock nbgrader commands. They are run from this folder."""

import os
from contextlib import suppress
from pathlib import Path

c = get_config()  # noqa: F821
HERE = Path(__file__).resolve().parent
SECONDS_A_CELL = 60

c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# A Markdown file beside a source notebook would be released with it, solutions included.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.md"]

# A student who deletes a test cell gets it back; it would stay "needs grading" for ever.
c.OverwriteCells.add_missing_cells = True

# A kernel that is told to stop takes longer than the grading of a notebook.
c.Execute.shutdown_kernel = "immediate"
c.Execute.timeout = SECONDS_A_CELL
c.Execute.iopub_timeout = SECONDS_A_CELL       # stock waits 4 s for what a cell printed, too short on a busy machine
TOO_LONG = (f"This cell ran for more than {SECONDS_A_CELL} seconds and was stopped. Is there a loop that never ends, "
            "or one over more than it needs?")
c.Execute.error_on_timeout = {"ename": "Timeout", "evalue": TOO_LONG, "traceback": [f"✗ {TOO_LONG}"]}

# A test cell with a warning on stderr would get no points, and a right answer may warn.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]*"

# Whoever reads an answer in words sees the table that it quotes, from the student's own run.
c.Autograde.sanitize_preprocessors = [
    "parity_lib.teaching.handed_in.Remember",
    *(f"nbgrader.preprocessors.{name}" for name in (
        "ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")),
]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute", "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",      # off, unless nbgrader's own option turns it on
    *(f"nbgrader.preprocessors.{name}" for name in (
        "LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")),
    "parity_lib.teaching.handed_in.Show",
]

# Feedback shows the messages of hidden tests, not their source.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "parity_lib.teaching.feedback.MessagesOnly",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Whatever a student hands in is made harmless where it becomes a page: in the formgrader and in feedback.
c.HTMLExporter.preprocessors = ["parity_lib.teaching.sanitise.Sanitise"]
c.HTMLExporter.filters = {"markdown2html": "parity_lib.teaching.sanitise.markdown2html"}

# What belongs to one class only stays out of git, in private/: tests of your own, and settings in the form of this
# file, such as the names that your learning platform gives to downloads.
os.environ.setdefault("PARITY_PRIVATE_TESTS", str(HERE / "private"))
load_subconfig("nbgrader_config.py", path=str(HERE / "private"))  # noqa: F821

# Grades, hidden tests and private tests are the owner's to read, or the group's where nbgrader is told of one.
mode = 0o770 if c.CourseDirectory.get("groupshared") else 0o700
with suppress(OSError):  # they may belong to a colleague
    if (HERE / "private").is_dir():
        (HERE / "private").chmod(mode)
    if "db_url" not in c.CourseDirectory:  # an empty file is a database, and has the right mode from its first byte
        (HERE / "gradebook.db").touch(mode & 0o660)
        (HERE / "gradebook.db").chmod(mode & 0o660)
