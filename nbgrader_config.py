"""The course's settings for the stock nbgrader commands, which are run from this folder."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
HERE = Path(__file__).resolve().parent
SECONDS_A_CELL = 60

c.CourseDirectory.course_id = "one-bit-of-memory"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# nbgrader releases every file that lies next to a source notebook, apart from these, such as its text and its bank.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.md", "bank"]

# Released notebooks show model answers after the due date, or at once with `c.KeepBack.at_once = True`.
c.GenerateAssignment.preprocessors.append("parity_teaching.feedback.KeepBack")

# A test cell that a student has deleted is restored. Without it, the submission would always need to be graded.
c.OverwriteCells.add_missing_cells = True

# Submissions in any notebook format are read, and those whose grading was killed are graded again.
c.Autograde.exporter_class = "parity_grading.rebuild.LenientExporter"

# No exchange is used. This folder takes its place, so that the formgrader does not warn that there is none.
c.Exchange.root = str(HERE / "private" / "exchange")

# The student's cells run in the sandbox, the tests in this process. The chapter lists the other settings of `Execute`.
c.Execute.timeout = SECONDS_A_CELL

# A notebook imports these packages, wherever the course is. It cannot read the model answers to written questions.
c.Execute.packages = ["parity_study", "parity_figures"]
c.Execute.hidden_files = ["parity_checks/model_answers.json"]

# nbgrader gives no points for a test cell with output on stderr, but a correct answer may print warnings there.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]*"

# The outputs of the student's own run are kept for the person who reads the written answers.
c.Autograde.sanitize_preprocessors = [
    "parity_grading.rebuild.Rebuild", "parity_grading.unfinished.BeginGrading",
    *(f"nbgrader.preprocessors.{name}" for name in (
        "ClearOutput", "DeduplicateIds", "OverwriteKernelspec", "OverwriteCells", "CheckCellMetadata")),
]
c.Autograde.autograde_preprocessors = [
    "parity_grading.execute.Execute", "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",      # off, unless nbgrader's own option turns it on
    *(f"nbgrader.preprocessors.{name}" for name in (
        "LimitOutput", "SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")),
    "parity_grading.unfinished.FinishGrading",
]

# Feedback shows the messages of hidden tests, but not their source, and the points for each task.
c.GenerateFeedback.exporter_class = "parity_teaching.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "parity_teaching.feedback.MessagesOnly",
    "parity_teaching.feedback.TaskResults",
]

# Everything that could run is removed from a submission before the formgrader or the feedback shows it. The formgrader
# also shows the rubric next to each written answer.
c.HTMLExporter.preprocessors = ["parity_grading.sanitise.Sanitise", "parity_teaching.rubric.Rubric"]
c.HTMLExporter.filters = {"markdown2html": "parity_grading.sanitise.markdown2html",
                          "ansi2html": "parity_grading.sanitise.ansi2html",
                          "highlight_code": "parity_grading.sanitise.highlight_code",
                          "strip_files_prefix": "copy.copy",     # nbconvert's takes hours for a long line of brackets
                          "clean_html": "parity_grading.sanitise.clean_html"}

# The checks of an instructor's own exercise are a module in its folder.
sys.path += sorted({str(path.parent) for path in HERE.glob("solutions/*/*_checks.py")} - set(sys.path))
# Files of one class stay out of git, in private/: its own tests, and settings in the form of this file, such as a rule
# for late submissions.
os.environ.setdefault("PARITY_PRIVATE_TESTS", str(HERE / "private"))
load_subconfig("nbgrader_config.py", path=str(HERE / "private"))  # noqa: F821
