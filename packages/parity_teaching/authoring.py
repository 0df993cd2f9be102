"""Tools for converting exercise sources to notebooks.

Each ``solutions/NAME/NAME.md`` becomes nbgrader's source notebook, from which nbgrader makes the notebook that students
receive. *Exercises of your own* in the book describes the form of a source. A line of +++ also ends a text cell. A
source that does not have this form raises ValueError, because a mistake could release a solution or lose points
unnoticed.
"""

import copy
import itertools
import logging
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

import parity_checks
from parity_lib.errors import require, require_int
from parity_lib.version import __version__
from parity_teaching.addresses import addresses, chapters

PARSER = MarkdownIt("commonmark").use(front_matter_plugin).use(colon_fence_plugin)
BLOCK = r"(?:```+|:::+) *\{(?:code-cell|answer|hints)"
REGION = r"#+ *(?:BEGIN|END) +(?:SOLUTION|HIDDEN TESTS)"
LEFT_OVER = re.compile(rf"^[ \t]*(?:{BLOCK}|:nb:|:points:|{REGION})[^\n]*", re.MULTILINE)
MARK_FORM = "one line `:nb: {...}`, and the cell's first"
# The kinds of cells in a mark such as `:nb: {test: rnn_step_check, points: 2}`: nbgrader's grade, solution and locked.
FLAGS = {"solution": (False, True, False), "test": (True, False, True), "answer": (True, True, False),
         "readonly": (False, False, True), "run": ()}
REGIONS = {"SOLUTION": "solution", "HIDDEN TESTS": "test"}
ID = re.compile(r"[a-zA-Z0-9-]{1,64}")
ABOUT, INSTALL = "{{ about }}", "{{ install }}"
WELCOME = ("\n\nWelcome. To run a cell, click it and press Shift+Enter. Begin with the first cell that contains code. "
           "*Your progress*, at the end of the notebook, adds up your points whenever you run it.")
MODEL_ANSWER = "checks.model_answer("
CHAPTER_LINK = re.compile(r"\[([^\]]*)\]\(\.\./\.\./book/([\w-]+)\.md(#[\w-]+)?\)")
HINT_NAMES = ("Hint 1: where to look", "Hint 2: how to go about it", "Hint 3: how to test it")
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}, "one_bit_of_memory": {"version": __version__}}
Cell = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A parsed exercise source: the front matter and the cells of ``NAME.md``, and the folder of the exercise."""

    name: str
    settings: dict[str, Any]
    cells: list[Cell]
    folder: Path

    @property
    def graded(self) -> list[Cell]:
        """The tests and answers of the exercise."""
        return [cell for cell in self.cells if cell["kind"] in ("test", "answer")]

    @property
    def own(self) -> bool:
        """Whether this is an instructor's own exercise, whose checks are in its folder and not in parity_checks."""
        return not Path(parity_checks.__file__).with_name(self.name).is_dir()

    @property
    def points(self) -> int:
        """The total number of points for the exercise."""
        return sum(map(_points, self.cells))

    @property
    def minutes(self) -> int:
        """The time in minutes needed to complete the exercise."""
        require_int(f"{self.name}.md: minutes", self.settings.get("minutes"), 1)
        return self.settings["minutes"]

    def setting(self, key: str, kind: type, default: Any = None) -> Any:
        """Return a value from the front matter. Raise ValueError unless it is of type ``kind``."""
        value = self.settings.get(key, default)
        require(isinstance(value, kind), f"{self.name}.md: {key}", value, f"a {kind.__name__} in the front matter")
        return value


def _points(cell: Cell) -> int:
    return cell["metadata"].get("nbgrader", {}).get("points", 0)


def read(path: Path) -> Source:
    """Parse an exercise source. Raise ValueError, giving the location, if it is malformed."""
    try:
        text, root = path.read_text(encoding="utf-8"), path.absolute().parents[2]
        numbers = {"markdown": itertools.count(1), "code": itertools.count(1)}
        first = next(iter(PARSER.parse(text)), None)
        settings: Any = _yaml(first.content) if first is not None and first.type == "front_matter" else None
        require(isinstance(settings, dict), "front matter", text[:40], "a YAML mapping between two lines of ---")
        cells = [_finished(cell, numbers) for cell in _cells(text)]
        ids = [cell["id"] for cell in cells]
        require(len(set(ids)) == len(ids), "ids", sorted({name for name in ids if ids.count(name) > 1}),
                "each used once")
        source = Source(path.stem, settings, cells, path.parent)
        _write_points(cells)
        _write_about(source, root)
        _write_addresses(cells, root)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    return source


