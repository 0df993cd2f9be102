"""One source, three outputs: ``solutions/NAME.md`` -> nbgrader's source -> nbgrader's release.

Chapter: *For instructors*. A source is MyST text. Code cells and answers carry
nbgrader's metadata in a short form, and every cell gets a readable id::

    ```{code-cell} python
    :nb: {solution: rnn_step}          # students write this
    :nb: {test: rnn_step_check, points: 2}
    :nb: {run: train_many}             # free to change, not graded
    ```
    :::{answer} explanation
    :points: 3
    what a good answer says, and the rubric; students find an empty cell
    :::
    :::{hints}
    first hint, separated from the next by a line
    ---
    second hint
    :::

Both notebooks are the same to the byte whenever they are written.
"""

from __future__ import annotations

import json
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

from parity_lib.errors import require

FENCE = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```[ \t]*\n?", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^:::\{answer\} *(\S+)\n:points: *(\d+)\n(.*?)^:::[ \t]*\n?", re.MULTILINE | re.DOTALL)
HINTS = re.compile(r"^:::\{hints\}\n(.*?)^:::[ \t]*\n?", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"^:nb: *(\{.*\}) *\n")
HINT_NAMES = ("Hint 1: where to look", "Hint 2: how to go about it", "Hint 3: nearly the answer")
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}


@dataclass(frozen=True)
class Source:
    """A parsed ``solutions/NAME.md``: its front matter and its cells."""

    name: str
    settings: dict[str, Any]
    cells: list[dict[str, Any]]


def read(path: Path) -> Source:
    """Parse a source. Raises ValueError where a cell's short form cannot be read, or an id is used twice."""
    text = path.read_text(encoding="utf-8")
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    require(found is not None, str(path), text[:40], "MyST text that begins with front matter between --- lines")
    settings = yaml.safe_load(found.group(1))
    cells = _number(list(_cells(text[found.end():])))
    ids = [cell["id"] for cell in cells]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    require(not twice, f"ids in {path.name}", twice, "each used once")
    return Source(path.stem, settings, cells)


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
        if part.strip():
            yield {"cell_type": "markdown", "source": HINTS.sub(_details, part.strip() + "\n").strip()}


def _details(found: re.Match) -> str:
    hints = [hint.strip() for hint in re.split(r"^---$", found.group(1), flags=re.MULTILINE)]
    require(len(hints) == len(HINT_NAMES), "hints", hints, f"{len(HINT_NAMES)} steps, with a line of --- between them")
    return "\n\n".join(f"<details><summary>{name}</summary>\n\n{hint}\n\n</details>"
                       for name, hint in zip(HINT_NAMES, hints, strict=True)) + "\n"


def _code(body: str) -> dict[str, Any]:
    option = OPTION.match(body)
    short = yaml.safe_load(option.group(1)) if option else {}
    source = body[option.end():] if option else body
    return {"cell_type": "code", "source": source.strip("\n"), "short": short}


def _answer(name: str, points: str, body: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": body.strip(), "short": {"answer": name, "points": int(points)}}


def _number(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each cell its id and nbgrader's metadata."""
    texts = runs = 0
    for cell in cells:
        short = cell.pop("short", {})
        kind = next((key for key in ("solution", "test", "answer", "readonly", "run") if key in short), None)
        known = {"solution", "test", "answer", "readonly", "run", "points"}
        require(set(short) <= known, "nb", short, f"keys out of {sorted(known)}")
        if kind is None and cell["cell_type"] == "markdown":
            texts += 1
            cell["id"] = f"text-{texts:02d}"
        elif kind is None:
            runs += 1
            cell["id"] = f"run-{runs:02d}"
        else:
            cell["id"] = str(short[kind]).replace("_", "-")
        cell["metadata"] = _nbgrader(kind, cell["id"], short, cell["cell_type"])
    return cells


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
    return nbformat.v4.new_notebook(cells=cells, metadata=json.loads(json.dumps(KERNEL)))


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
    # nbgrader starts `alembic` by its bare name; it stands beside this Python.
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        shutil.copytree(solutions, course / "solutions", ignore=shutil.ignore_patterns("*.md"))
        config = Config()
        config.CourseDirectory.root = str(course)
        config.CourseDirectory.source_directory = "solutions"
        config.CourseDirectory.release_directory = "exercises"
        config.CourseDirectory.db_url = f"sqlite:///{course / 'thrown-away.db'}"
        logging.getLogger("traitlets").setLevel(logging.ERROR)
        api = NbGraderAPI(config=config)
        for path in sorted(solutions.glob("*/*.ipynb")):
            result = api.generate_assignment(path.stem)
            require(result["success"], path.stem, result.get("error") or result.get("log"),
                    "an assignment that nbgrader can release")
            release = nbformat.read(course / "exercises" / path.stem / path.name, as_version=4)
            out = target / path.stem / path.name
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(_text(release), encoding="utf-8")
            written.append(out)
    return written


def _text(nb: nbformat.NotebookNode) -> str:
    # As nbgrader writes it: its own generate_assignment makes the same file.
    return nbformat.writes(nb) + "\n"
