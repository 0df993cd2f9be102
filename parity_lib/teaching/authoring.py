"""One source, three outputs: ``solutions/NAME.md`` -> nbgrader's source -> nbgrader's release.

Chapter: *For instructors*. A source is MyST text. Code cells and answers carry
nbgrader's metadata in a short form, and every cell gets a readable id::

    ```{code-cell} python
    :nb: {solution: rnn_step}                 students write this
    :nb: {test: rnn_step_check, points: 2}    locked and graded
    :nb: {readonly: imports}                  locked
    :nb: {run: train_many}                    free to change, not graded
    ```
    :::{answer} explanation
    :points: 3
    what a good answer says, and the rubric; students find an empty cell
    :::
    :::{hints}
    first hint, separated from the next by a line
    ---
    second hint
    ---
    third hint
    :::

A line of +++ ends a text cell. What is not of this form raises ValueError: a
slip in a short form would release a solution, or lose points, without a word.
Both notebooks are the same to the byte whenever they are written.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from parity_lib import __version__
from parity_lib.errors import require, require_int

FENCE = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^:::\{answer\} *(\S+) *\n:points: *(\d+) *\n(.*?)^:::[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
HINTS = re.compile(r"^:::\{hints\}[ \t]*\n(.*?)^:::[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^:nb: *(\{.*\}) *\n")
MARK = r"#+ *(?:BEGIN|END) +(?:SOLUTION|HIDDEN TESTS)"
STARTS = r"```+\{code-cell|:::+ *\{(?:answer|hints)|:nb:|:points:"
LEFT_OVER = re.compile(rf"^[ \t]*(?:{STARTS}|{MARK})[^\n]*", re.MULTILINE)
KINDS = ("solution", "test", "answer", "readonly", "run")
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "test"}
ID = re.compile(r"[a-zA-Z0-9-]{1,64}")
HINT_NAMES = ("Hint 1: where to look", "Hint 2: how to go about it", "Hint 3: nearly the answer")
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}, "one_bit_of_memory": {"version": __version__}}


@dataclass(frozen=True)
class Source:
    """A parsed ``solutions/NAME.md``: its front matter and its cells."""

    name: str
    settings: dict[str, Any]
    cells: list[dict[str, Any]]


def read(path: Path) -> Source:
    """Parse a source. Raises ValueError, with the file and the place, where something in it cannot be read."""
    text = path.read_text(encoding="utf-8")
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    require(found is not None, str(path), text[:40], "MyST text that begins with front matter between --- lines")
    settings = _yaml(found.group(1), f"front matter of {path.name}")
    try:
        cells = _number(list(_cells(text[found.end():])))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    ids = [cell["id"] for cell in cells]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    require(not twice, f"ids in {path.name}", twice, "each used once")
    return Source(path.stem, settings, cells)


def _yaml(text: str, name: str) -> dict[str, Any]:
    """A mapping in YAML, or ValueError."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    require(isinstance(value, dict), name, value, "a YAML mapping")
    return value


def _cells(text: str):
    """Code cells, answers, and the Markdown between them, in order."""
    pieces = sorted([*FENCE.finditer(text), *ANSWER.finditer(text)], key=lambda found: found.start())
    place = 0
    for found in pieces:
        yield from _markdown(text[place:found.start()])
        yield _code(found.group(1)) if found.re is FENCE else _answer(*found.groups())
        place = found.end()
    yield from _markdown(text[place:])


def _markdown(text: str):
    """A cell for each part between lines of +++; hints become details that open on demand."""
    for part in re.split(r"^\+\+\+ *$", text, flags=re.MULTILINE):
        source = HINTS.sub(_details, part.strip() + "\n").strip()
        left_over = LEFT_OVER.search(source)
        require(left_over is None, "text", left_over and left_over.group(),
                "without the beginning of a code cell, an answer or hints that is not complete")
        if source:
            yield {"cell_type": "markdown", "source": source}


def _details(found: re.Match) -> str:
    hints = [hint.strip() for hint in re.split(r"^---[ \t]*$", found.group(1), flags=re.MULTILINE)]
    require(len(hints) == len(HINT_NAMES) and all(hints), "hints", hints,
            f"{len(HINT_NAMES)} steps, with a line of --- between them")
    return "\n\n".join(f"<details><summary>{name}</summary>\n\n{hint}\n\n</details>"
                       for name, hint in zip(HINT_NAMES, hints, strict=True)) + "\n"


def _code(body: str) -> dict[str, Any]:
    option = OPTION.match(body)
    short = _yaml(option.group(1), "nb") if option else {}
    source = (body[option.end():] if option else body).strip("\n")
    stray = re.match(r":[\w-]+:.*", source) or re.search(r"^:nb:.*", source, re.MULTILINE)
    require(stray is None, "a code cell's short form", stray and stray.group(),
            "one line `:nb: {...}`, and the cell's first")
    return {"cell_type": "code", "source": source, "short": short}


def _answer(name: str, points: str, body: str) -> dict[str, Any]:
    require(bool(body.strip()), f"answer {name}", body, "what a good answer says, and the rubric")
    left_over = LEFT_OVER.search(body)
    require(left_over is None, f"answer {name}", left_over and left_over.group(), "closed by a line of :::")
    return {"cell_type": "markdown", "source": body.strip(), "short": {"answer": name, "points": int(points)}}


