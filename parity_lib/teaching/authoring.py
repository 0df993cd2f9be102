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
    what a good answer says, and the rubric; students find an empty cell, and
    below it one that shows them this text once they have written theirs
    :::
    :::{hints}
    first hint, separated from the next by a line
    ---
    second hint
    ---
    third hint
    :::

A line of +++ ends a text cell. Points stand in these marks and nowhere else:
behind each heading that begins with ``Task`` the sum of the cells below it is
written, and ``{{ about }}`` becomes the exercise's chapters, time and points,
from the front matter. What is not of this form raises ValueError: a
slip in a short form would release a solution, or lose points, without a word.
Both notebooks are the same to the byte whenever they are written.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import logging
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import yaml
from jupytext.myst import MystMetadataParsingError
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from parity_lib.errors import require, require_int
from parity_lib.teaching.chapters import chapters
from parity_lib.version import __version__

PARSER = MarkdownIt("commonmark").use(front_matter_plugin).use(colon_fence_plugin)
CELL_OR_BLOCK = r"(?:```+|:::+) *\{(?:code-cell|answer|hints)"
MARK = r"#+ *(?:BEGIN|END) +(?:SOLUTION|HIDDEN TESTS)"
LEFT_OVER = re.compile(rf"^[ \t]*(?:{CELL_OR_BLOCK}|:nb:|:points:|{MARK})[^\n]*", re.MULTILINE)
KINDS = ("solution", "test", "answer", "readonly", "run")
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "test"}
ID = re.compile(r"[a-zA-Z0-9-]{1,64}")
ABOUT = "{{ about }}"
TO_CHAPTER = re.compile(r"\]\(\.\./\.\./book/([\w-]+)\.md(#[\w-]+)?\)")
RUN_IT = ' **To run it:** `pip install "one-bit-of-memory[exercises]"`, then `jupyter lab`.'
HINT_NAMES = ("Hint 1: where to look", "Hint 2: how to go about it", "Hint 3: how to test it")
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}, "one_bit_of_memory": {"version": __version__}}


@dataclass(frozen=True)
class Source:
    """A parsed ``solutions/NAME.md``: its front matter and its cells."""

    name: str
    settings: dict[str, Any]
    cells: list[dict[str, Any]]

    @property
    def graded(self) -> list[dict[str, Any]]:
        """The cells that have points: tests, and answers in words."""
        return [cell for cell in self.cells if "points" in cell["metadata"].get("nbgrader", {})]

    @property
    def points(self) -> int:
        """What the exercise is worth."""
        return sum(cell["metadata"]["nbgrader"]["points"] for cell in self.graded)


def read(path: Path, text: str | None = None) -> Source:
    """Parse a source, or a ``text`` in its place.

    Raises ValueError, with the file and the place, where something in it cannot be read.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    try:
        parsed = _parsed(text)
        settings = {key: value for key, value in parsed.metadata.items() if key != "jupytext"}
        require(bool(settings), "front matter", text[:40], "a YAML mapping between two lines of ---")
        source = Source(path.stem, settings, _number([one for cell in parsed.cells for one in _cells(cell)]))
        ids = [cell["id"] for cell in source.cells]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        require(not twice, "ids", twice, "each used once")
        _say_points(source.cells)
        _say_about(source, path.resolve().parents[1])
        _lead_to_published(source, path.resolve().parents[1] / "_config.yml")
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    return source


def _parsed(text: str) -> nbformat.NotebookNode:
    """Code and Markdown cells as jupytext reads them, or ValueError."""
    lines = text.splitlines()
    for token in PARSER.parse(text):
        if token.type in ("fence", "colon_fence"):
            start, stop = token.map
            last = lines[stop - 1].strip()
            require(stop - start > 1 and set(last) == set(token.markup[0]) and len(last) >= len(token.markup)
                    and not re.search(rf"^{CELL_OR_BLOCK}", token.content, re.MULTILINE),
                    "a block", lines[start], f"closed by a line of {token.markup}")
    try:
        return jupytext.reads(text, fmt="md:myst")
    except MystMetadataParsingError as error:
        raise ValueError(f"{error} A short form is one line `:nb: {{...}}`, and the cell's first.") from None
    except (yaml.YAMLError, nbformat.ValidationError):
        raise ValueError("front matter must be a YAML mapping between two lines of ---") from None


def _cells(cell: nbformat.NotebookNode):
    """What becomes of one of jupytext's cells: of Markdown with answers in it, several."""
    if cell.cell_type == "code":
        yield _code(cell.source, cell.metadata)
        return
    lines, text, place = cell.source.splitlines(), [], 0
    for token in PARSER.parse(cell.source):
        block, _, argument = token.info.strip().removeprefix("{").partition("}")
        if token.type != "colon_fence" or token.level or block not in ("answer", "hints"):
            continue
        text += lines[place:token.map[0]]
        place = token.map[1]
        if block == "hints":
            text += _details(token.content).splitlines()
            continue
        yield from _markdown(text)
        yield _answer(argument.strip(), token.content)
        yield {"cell_type": "code", "source": f'checks.model_answer("{argument.strip()}")',
               "short": {"run": f"model_{argument.strip()}"}}
        text = []
    yield from _markdown(text + lines[place:])


