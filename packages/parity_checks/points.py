"""Points for the checks and the written answers in each exercise."""

import json
from pathlib import Path
from typing import Any

Cells = list[dict[str, Any]]
CELLS: dict[str, Cells] = json.loads(Path(__file__).with_name("cells.json").read_text(encoding="utf-8"))


def cells_near(folder: Path) -> dict[str, Cells]:
    """Return the cells of the book's exercises and of an instructor's own exercises in a folder.

    The checks of an instructor's own exercise are a module ``NAME_checks.py``, which is handed out with the notebook.
    Beside it, ``NAME_checks.json`` lists the cells as ``cells.json`` does.
    """
    own: dict[str, Cells] = {}
    for path in sorted(folder.glob("*_checks.json")):
        content, name = json.loads(path.read_text(encoding="utf-8")), path.stem.removesuffix("_checks")
        if isinstance(content, dict) and set(content) == {name}:    # another program may use such a name, too
            own |= content
    return own | CELLS


def points_of_checks(cells: Cells) -> dict[str, int]:
    """Return the points for each check of an exercise."""
    return {cell["check"]: cell["points"] for cell in cells if cell["kind"] == "test"}


def points_in_words(cells: Cells) -> int:
    """Return the total number of points for the written answers in an exercise."""
    return sum(cell["points"] for cell in cells if cell["kind"] == "answer")


POINTS = {exercise: points_of_checks(cells) for exercise, cells in CELLS.items()}
IN_WORDS = {exercise: points_in_words(cells) for exercise, cells in CELLS.items()}
