"""What the book, the syllabus and the checks say about the exercises, derived from ``solutions/*.md`` alone.

Points, minutes and chapters stand in the sources; :func:`derived` writes all
that repeats them. `parity exercises` puts it into place, and `parity exercises
--check` fails where something else stands there.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from parity_lib.errors import require, require_int
from parity_lib.teaching import authoring
from parity_lib.teaching.chapters import TIME, Chapter, chapters

ANSWERS = Path("parity_lib/checks/model_answers.json")
CELLS = Path("parity_lib/checks/cells.json")
BEGIN = Path("book/index.md")
OVERVIEW, SYLLABUS, CONTENTS = Path("book/exercises.md"), Path("book/instructors.md"), Path("_toc.yml")
IN_CONTENTS = "- file: exercises/"


@dataclass(frozen=True)
class Exercise:
    """An exercise, as its source describes it.

    ``chapters`` prepare it, ``session`` are those that a class reads with it,
    ``checks`` are the points by function of its checks.
    """

    name: str
    title: str
    minutes: int
    chapters: tuple[str, ...]
    session: tuple[str, ...]
    summary: str
    note: str
    optional: bool
    points: int
    checks: dict[str, int]

    @property
    def link(self) -> str:
        return f"{{doc}}`{self.title} </exercises/{self.name}/{self.name}>`"


def exercises(root: Path) -> list[Exercise]:
    """The exercises of the book in ``root``, in the order in which they are done.

    Raises ValueError, with the file, where a source or its front matter cannot be read.
    """
    return [_exercise(source) for source in authoring.sources(root)]


def _exercise(source: authoring.Source) -> Exercise:
    def setting(key: str, kind: type, default: Any = None) -> Any:
        value = source.settings.get(key, default)
        require(isinstance(value, kind), f"{source.name}.md: {key}", value, f"a {kind.__name__} in the front matter")
        return value

    require_int(f"{source.name}.md: minutes", source.settings.get("minutes"), 1)
    return Exercise(source.name, setting("title", str), source.settings["minutes"], tuple(setting("chapters", list)),
                    tuple(setting("session", list, [])), setting("summary", str).strip(), setting("note", str, ""),
                    setting("optional", bool, False), source.points, _checks(source))


def _checks(source: authoring.Source) -> dict[str, int]:
    """The points by check: the function ``check.NAME`` that a test cell calls first."""
    found: dict[str, int] = {}
    for cell in source.graded:
        if cell["cell_type"] != "code":
            continue
        called = [node.func.attr for node in ast.walk(ast.parse(cell["source"]))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                  and isinstance(node.func.value, ast.Name) and node.func.value.id == "check"]
        require(bool(called) and called[0] not in found, f"{source.name}.md: {cell['id']}", called[:1],
                "a cell that calls `check.NAME()`, one check a cell")
        found[called[0]] = cell["metadata"]["nbgrader"]["points"]
    return found


def derived(root: Path) -> dict[str, str]:
    """The files of the book in ``root`` that say what the sources say, by their paths, as they should be.

    Where a file is missing, as in a course without the book, nothing is derived for it.
    """
    sources, pages = authoring.sources(root), chapters(root)
    known = [_exercise(source) for source in sources]
    make = {ANSWERS: lambda text: _answers(sources),
            CELLS: lambda text: _marked(sources),
            OVERVIEW: lambda text: with_table(text, "exercise", _overview(known)),
            SYLLABUS: lambda text: with_table(text, "session", _syllabus(known, pages)),
            CONTENTS: lambda text: _contents(text, known),
            BEGIN: lambda text: with_table(text, "chapter", _course(text, pages)),
            **{Path(f"book/{one.page}.md"): partial(_with_time, minutes=one.minutes) for one in pages.values()}}
    return {path.as_posix(): new((root / path).read_text(encoding="utf-8"))
            for path, new in make.items() if (root / path).is_file()}


def _answers(sources: list[authoring.Source]) -> str:
    """Model answers and rubrics by the names of their tasks."""
    found = {cell["id"].replace("-", "_"): cell["source"]
             for source in sources for cell in source.graded if cell["cell_type"] == "markdown"}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _marked(sources: list[authoring.Source]) -> str:
    """The cells that a hand-in has to have, by exercise: id, kind and, of a test, the check that it calls."""
    def row(cell: dict[str, Any], checks: dict[str, str]) -> dict[str, str]:
        marks, answer = cell["metadata"]["nbgrader"], cell["cell_type"] == "markdown"
        kind = {(True, False): "test", (True, True): "answer", (False, True): "solution"}.get(
            (marks["grade"], marks["solution"]), "readonly")
        require(kind != "answer" or answer, cell["id"], cell["cell_type"], "Markdown, since a person gives its points")
        called = {"check": checks[cell["id"]]} if kind == "test" else {}
        return {"id": cell["id"], "kind": kind} | called | {key: marks[key] for key in ("points",) if key in marks}

    found = {}
    for source in sources:
        names = [cell["id"] for cell in source.graded if cell["cell_type"] == "code"]
        checks = dict(zip(names, _checks(source), strict=True))
        found[source.name] = [row(cell, checks) for cell in source.cells if "nbgrader" in cell["metadata"]]
    lines = ",\n".join(f' {json.dumps(name)}: [\n  ' + ",\n  ".join(map(json.dumps, cells)) + "]"
                       for name, cells in found.items())
    return f"{{\n{lines}\n}}\n"


def _overview(known: list[Exercise]) -> list[tuple[str, ...]]:
    return [("exercise", "after", "minutes", "points", "what you do"),
            *((one.link + " (optional)" * one.optional, _pages(one.chapters), str(one.minutes), str(one.points),
               one.summary) for one in known)]


def _syllabus(known: list[Exercise], pages: dict[str, Chapter]) -> list[tuple[str, ...]]:
    """A session an exercise, and one for the chapters that belong to none; hours are rounded up, with room to talk."""
    def row(head: str, read: tuple[str, ...], minutes: int, exercise: str) -> tuple[str, ...]:
        reading = sum(pages[page].minutes for page in read)
        return head, _pages(read), f"{reading} minutes" * bool(read), exercise, str((reading + minutes) // 60 + 1)

    rows = [row(str(number), one.session, one.minutes, "; ".join(filter(None, [f"{one.link}, {one.minutes} minutes",
                                                                               one.note])))
            for number, one in enumerate(known, start=1)]
    left = tuple(page for page in pages if not any(page in one.session for one in known))
    rows += [row("optional", left, 0, "")] if left else []
    return [("session", "chapters to read", "reading", "exercise", "hours in all"), *rows]


def _course(text: str, pages: dict[str, Chapter]) -> list[tuple[str, ...]]:
    """The chapters in their order, each with what its row in ``text`` says that the reader will do there."""
    said = dict(re.findall(r"^\| *\d+\. \{doc\}`([\w-]+)` \| (.*?) \|", text, re.MULTILINE))
    missing = sorted(set(pages) - set(said))
    require(not missing, f"{BEGIN}: chapters", missing, "a row `| 1. {doc}`name` | what one does | 5 |` for each")
    return [("chapter", "you will", "minutes"),
            *((f"{one.number}. {{doc}}`{one.page}`", said[one.page], str(one.minutes)) for one in pages.values())]


def _with_time(text: str, minutes: int) -> str:
    return TIME.sub(f"- **Time:** {minutes} minutes.", text, count=1)


def _pages(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{doc}}`{name}`" for name in names)


def with_table(text: str, first: str, rows: list[tuple[str, ...]]) -> str:
    """``text`` with these rows in place of the table whose first column is headed ``first``.

    >>> print(with_table("| n |\\n|---|\\n| 1 |\\n", "n", [("n",), ("2",)]))
    | n |
    |---|
    | 2 |
    <BLANKLINE>
    """
    tokens = MarkdownIt().enable("table").parse(text)
    places = [token.map for token, inline in zip(tokens, tokens[4:], strict=False)
              if token.type == "table_open" and inline.content == first]
    require(len(places) == 1, f"tables with a column `{first}`", len(places), "one")
    lines, (start, stop) = text.split("\n"), places[0]
    while not lines[stop - 1].strip():
        stop -= 1
    written = [_row(rows[0]), "|" + "---|" * len(rows[0]), *map(_row, rows[1:])]
    return "\n".join([*lines[:start], *written, *lines[stop:]])


def _row(cells: tuple[str, ...]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _contents(text: str, known: list[Exercise]) -> str:
    """The table of contents with an entry for each exercise in the place of those that are there."""
    lines = text.split("\n")
    places = [place for place, line in enumerate(lines) if line.lstrip().startswith(IN_CONTENTS)]
    require(bool(places), CONTENTS.name, None, f"at least one line `{IN_CONTENTS}...`")
    space = lines[places[0]][:lines[places[0]].index("-")]
    return "\n".join([*lines[:places[0]], *(f"{space}{IN_CONTENTS}{one.name}/{one.name}" for one in known),
                      *lines[places[-1] + 1:]])