def _markdown(lines: list[str]):
    source = "\n".join(lines).strip()
    left_over = LEFT_OVER.search(source)
    require(left_over is None, "text", left_over and left_over.group(),
            "without the beginning of a code cell, an answer or hints that is not complete")
    if source:
        yield {"cell_type": "markdown", "source": source}


def _details(content: str) -> str:
    """Hints become details that open on demand."""
    hints = [hint.strip() for hint in re.split(r"^---[ \t]*$", content, flags=re.MULTILINE)]
    require(len(hints) == len(HINT_NAMES) and all(hints), "hints", hints,
            f"{len(HINT_NAMES)} steps, with a line of --- between them")
    return "\n\n".join(f"<details><summary>{name}</summary>\n\n{hint}\n\n</details>"
                       for name, hint in zip(HINT_NAMES, hints, strict=True))


def _code(source: str, options: dict[str, Any]) -> dict[str, Any]:
    short = options.get("nb", {})
    stray = LEFT_OVER.search(re.sub(MARK, "", source))
    require(set(options) <= {"nb"} and isinstance(short, dict) and stray is None, "a code cell's short form",
            stray.group() if stray else dict(options), "one line `:nb: {...}`, and the cell's first")
    return {"cell_type": "code", "source": source.strip("\n"), "short": short}


def _answer(name: str, content: str) -> dict[str, Any]:
    points, _, body = content.partition("\n")
    given = re.fullmatch(r":points: *(\d+) *", points)
    require(bool(name) and given is not None, "an answer", f"{name} {points}",
            "complete: `:::{answer} name`, and a line `:points: 3`")
    require(bool(body.strip()), f"answer {name}", body, "what a good answer says, and the rubric")
    return {"cell_type": "markdown", "source": body.strip(), "short": {"answer": name, "points": int(given[1])}}


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


def _say_points(cells: list[dict[str, Any]]) -> None:
    """Write behind each heading `## Task ...` what the graded cells below it are worth."""
    tasks: list[dict[str, Any]] = []
    for cell in cells:
        if tasks:
            tasks[-1]["points"] += cell["metadata"].get("nbgrader", {}).get("points", 0)
        if cell["cell_type"] == "markdown" and not cell["metadata"]:
            tokens = PARSER.parse(cell["source"])
            tasks += [{"cell": cell, "line": token.map[0], "title": after.content, "points": 0}
                      for token, after in itertools.pairwise(tokens)
                      if token.type == "heading_open" and token.tag == "h2" and not token.level]
    for task in tasks:
        title, points = task["title"], task["points"]
        require(re.search(r"\(\d+ points?\)$", title) is None, "a heading", title,
                "without points, which are added from the cells below it")
        if title.startswith("Task ") and points:
            lines = task["cell"]["source"].splitlines()
            lines[task["line"]] += f" ({points} point{'s' * (points > 1)})"
            task["cell"]["source"] = "\n".join(lines)


def _say_about(source: Source, root: Path) -> None:
    """Write chapters, time and points in the place of `{{ about }}`."""
    for cell in source.cells:
        if ABOUT not in cell["source"]:
            continue
        needs, minutes = source.settings.get("chapters", []), source.settings.get("minutes")
        require_int("minutes", minutes, 1)
        known = chapters(root) if needs else {}
        require(isinstance(needs, list) and set(needs) <= set(known), "chapters", needs,
                f"a list of numbered chapters: {', '.join(known)}")
        words = ", and ".join(f"{known[page].number}, [{known[page].title}](../../book/{page}.md)" for page in needs)
        head = f"**Chapter{'s' * (len(needs) > 1)}:** {words}. " if needs else ""
        cell["source"] = cell["source"].replace(
            ABOUT, f"{head}**Time:** about {minutes} minutes. **Points:** {source.points}.{RUN_IT}")


def _lead_to_published(source: Source, config: Path) -> None:
    """Where the book has an address, ``baseurl``, links to chapters lead there: a student may have no copy of it."""
    settings = yaml.safe_load(config.read_text(encoding="utf-8")) if config.is_file() else {}
    base = settings.get("html", {}).get("baseurl")
    if base:
        for cell in source.cells:
            cell["source"] = TO_CHAPTER.sub(rf"]({base.rstrip('/')}/book/\1.html\2)", cell["source"])


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


def sources(root: Path) -> list[Source]:
    """The exercises of the course, in the order in which they are done."""
    found = [read(path) for path in (root / "solutions").glob("*.md")]
    return sorted(found, key=lambda source: (source.settings.get("order", 99), source.name))


def names(root: Path) -> list[str]:
    """Their names, in the same order."""
    return [source.name for source in sources(root)]


def write_solutions(root: Path, target: Path) -> list[Path]:
    """Write ``target/NAME/NAME.ipynb`` for each ``root/solutions/NAME.md`` and return the paths."""
    written = []
    for source in sources(root):
        path = target / source.name / f"{source.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_file(notebook(source)), encoding="utf-8")
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
            out.write_text(as_file(release), encoding="utf-8")
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


def as_file(nb: nbformat.NotebookNode) -> str:
    """A notebook as nbgrader writes it: its own generate_assignment makes the same file."""
    return nbformat.writes(nb) + "\n"
