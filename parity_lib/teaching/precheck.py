"""`parity check`: what a student looks at before handing in, and a teaching assistant before a class does.

Chapter: *For instructors*. It needs no nbgrader and no clone. The notebook runs in a kernel of this Python, in its own
folder, as it would in JupyterLab: the code is the reader's own, and nothing contains it. Long runs, made to look at,
are left out as they are in grading. The file stays as it is.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from parity_lib.checks import points as worth
from parity_lib.errors import require

CELLS = Path(worth.__file__).with_name("cells.json")
SECONDS_A_CELL = 60         # as in grading
GRACE = 10                  # seconds that a cell has to stop after it was told to
PLACEHOLDER = 'my_id = "s1234567"'
NOT_WRITTEN = ("", "YOUR ANSWER HERE")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Task:
    """A row of the table: a test with its points, or an answer in words."""

    name: str
    points: int | None      # None: a person gives them
    most: int | None
    says: str


@dataclass
class Checked:
    """What was found in one file."""

    file: str
    exercise: str = ""
    tasks: list[Task] = field(default_factory=list)
    next: list[str] = field(default_factory=list)
    words: int = 0          # points for answers in words

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return not self.next


def check(path: Path, seconds: float = SECONDS_A_CELL,
          run: Callable[[Path, list[dict], float], dict[int, Ran]] | None = None) -> Checked:
    """Look at a notebook and run it; each cell may take ``seconds``. Raises ValueError where it is no notebook."""
    require(path.is_file(), "file", str(path), "a notebook that is there")
    cells = read(path)
    found = Checked(str(path))
    known = json.loads(CELLS.read_text(encoding="utf-8"))
    found.exercise = which(cells, known)
    if not found.exercise:
        found.next.append(f"This is no notebook of an exercise: none of its cells is known. There are: "
                          f"{', '.join(known)}. Did you copy the tasks into a new notebook? Copy your code back "
                          "into the notebook that you were given.")
        return found
    if path.name != f"{found.exercise}.ipynb":
        found.next.append(f"Rename the file to {found.exercise}.ipynb: under another name it may not be found.")
    wanted = known[found.exercise]
    found.next += list(_cells(cells, wanted))
    ran = (run or in_a_kernel)(path, with_tests(cells, wanted, found.exercise), seconds)
    found.tasks = list(_tests(ran, wanted, found.exercise))
    found.next += [_advice(one) for one in found.tasks if one.points != one.most]
    found.next += list(_stopped(ran))
    found.words = worth.IN_WORDS[found.exercise]
    found.tasks += [Task(cell["id"], None, None, _written(cells, cell["id"])) for cell in wanted
                    if cell["kind"] == "answer"]
    return found


def read(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, each with its source as one text."""
    try:
        cells = json.loads(path.read_bytes().decode("utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no notebook, or was saved in half ({type(error).__name__}); "
                         "open it in JupyterLab and save it again") from None


def name_of(cell: dict[str, Any]) -> str | None:
    """The name by which grading knows a cell."""
    marks = cell.get("metadata", {}).get("nbgrader")
    return marks.get("grade_id") if isinstance(marks, dict) else None


def which(cells: list[dict], known: dict[str, list[dict]]) -> str:
    """The exercise with most of its cells in a notebook, or "" where there is none."""
    here = {name_of(cell) for cell in cells} - {"imports", None}
    shared = {name: sum(cell["id"] in here for cell in wanted) for name, wanted in known.items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else ""


def _cells(cells: list[dict], wanted: list[dict]) -> Iterator[str]:
    """What is missing, there twice, empty or still as it was released."""
    names = [name_of(cell) for cell in cells]
    for cell in wanted:
        name, kind, count = cell["id"], cell["kind"], names.count(cell["id"])
        if count == 0 and kind in ("solution", "answer"):
            yield (f"The cell `{name}` is missing, and with it what you wrote there: copy it back from the notebook "
                   "that you were given, since a new cell has another name.")
        elif count == 0:
            yield f"The locked cell `{name}` is missing. Grading puts it back; copy it from the notebook that you got."
        elif count > 1:
            yield f"The cell `{name}` is there {count} times: keep one. Copied cells keep their name."
        elif kind == "answer" and _written(cells, name) == "empty":
            yield f"The answer `{name}` is empty."
    if any(PLACEHOLDER in cell["source"] for cell in cells if cell.get("cell_type") == "code"):
        yield "Put your own id in the place of s1234567: your numbers depend on it."


def _written(cells: list[dict], name: str) -> str:
    text = next((cell["source"].strip() for cell in cells if name_of(cell) == name), "")
    words = len(text.split())
    return "empty" if text in NOT_WRITTEN else f"{words} word{'s' * (words != 1)}"


# ---------------------------------------------------------------- what running it says


@dataclass
class Ran:
    """What became of one cell: the text of its error, or ""."""

    name: str | None
    error: str = ""
    stopped: bool = False       # by time, or with the kernel


def with_tests(cells: list[dict], wanted: list[dict], exercise: str) -> list[dict]:
    """The code cells in their order, each test as it was released; a test that is missing stands at the end."""
    tests = {cell["id"]: f"from parity_lib.checks import {exercise} as check\ncheck.{cell['check']}()"
             for cell in wanted if cell["kind"] == "test"}
    code = [{"name": name_of(cell), "source": tests.get(name_of(cell), cell["source"])} for cell in cells
            if cell.get("cell_type") == "code" or name_of(cell) in tests]
    there = {cell["name"] for cell in code}
    return code + [{"name": name, "source": source} for name, source in tests.items() if name not in there]


def _tests(ran: dict[int, Ran], wanted: list[dict], exercise: str) -> Iterator[Task]:
    results = {one.name: one.error for one in ran.values()}
    for cell in (one for one in wanted if one["kind"] == "test"):
        most = worth.POINTS[exercise][cell["check"]]
        error = results.get(cell["id"], "it was not reached: an earlier cell stopped the notebook")
        yield Task(cell["check"], 0 if error else most, most, error or "passed")


def _advice(task: Task) -> str:
    """A failed check's message in one line: what was asked, the likely cause, where to read."""
    asked, *more = task.says.splitlines()
    kept = [line.strip() for line in more if line.strip().startswith(("likely:", "read:"))]
    parts = [asked, *(re.sub(r":\s+", ": ", line, count=1) for line in kept)]
    words = " ".join(f"{part.rstrip('.')}." for part in parts)
    return words if words.startswith(f"`{task.name}`") else f"`{task.name}`: {words}"


def _stopped(ran: dict[int, Ran]) -> Iterator[str]:
    """Errors in cells that are no tests: they end a run of all cells there, in JupyterLab."""
    for number, one in ran.items():
        unwritten = one.error.startswith("NotImplementedError")      # the task's own check says so
        if one.error and not unwritten and (one.stopped or not (one.name or "").endswith("-check")):
            yield f"Code cell {number + 1}{f' (`{one.name}`)' if one.name else ''}: {one.error.splitlines()[0]}"


def in_a_kernel(path: Path, code: list[dict], seconds: float) -> dict[int, Ran]:
    """Run code cells one after the other, until one does not stop; what became of each, by its number from 0."""
    from jupyter_client.manager import start_new_kernel

    from parity_lib.training import progress_bar

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(path.resolve().parent), stderr=subprocess.DEVNULL,
                                       env=os.environ | {"NBGRADER_EXECUTION": "validate"})
    ran: dict[int, Ran] = {}
    try:
        with progress_bar(len(code), None, desc=path.name, unit="cell") as bar:
            for number, cell in enumerate(code):
                error, alive = _run(manager, client, cell["source"], seconds)
                ran[number] = Ran(cell["name"], error, stopped=not alive)
                bar.update()
                if not alive:
                    break
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return ran


def _run(manager: Any, client: Any, source: str, seconds: float) -> tuple[str, bool]:
    """A cell's error, and whether the kernel can go on."""
    asked = client.execute(source, allow_stdin=False)
    late, error = "", ""
    until = time.monotonic() + seconds
    while True:
        try:
            message = client.get_iopub_msg(timeout=0.5)
        except Empty:
            message = None
        if message is not None and message["parent_header"].get("msg_id") == asked:
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                error = error or COLOUR.sub("", content["evalue"] if content["ename"] == "CheckFailed"
                                            else f"{content['ename']}: {content['evalue']}")
            elif kind == "status" and content["execution_state"] == "idle":
                return late or error, True
        if not manager.is_alive():
            return "the kernel stopped in this cell; nothing after it was run", False
        if time.monotonic() > until:
            if late:
                return f"{late} and did not stop when it was told to; nothing after it was run", False
            late, until = f"it ran longer than {seconds:g} seconds", time.monotonic() + GRACE
            manager.interrupt_kernel()


# ---------------------------------------------------------------- words


def lines(found: Checked) -> Iterator[str]:
    """What a terminal shows of one file."""
    yield f"{found.file}: {found.exercise or 'no exercise'}"
    for one in found.tasks:
        points = "  read " if one.points is None else f"{one.points} of {one.most} "
        says = one.says if one.points is None else "passed" if one.points == one.most else "not passed"
        yield _shown(f"  {points:8} {one.name:28} {says}")
    tests = [one for one in found.tasks if one.most is not None]
    if tests:
        words = f", and {found.words} more for answers in words, which your instructor reads" if found.words else ""
        yield (f"  {sum(one.points for one in tests)} of {sum(one.most for one in tests)} points in the public "
               f"checks{words}. Grading tries new cases of the same kind.")
    for number, one in enumerate(found.next, start=1):
        yield _shown(f"  next {number}: {one}")
    yield "  Complete." if found.complete else "  Not complete yet."


def _shown(text: str) -> str:
    """A line without what a terminal obeys."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
