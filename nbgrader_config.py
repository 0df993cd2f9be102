"""The course, for the stock nbgrader commands. They are run from this folder."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from parity_lib.teaching import unfinished

c = get_config()  # noqa: F821
HERE = Path(__file__).resolve().parent
SECONDS_A_CELL = 60

c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# A Markdown file beside a source notebook would be released with it, solutions included.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.md", "parity_submitted"]

# A student who deletes a test cell gets it back; it would stay "needs grading" for ever.
c.OverwriteCells.add_missing_cells = True

# A hand-in is read as far as it can be read, in whatever format.
c.Autograde.exporter_class = "parity_lib.teaching.rebuild.Lenient"

# Its cells run in a kernel of their own world, the tests in this process. All limits: `Execute.*` in the chapter.
c.Execute.timeout = SECONDS_A_CELL

# A test cell with a warning on stderr would get no points, and a right answer may warn.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]*"

# Whoever reads an answer in words sees the table that it quotes, from the student's own run.
c.Autograde.sanitize_preprocessors = [
    *(f"parity_lib.teaching.{name}" for name in ("rebuild.Rebuild", "unfinished.Begin", "handed_in.Remember")),
    *(f"nbgrader.preprocessors.{name}" for name in (
        "ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")),
]
c.Autograde.autograde_preprocessors = [
    "parity_lib.teaching.execute.Execute", "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",      # off, unless nbgrader's own option turns it on
    *(f"nbgrader.preprocessors.{name}" for name in (
        "LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")),
    "parity_lib.teaching.handed_in.Show", "parity_lib.teaching.unfinished.Finish",
]

# Feedback shows the messages of hidden tests, not their source.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "parity_lib.teaching.feedback.MessagesOnly",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Whatever a student hands in is made harmless where it becomes a page: in the formgrader and in feedback.
# Then the formgrader gets the rubric beside each answer in words; `c.Rubric.blind = True` hides names there.
c.HTMLExporter.preprocessors = ["parity_lib.teaching.sanitise.Sanitise", "parity_lib.teaching.rubric.Rubric"]
c.HTMLExporter.filters = {"markdown2html": "parity_lib.teaching.sanitise.markdown2html",
                          "clean_html": "parity_lib.teaching.rubric.clean_html"}

# A hand-in whose grading was killed is half written, and nbgrader would take it for done.
if sys.argv[1:2] == ["autograde"]:
    for name in unfinished.remove(HERE / "autograded"):
        print(f"{name} was not finished, and is graded again")

# What belongs to one class only stays out of git, in private/: tests of your own, and settings in the form of this
# file, such as the names that your learning platform gives to downloads.
os.environ.setdefault("PARITY_PRIVATE_TESTS", str(HERE / "private"))
load_subconfig("nbgrader_config.py", path=str(HERE / "private"))  # noqa: F821

# `parity regrade` grades a second time beside the first.
if trial := os.environ.get("PARITY_TRIAL"):
    c.CourseDirectory.db_url = f"sqlite:///{Path(trial, 'gradebook.db')}"
    c.CourseDirectory.autograded_directory = str(Path(trial, "autograded"))

# Grades, hidden tests and private tests are the owner's to read, or the group's where nbgrader is told of one.
mode = 0o770 if c.CourseDirectory.get("groupshared") else 0o700
with suppress(OSError):  # they may belong to a colleague
    if (HERE / "private").is_dir():
        (HERE / "private").chmod(mode)
    if "db_url" not in c.CourseDirectory:  # an empty file is a database, and has the right mode from its first byte
        (HERE / "gradebook.db").touch(mode & 0o660)
        (HERE / "gradebook.db").chmod(mode & 0o660)
