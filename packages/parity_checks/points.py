"""The points for each exercise, and the points that a student has earned so far.

`parity exercises` writes the points to ``cells.json``, from the marks of the cells in ``solutions/NAME/NAME.md``.
"""

import contextlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from parity_checks.core import Nowhere
from parity_checks.decorator import grading
from parity_checks.plain_data import CheckFailed, NotChecked, wrap
from parity_lib.errors import require

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


def summary(module: ModuleType) -> None:
    """Run all public checks of an exercise and print the points earned so far.

    Raises ValueError for a module that belongs to no exercise.
    """
    if grading():
        return
    exercise = module.__name__.rpartition(".")[2].removesuffix("_checks")
    known = cells_near(Path(getattr(module, "__file__", None) or "").parent)
    require(exercise in known, "module", exercise, f"the checks of one of {', '.join(known)}")
    total = most = 0
    for name, points in points_of_checks(known[exercise]).items():
        test = getattr(module, name)
        try:
            with contextlib.redirect_stdout(Nowhere()):
                test()
        except NotChecked as reason:
            print(f"  not checked   {name}: {reason}")
            continue
        except CheckFailed as failure:
            earned, text = 0, str(failure).splitlines()[0]
        else:
            earned, text = points, test.says
        named = text.lstrip("`").startswith(name)
        print(wrap(f"  {earned} of {points}   {text if named else f'{name}: {text}'}", " " * 11))
        total += earned
        most += points
    words = points_in_words(known[exercise])
    more = f", and {words} more for written answers, which your instructor reads" if words else ""
    print("\n" + wrap(f"{total} of {most} points in the public checks{more}. "
                      "Grading tries new cases of the same kind.", ""))