def _number(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each cell its id and nbgrader's metadata."""
    texts = runs = 0
    for cell in cells:
        short = cell.pop("short", {})
        kind = _kind(short)
        if kind is None and cell["cell_type"] == "markdown":
            texts += 1
            cell["id"] = f"text-{texts:02d}"
        elif kind is None:
            runs += 1
            cell["id"] = f"run-{runs:02d}"
        else:
            cell["id"] = str(short[kind]).replace("_", "-")
        require(ID.fullmatch(cell["id"]) is not None, "the name of a cell", cell["id"], "letters, digits, - and _")
        _check_regions(kind, cell)
        cell["metadata"] = _nbgrader(kind, cell["id"], short, cell["cell_type"])
    return cells


def _kind(short: dict[str, Any]) -> str | None:
    """What a short form makes of its cell; ValueError unless it is one thing, with points where it is graded."""
    known = {*KINDS, "points"}
    require(set(short) <= known, "nb", short, f"keys out of {sorted(known)}")
    kinds = [key for key in KINDS if key in short]
    require(len(kinds) <= 1, "nb", short, f"one of {', '.join(KINDS)}")
    kind = kinds[0] if kinds else None
    graded = kind in ("test", "answer")
    require(graded == ("points" in short), "nb", short, "with points for a test or an answer, and for nothing else")
    if graded:
        require_int("points", short["points"], 1)
    return kind


def _check_regions(kind: str | None, cell: dict[str, Any]) -> None:
    """Solutions and hidden tests stand between their two lines, in cells of their kind, or students would get them."""
    if cell["cell_type"] != "code":
        return
    for region, owner in REGIONS.items():
        marks = re.findall(rf"^[ \t]*### (BEGIN|END) {region}[ \t]*$", cell["source"], re.MULTILINE)
        mentioned = len(re.findall(rf"# *(?:BEGIN|END) *{region}", cell["source"], re.IGNORECASE))
        require(marks == ["BEGIN", "END"] * (len(marks) // 2) and len(marks) == mentioned, f"{region} in {cell['id']}",
                marks, f"pairs of lines ### BEGIN {region} and ### END {region}")
        require(not marks or kind == owner, f"a cell with ### BEGIN {region}", cell["id"], f"{{{owner}: ...}}")
    require(kind != "solution" or "### BEGIN SOLUTION" in cell["source"], f"solution {cell['id']}", cell["source"],
            "with a part between ### BEGIN SOLUTION and ### END SOLUTION: the rest is what students start from")


def _nbgrader(kind: str | None, name: str, short: dict[str, Any], cell_type: str) -> dict[str, Any]:
    if kind in (None, "run"):
        return {}
    flags = {"solution": (False, True, False), "test": (True, False, True), "answer": (True, True, False),
             "readonly": (False, False, True)}
    grade, solution, locked = flags[kind]
    meta = {"grade": grade, "grade_id": name, "locked": locked, "schema_version": 3, "solution": solution,
            "task": False, "cell_type": cell_type}
    if grade:
        meta["points"] = short["points"]
    return {"nbgrader": meta}


def notebook(source: Source) -> nbformat.NotebookNode:
    """The source as nbgrader's source notebook, without outputs."""
    cells = []
    for cell in source.cells:
        make = nbformat.v4.new_code_cell if cell["cell_type"] == "code" else nbformat.v4.new_markdown_cell
        cells.append(make(cell["source"], id=cell["id"], metadata=cell["metadata"]))
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(KERNEL))


def names(root: Path) -> list[str]:
    """The exercises of the course, in the order in which they are done."""
    found = [(read(path).settings.get("order", 99), path.stem) for path in (root / "solutions").glob("*.md")]
    return [name for _, name in sorted(found)]


def write_solutions(root: Path, target: Path) -> list[Path]:
    """Write ``target/NAME/NAME.ipynb`` for each ``root/solutions/NAME.md`` and return the paths."""
    written = []
    for name in names(root):
        path = target / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(notebook(read(root / "solutions" / f"{name}.md"))), encoding="utf-8")
        written.append(path)
    return written


def write_exercises(solutions: Path, target: Path) -> list[Path]:
    """Write the release of each notebook in ``solutions`` with nbgrader's own generate_assignment.

    It runs in a folder of its own with a gradebook that is thrown away: where
    submissions exist and a cell was added, generating in place would delete the
    release and fail.
    """
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    written = []
    with tempfile.TemporaryDirectory() as folder, _as_nbgrader_needs_it():
        course = Path(folder)
        shutil.copytree(solutions, course / "solutions", ignore=shutil.ignore_patterns("*.md", ".ipynb_checkpoints"))
        config = Config()
        config.CourseDirectory.root = str(course)
        config.CourseDirectory.source_directory = "solutions"
        config.CourseDirectory.release_directory = "exercises"
        config.CourseDirectory.db_url = f"sqlite:///{course / 'thrown-away.db'}"
        api = NbGraderAPI(config=config)
        for path in sorted(path for path in solutions.glob("*/*.ipynb") if path.stem == path.parent.name):
            result = api.generate_assignment(path.stem)
            require(result["success"], path.stem, result.get("error") or result.get("log"),
                    "an assignment that nbgrader can release")
            release = nbformat.read(course / "exercises" / path.stem / path.name, as_version=4)
            out = target / path.stem / path.name
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(_text(release), encoding="utf-8")
            written.append(out)
    return written


@contextlib.contextmanager
def _as_nbgrader_needs_it():
    """For a while: `alembic`, which nbgrader starts by its bare name, in the path; and no chatter."""
    path, log = os.environ.get("PATH", ""), logging.getLogger("traitlets")
    level = log.level
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + path
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        os.environ["PATH"] = path
        log.setLevel(level)


def _text(nb: nbformat.NotebookNode) -> str:
    # As nbgrader writes it: its own generate_assignment makes the same file.
    return nbformat.writes(nb) + "\n"
