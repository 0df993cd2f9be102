"""Model answers and rubrics for whoever learns alone: shown once an answer of one's own is written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from parity_lib.checks.reporting import grading
from parity_lib.errors import require

ANSWERS = Path(__file__).with_name("model_answers.json")
NOT_WRITTEN = ("", "YOUR ANSWER HERE")
FEWEST_WORDS = 20


def model_answer(task: str, answer: str | None = None) -> Any:
    """A model answer and its rubric, as Markdown, once yours is written in the saved notebook.

    ``task`` is the name of the answer's cell, such as ``"one_tanh_unit"``. Yours is
    read from the notebook in this folder, or is ``answer`` where there is no such file, as
    on a machine that keeps notebooks elsewhere. Shows nothing during grading, and
    says so where an instructor has switched model answers off: with
    ``PARITY_MODEL_ANSWERS=0`` in the environment, or by removing the one file in
    which they are. Raises ValueError for a task that has none.
    """
    if grading():
        return None
    if os.environ.get("PARITY_MODEL_ANSWERS") == "0" or not ANSWERS.is_file():
        print("Your instructor has switched model answers off.")
        return None
    known = json.loads(ANSWERS.read_text(encoding="utf-8"))
    require(task in known, "task", task, f"one of {', '.join(known)}")
    written = answer if answer is not None else _in_the_notebook(task, Path.cwd())
    if written is None:
        print(f"No notebook in {Path.cwd()} has this task. Give your answer along: "
              f'checks.model_answer("{task}", """your answer""")')
    elif written.strip() in NOT_WRITTEN or len(written.split()) < FEWEST_WORDS:
        print(f"Write your own answer first, in {FEWEST_WORDS} words or more, and save the notebook; "
              "then run this cell again.")
    else:
        return _shown(known[task])
    return None


def _in_the_notebook(task: str, folder: Path) -> str | None:
    """What is written in the task's cell in the notebook of this folder that was saved last, or None."""
    for path in sorted(folder.glob("*.ipynb"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        for cell in cells:
            if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == task.replace("_", "-"):
                return "".join(cell["source"])
    return None


def _shown(text: str) -> Any:
    from IPython.display import Markdown

    return Markdown(f"**One good answer.** {text}")