def _yaml(text: str) -> Any:
    """Parse YAML text, returning None if it is invalid."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _cells(text: str) -> Iterator[Cell]:
    """Split an exercise source into cells, and yield each with its type, source and mark."""
    lines, markdown, place = text.splitlines(), [], 0
    for token in PARSER.parse(text):
        if token.type not in ("front_matter", "fence", "colon_fence"):
            continue
        start, stop = token.map  # type: ignore[misc]
        if token.type == "front_matter":
            place = stop
            continue
        last = lines[stop - 1].strip()
        closed = stop - start > 1 and set(last) == set(token.markup[0]) and len(last) >= len(token.markup)
        require(closed and not re.search(rf"^{BLOCK}", token.content, re.MULTILINE), "a block", lines[start],
                f"closed by a line of {token.markup}")
        block = re.fullmatch(r"\{(code-cell|answer|hints)\}(.*)", token.info.strip())
        if block is None or token.level:
            continue
        markdown += lines[place:start]
        place = stop
        if block[1] == "hints":
            markdown += _hints(token.content).splitlines()
        else:
            yield from _markdown(markdown)
            yield from _code(token.content) if block[1] == "code-cell" else _answer(block[2].strip(), token.content)
            markdown = []
    yield from _markdown(markdown + lines[place:])


def _code(content: str) -> Iterator[Cell]:
    first, _, rest = content.partition("\n")
    option = re.fullmatch(":nb:(.*)", first)
    mark, source = (_yaml(option[1]), rest) if option else ({}, content)
    left_over = LEFT_OVER.search(re.sub(REGION, "", source))
    require(isinstance(mark, dict) and not source.startswith(":") and left_over is None, "a code cell's mark",
            left_over.group() if left_over else first, MARK_FORM)
    yield {"cell_type": "code", "source": source.strip("\n"), "mark": mark}


def _markdown(lines: list[str]) -> Iterator[Cell]:
    for source in re.split(r"^\+\+\+$", "\n".join(lines), flags=re.MULTILINE):
        left_over = LEFT_OVER.search(source)
        require(left_over is None, "text", left_over and left_over.group(),
                "without the beginning of a code cell, an answer or hints that is not complete")
        if source.strip():
            yield {"cell_type": "markdown", "source": source.strip(), "mark": {}}


def _hints(content: str) -> str:
    """Format the hints for a task as collapsible HTML elements."""
    hints = [hint.strip() for hint in re.split(r"^---[ \t]*$", content, flags=re.MULTILINE)]
    require(len(hints) == len(HINT_NAMES) and all(hints), "hints", hints,
            f"{len(HINT_NAMES)} steps, with a line of --- between them")
    return "\n\n".join(f"<details><summary>{name}</summary>\n\n{hint}\n\n</details>"
                       for name, hint in zip(HINT_NAMES, hints, strict=True))


def _answer(name: str, content: str) -> Iterator[Cell]:
    """Yield the cell for a written answer, followed by the cell that shows the model answer."""
    first, _, body = content.partition("\n")
    points = re.findall(r"^:points: *(\d+) *$", first)
    require(bool(name and points and body.strip()), "an answer", f"{name} {first}",
            "complete: `:::{answer} name`, a line `:points: 3`, a model answer and the rubric")
    yield {"cell_type": "markdown", "source": body.strip(), "mark": {"answer": name, "points": int(points[0])}}
    yield {"cell_type": "code", "source": f'{MODEL_ANSWER}"{name}")', "mark": {"run": f"model_{name}"}}


def _finished(cell: Cell, numbers: Mapping[str, Iterator[int]]) -> Cell:
    """Add an id and nbgrader's metadata to a cell."""
    mark, cell_type = cell["mark"], cell["cell_type"]
    require(set(mark) <= {*FLAGS, "points"}, "nb", mark, f"keys out of {', '.join(FLAGS)} and points")
    kinds = [key for key in mark if key in FLAGS]
    require(len(kinds) <= 1, "nb", mark, f"one of {', '.join(FLAGS)}")
    kind = kinds[0] if kinds else "run"
    require(kind != "answer" or cell_type == "markdown", "nb", mark, "an answer in Markdown, `:::{answer} name`")
    grade, solution, locked = FLAGS[kind] or (False, False, False)
    require(grade == ("points" in mark), "nb", mark, "with points for a test or an answer, and for nothing else")
    if grade:
        require_int("points", mark["points"], 0)
    if kinds:
        name = str(mark[kind]).replace("_", "-")
    else:
        name = f"{'text' if cell_type == 'markdown' else 'run'}-{next(numbers[cell_type]):02d}"
    require(ID.fullmatch(name) is not None, "the name of a cell", name, "letters, digits, - and _")
    if cell_type == "code":
        _check_regions(kind, name, cell["source"])
    # Jupyter's "Run All" goes on after a failure in a cell with this tag, so that it reaches the student's progress.
    metadata: Cell = {"tags": ["raises-exception"]} if cell_type == "code" and kind != "readonly" else {}
    if kind != "run":
        metadata["nbgrader"] = {"grade": grade, "grade_id": name, "locked": locked, "schema_version": 3,
                                "solution": solution, "task": False, "cell_type": cell_type}
        if grade:
            metadata["nbgrader"]["points"] = mark["points"]
    return {"cell_type": cell_type, "source": cell["source"], "id": name, "kind": kind, "metadata": metadata}


