"""Model answers and rubrics for students who learn without an instructor."""

import importlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from parity_checks.decorator import grading
from parity_checks.points import CELLS
from parity_lib.errors import require

ANSWERS = Path(__file__).with_name("model_answers.json")
NOT_WRITTEN = ("", "YOUR ANSWER HERE")
MIN_WORDS = 20


class ModelAnswer(str):
    """A model answer in Markdown, rendered in a notebook and shown as plain text elsewhere."""

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return self.replace("**", "")


def model_answer(task: str, answer: str | None = None, after: str | None = None) -> ModelAnswer | None:
    """Return the model answer and the rubric for a task.

    They are shown only after the student has tried the tasks with checks above it, and has written and saved an answer.
    ``task`` is the name of the answer's cell, such as ``"one_tanh_unit"``. The student's answer is read from the
    notebook in this folder, or given as ``answer`` if there is no file, as on an online platform. A course that grades
    keeps model answers back until its due date ``after``, such as ``"2026-11-20 18:00:00 UTC"``, or for good if this is
    empty. Returns None if nothing is shown: also during grading, and if the instructor has set
    ``PARITY_MODEL_ANSWERS=0`` or removed the file. Raises ValueError for a task that has no model answer.
    """
    if grading():
        return None
    model_answers = published_answers()
    if not model_answers:
        print("Your instructor has switched model answers off.")
        return None
    if after is not None and not is_past(after):
        print(f"Your course keeps this model answer back{f' until {after}' if after else ''}.")
        return None
    require(task in model_answers, "task", task, f"one of {', '.join(model_answers)}")
    written = answer if answer is not None else _written_answer(task, Path.cwd())
    if written is None:
        print(f"No notebook in {Path.cwd()} contains this task. Pass your answer to the function: "
              f'checks.model_answer("{task}", """your answer""")')
    elif written.strip() in NOT_WRITTEN or len(written.split()) < MIN_WORDS:
        saved = ", and save the notebook" if answer is None else ""
        print(f"Write your own answer first, in at least {MIN_WORDS} words{saved}; then try again.")
    elif untried := _untried_checks(task):
        print(f"Try the tasks above first. These checks have not run on code of yours since the notebook was started: "
              f"{', '.join(untried)}.")
    else:
        return ModelAnswer(f"**One good answer.** {model_answers[task]}")
    return None


def published_answers() -> dict[str, str]:
    """Return the model answers and rubrics, keyed by task, or {} if the instructor has switched them off."""
    if os.environ.get("PARITY_MODEL_ANSWERS") == "0" or not ANSWERS.is_file():
        return {}
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


def is_past(date: str) -> bool:
    """Return True if a date in UTC, such as ``"2026-11-20 18:00:00 UTC"``, is in the past. An empty date never is.

    >>> is_past("2001-01-01 12:00:00 UTC"), is_past("9999-01-01 12:00:00 UTC"), is_past("")
    (True, False, False)
    """
    return bool(date) and datetime.fromisoformat(date.removesuffix(" UTC")).replace(tzinfo=UTC) < datetime.now(UTC)


def _untried_checks(task: str) -> list[str]:
    """Return the names of the checks above a written answer that have not yet run on the student's own code."""
    name = task.replace("_", "-")
    exercise, cells = next((exercise, cells) for exercise, cells in CELLS.items()
                           if name in [cell["id"] for cell in cells])
    module = importlib.import_module(f"parity_checks.{exercise}")
    above = cells[:[cell["id"] for cell in cells].index(name)]
    return [cell["check"] for cell in above if "check" in cell and not getattr(module, cell["check"]).tried]


def _written_answer(task: str, folder: Path) -> str | None:
    """Return the student's answer from the running notebook, else from the last saved one, or None if it has none."""
    running = Path(os.environ.get("JPY_SESSION_NAME", ""))
    paths = [running] if running.is_file() else folder.glob("*.ipynb")
    for path in sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        for cell in cells:
            if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == task.replace("_", "-"):
                return "".join(cell["source"])
    return None
