"""Model answers and rubrics for students who learn without an instructor."""

from __future__ import annotations

import json
import os
from pathlib import Path

from parity_checks.reporting import grading
from parity_lib.errors import require

ANSWERS = Path(__file__).with_name("model_answers.json")
NOT_WRITTEN = ("", "YOUR ANSWER HERE")
MIN_WORDS = 20


class ModelAnswer(str):
    """A model answer in Markdown, which a notebook formats. Elsewhere it is shown as text."""

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return self.replace("**", "")


def model_answer(task: str, answer: str | None = None) -> ModelAnswer | None:
    """Return the model answer and the rubric for a task.

    They are shown only after the student has written and saved an answer. ``task`` is the name of the answer's cell,
    such as ``"one_tanh_unit"``. The student's answer is read from the notebook in this folder, or given as ``answer``
    if there is no file, as on an online platform. Returns None during grading, and if the instructor has set
    ``PARITY_MODEL_ANSWERS=0`` or removed the file. Raises ValueError for a task that has no model answer.
    """
    if grading():
        return None
    model_answers = published_answers()
    if not model_answers:
        print("Your instructor has switched model answers off.")
        return None
    require(task in model_answers, "task", task, f"one of {', '.join(model_answers)}")
    written = answer if answer is not None else _written_answer(task, Path.cwd())
    if written is None:
        print(f"No notebook in {Path.cwd()} contains this task. Pass your answer to the function: "
              f'checks.model_answer("{task}", """your answer""")')
    elif written.strip() in NOT_WRITTEN or len(written.split()) < MIN_WORDS:
        saved = ", and save the notebook" if answer is None else ""
        print(f"Write your own answer first, in at least {MIN_WORDS} words{saved}; then try again.")
    else:
        return ModelAnswer(f"**One good answer.** {model_answers[task]}")
    return None


def published_answers() -> dict[str, str]:
    """Return the model answers and rubrics by task, or {} if the instructor has switched them off."""
    if os.environ.get("PARITY_MODEL_ANSWERS") == "0" or not ANSWERS.is_file():
        return {}
    return json.loads(ANSWERS.read_text(encoding="utf-8"))


def _written_answer(task: str, folder: Path) -> str | None:
    """Return the student's answer in the running notebook or else in the one saved last, or None if there is none."""
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