def _check_regions(kind: str, name: str, source: str) -> None:
    """Raise ValueError unless solutions and hidden tests are correctly marked and in cells of the right kind."""
    for region, owner in REGIONS.items():
        lines = re.findall(rf"^[ \t]*### (BEGIN|END) {region}[ \t]*$", source, re.MULTILINE)
        mentions = re.findall(rf"# *(?:BEGIN|END) *{region}", source, re.IGNORECASE)
        require(lines == ["BEGIN", "END"] * (len(lines) // 2) and len(lines) == len(mentions), f"{region} in {name}",
                lines, f"pairs of lines ### BEGIN {region} and ### END {region}")
        require(not lines or kind == owner, f"a cell with ### BEGIN {region}", name, f"{{{owner}: ...}}")
    require(kind != "solution" or "### BEGIN SOLUTION" in source, f"solution {name}", source,
            "with a part between ### BEGIN SOLUTION and ### END SOLUTION: the rest is what students start from")


def _write_points(cells: list[Cell]) -> None:
    """Add the total number of points to the heading of each task."""
    tasks: list[list[Any]] = []     # the cell, the title and the points of each heading
    for cell in cells:
        if tasks:
            tasks[-1][2] += _points(cell)
        if cell["cell_type"] == "markdown" and not cell["metadata"]:
            tasks += [[cell, title, 0] for title in re.findall(r"^## (.*\S)", cell["source"], re.MULTILINE)]
    for cell, title, total in tasks:
        require(re.search(r"\(\d+ points?\)$", title) is None, "a heading", title,
                "without points, which are added from the cells below it")
        if title.startswith("Task ") and total:
            cell["source"] = cell["source"].replace(f"## {title}", f"## {title} ({total} point{'s' * (total > 1)})", 1)


def _write_about(source: Source, root: Path) -> None:
    """Replace ``{{ about }}`` with the exercise's chapters, time and points."""
    for cell in source.cells:
        if ABOUT not in cell["source"]:
            continue
        pages = source.setting("chapters", list, [])
        known = chapters(root) if pages else {}
        require(set(pages) <= set(known), "chapters", pages, f"a list of numbered chapters: {', '.join(known)}")
        links = "; ".join(f"{known[page].number}, [*{known[page].title}*](../../book/{page}.md)" for page in pages)
        head = f"**Chapter{'s' * (len(pages) > 1)}:** {links}. " if pages else ""
        cell["source"] = cell["source"].replace(
            ABOUT, f"{head}**Time:** about {source.minutes} minutes. **Points:** {source.points}.{WELCOME}")


def _write_addresses(cells: list[Cell], root: Path) -> None:
    """Insert the installation code and links to the book's website, or plain text if its address is unknown."""
    known = addresses(root)

    def written(link: re.Match) -> str:
        words, page, anchor = link.groups(default="")
        chapter = chapters(root).get(page) if anchor else None
        return ((f"[{words}]({known.book}/book/{page}.html{anchor})" if known.book else words)
                + (f" (chapter {chapter.number}, *{chapter.title}*)" if chapter else ""))

    install = known.install_code()
    if known.book:
        install += f'\nos.environ.setdefault("PARITY_BOOK", "{known.book}")    # where checks link to'
    for cell in cells:
        cell["source"] = CHAPTER_LINK.sub(written, cell["source"]).replace(INSTALL, install)


def notebook(source: Source) -> nbformat.NotebookNode:
    """Create nbgrader's source notebook for an exercise. Model answers of an instructor's own exercise stay private."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    cells = [make[cell["cell_type"]](cell["source"], id=cell["id"], metadata=cell["metadata"]) for cell in source.cells
             if not (source.own and cell["source"].startswith(MODEL_ANSWER))]
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(KERNEL))


def sources(root: Path) -> list[Source]:
    """Return the exercises of a course in the order in which students complete them.

    Other assignments of nbgrader may lie next to them. Raises FileNotFoundError where there are checks but no source.
    """
    folders = [folder for folder in (root / "solutions").glob("*/")
               if any((folder / f"{folder.name}{end}").is_file() for end in (".md", "_checks.py"))]
    return sorted((read(folder / f"{folder.name}.md") for folder in folders),
                  key=lambda source: (source.settings.get("order", 99), source.name))


def notebooks(sources: list[Source]) -> dict[str, bytes]:
    """Return nbgrader's source notebook and the released notebook of each exercise, keyed by path.

    nbgrader runs in a temporary folder, because in a course with submissions it cannot add a cell to a release.
    """
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    from parity_grading.course import add_programs_to_path

    add_programs_to_path()
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        api = NbGraderAPI(config=Config({"CourseDirectory": {
            "root": folder, "source_directory": "solutions", "release_directory": "exercises",
            "db_url": f"sqlite:///{course / 'gradebook.db'}"}}))
        for source in sources:
            path = course / "solutions" / source.name / f"{source.name}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(notebook(source), path)
            result = api.generate_assignment(source.name)
            require(result["success"], source.name, result.get("error") or result.get("log"),
                    "an assignment that nbgrader can release")
        return {path.relative_to(course).as_posix(): path.read_bytes() for path in sorted(course.glob("*/*/*.ipynb"))}
