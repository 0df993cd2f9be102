"""Tools for updating the files that repeat the points, minutes and chapters of the exercises in ``solutions/``.

Git must not see what is made from an instructor's own exercises. So the book does not mention them, and a file
``.gitignore`` is written beside their notebooks.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from parity_lib.errors import require
from parity_teaching import authoring
from parity_teaching.addresses import Chapter, chapters
from parity_teaching.authoring import Cell, Source

ANSWERS = Path("packages/parity_checks/model_answers.json")
CELLS = Path("packages/parity_checks/cells.json")
INDEX, OVERVIEW, SYLLABUS = Path("book/index.md"), Path("book/exercises.md"), Path("book/instructors.md")
CONTENTS = Path("_toc.yml")
ENTRY = "- file: exercises/"
TREES = ("solutions", "exercises")
Rows = list[tuple[str, ...]]


def generated(root: Path) -> dict[str, bytes]:
    """Return the contents of all files that ``parity exercises`` writes, keyed by path."""
    files = {path: text.encode() for path, text in derived(root).items()}
    sources = authoring.sources(root)
    files |= authoring.notebooks(sources)
    for source in (source for source in sources if source.own):
        checks = f"{source.name}_checks.py"
        beside = {".gitignore": b"*\n", checks: (source.folder / checks).read_bytes(),
                  f"{source.name}_checks.json": _cells([source]).encode()}
        files |= {f"{tree}/{source.name}/{name}": data for tree in TREES for name, data in beside.items()}
    return files


def derived(root: Path) -> dict[str, str]:
    """Return the contents of the book's files that depend on the exercise sources, keyed by path.

    Raise ValueError, naming the file, if a source or its front matter cannot be read.
    """
    pages = chapters(root)      # first, because an error in a source names the source
    sources = [source for source in authoring.sources(root) if not source.own]
    make: dict[Path, Callable[[str], str]] = {
            ANSWERS: lambda text: _answers(sources),
            CELLS: lambda text: _cells(sources),
            OVERVIEW: lambda text: with_table(text, "exercise", _overview(sources)),
            SYLLABUS: lambda text: with_table(text, "session", _syllabus(sources, pages)),
            CONTENTS: lambda text: _contents(text, sources),
            INDEX: lambda text: with_table(text, "chapter", _course(text, pages))}
    return {path.as_posix(): new((root / path).read_text(encoding="utf-8"))
            for path, new in make.items() if (root / path).is_file()}


def _answers(sources: list[Source]) -> str:
    """Return the model answers and rubrics as JSON, keyed by task name."""
    answers = {cell["id"].replace("-", "_"): cell["source"]
               for source in sources for cell in source.graded if cell["cell_type"] == "markdown"}
    return json.dumps(answers, indent=1, ensure_ascii=False) + "\n"


def _cells(sources: list[Source]) -> str:
    """Return a JSON description of the cells required in each exercise, with one cell per line."""
    exercises = []
    for source in sources:
        rows = [_row(source, cell) for cell in source.cells if cell["kind"] != "run"]
        checks = [row["check"] for row in rows if "check" in row]
        require(len(set(checks)) == len(checks), f"{source.name}.md: checks", checks, "different, one for each test")
        exercises.append(f" {json.dumps(source.name)}: [\n  " + ",\n  ".join(map(json.dumps, rows)) + "]")
    return "{\n" + ",\n".join(exercises) + "\n}\n"


def _row(source: Source, cell: Cell) -> dict[str, str | int]:
    """Return a cell's id, kind and points. For a test cell, include the name of the first check that it calls."""
    row: dict[str, str | int] = {"id": cell["id"], "kind": cell["kind"]}
    if cell["kind"] == "test":
        calls = re.findall(r"^check\.(\w+)\(", cell["source"], re.MULTILINE)
        require(bool(calls), f"{source.name}.md: {cell['id']}", calls, "a cell that calls `check.NAME()`")
        row["check"] = calls[0]
    points = cell["metadata"]["nbgrader"].get("points")
    return row if points is None else row | {"points": points}


def _overview(sources: list[Source]) -> Rows:
    return [("exercise", "after", "minutes", "points", "what you do"),
            *((_link(source) + " (optional)" * source.setting("optional", bool, False),
               _pages(source.setting("chapters", list)), str(source.minutes), str(source.points),
               source.setting("summary", str).strip()) for source in sources)]


def _syllabus(sources: list[Source], pages: dict[str, Chapter]) -> Rows:
    """Create the table of sessions, with a row for each exercise and one for the remaining chapters."""
    sessions = []
    for number, source in enumerate(sources, start=1):
        note = source.setting("note", str, "")
        sessions.append((str(number), source.setting("session", list, []), source.minutes,
                         f"{_link(source)}, {source.minutes} minutes" + f"; {note}" * bool(note)))
    others = [page for page in pages if not any(page in read for _, read, *_ in sessions)]
    rows: Rows = [("session", "chapters to read", "reading", "exercise", "hours in all")]
    for name, read, minutes, exercise in [*sessions, *([("optional", others, 0, "")] if others else [])]:
        reading = sum(pages[page].minutes for page in read)
        rows.append((name, _pages(read), f"{reading} minutes" * bool(read), exercise,
                     str((reading + minutes) // 60 + 1)))
    return rows


def _course(text: str, pages: dict[str, Chapter]) -> Rows:
    """Create the table of chapters for the index page, with the summaries that are already in ``text``."""
    summaries = dict(re.findall(r"^\| *\d+ \| \{doc\}`([\w-]+)` \| (.*?) \|", text, re.MULTILINE))
    missing = sorted(set(pages) - set(summaries))
    require(not missing, f"{INDEX}: chapters", missing, "a row `| 1 | {doc}`name` | what you do | 5 |` for each")
    return [("chapter", "title", "what you do", "minutes"),
            *((str(chapter.number), f"{{doc}}`{page}`", summaries[page], str(chapter.minutes))
              for page, chapter in pages.items())]


def _link(source: Source) -> str:
    return f"{{doc}}`{source.setting('title', str)} </exercises/{source.name}/{source.name}>`"


def _pages(names: list[str]) -> str:
    return ", ".join(f"{{doc}}`{name}`" for name in names)


def with_table(text: str, first: str, rows: Rows) -> str:
    """In a Markdown document, replace the table whose first column is headed ``first``."""
    table = re.compile(rf"^\| {first} \|.*(?:\n\|.*)*", re.MULTILINE)
    require(len(table.findall(text)) == 1, f"tables with a column `{first}`", len(table.findall(text)), "one")
    head, *body = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
    return table.sub(lambda _: "\n".join([head, "|" + "---|" * len(rows[0]), *body]), text)


def _contents(text: str, sources: list[Source]) -> str:
    """Return ``text`` with one entry in the table of contents for each exercise."""
    entries = re.compile(rf"^( *){ENTRY}.*\n(?: *{ENTRY}.*\n)*", re.MULTILINE)
    require(entries.search(text) is not None, CONTENTS.name, None, f"at least one line `{ENTRY}...`")
    return entries.sub(lambda old: "".join(f"{old[1]}{ENTRY}{source.name}/{source.name}\n" for source in sources),
                       text, count=1)
