"""Beside each answer in words, in the formgrader: its rubric, the numbers of this student, what their own runs showed.

Chapter: *For instructors*. nbconvert makes the formgrader's pages and those of feedback, and nbgrader_config.py puts
:class:`Rubric` behind :class:`~parity_lib.teaching.sanitise.Sanitise`. A page of feedback stays as it is. The rubric is
taken from the source notebook, where the answer's cell holds a model answer and, below ``**Rubric.**``, the demands,
each with its points. No point is given here: what looks generic is marked for a person to look at.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from nbconvert.filters import clean_html as stock_clean_html
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_raw_cell
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool

from parity_lib.teaching.handed_in import NOTE
from parity_lib.teaching.sanitise import markdown2html
from parity_lib.teaching.whose import EXAMPLE, Quoted, hide, names_of, quoted, seed_or_none

OURS = "parity_page"        # Sanitise leaves no such mark on a student's cell
SEEDS = "seeds.json"        # in a second reader's folder, whose students have no ids
PAGES = Path(__file__).with_name("pages")
BEGIN = re.compile(r"^\*\*Rubric\.?\*\*", re.MULTILINE)
DEMAND = re.compile(r"(?:^|(?<=\s))(?:[-*] +)?(\d+(?:\.\d+)?) points?: *")
KEYS = ((("Tab", "Shift+Tab"), "next field, previous field"), (("Esc", "Enter"), "leave the field, go back to it"),
        (("Ctrl+.", "Ctrl+,"), "the same field of the next, of the previous hand-in"),
        (("Ctrl+Shift+.", "Ctrl+Shift+,"), "the same, among those with a failed test"),
        (("Ctrl+Shift+F",), "flag this hand-in, or take the flag away"))
AT_HAND = "<p><kbd>Ctrl+.</kbd> next hand-in, <kbd>Ctrl+,</kbd> previous; <kbd>Tab</kbd> next field</p>"


@dataclass(frozen=True)
class Demands:
    """A source cell of an answer: what a good answer says, each demand with its points, what holds for all."""

    model: str
    demands: tuple[tuple[float, str], ...]
    remarks: str


def parse(source: str) -> Demands:
    """Read the source of an answer's cell; one without a rubric has no demands.

    >>> parse("It grows.\\n\\n**Rubric.** 1 point: it grows. 2 points: why.").demands
    ((1.0, 'it grows.'), (2.0, 'why.'))
    """
    begin = BEGIN.search(source)
    if begin is None:
        return Demands(source.strip(), (), "")
    text = source[begin.end():]
    found = list(DEMAND.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    remarks, demands = [text[:found[0].start()] if found else text], []
    for one, end in zip(found, ends, strict=False):
        demand, _, rest = text[one.end():end].partition("\n\n")
        demands.append((float(one[1]), " ".join(demand.split())))
        remarks.append(rest)
    return Demands(source[:begin.start()].strip(), tuple(demands),
                   "\n\n".join(one.strip() for one in remarks if one.strip()))


def rubrics(path: Path) -> dict[str, Demands]:
    """The rubrics of a source notebook by their answers' names; none where there is no such file."""
    return _rubrics(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=20)
def _rubrics(path: Path, changed: int) -> dict[str, Demands]:
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata["nbgrader"]["grade_id"]: parse(cell.source) for cell in cells if in_words(cell)}


def in_words(cell: NotebookNode) -> bool:
    """Whether a person gives this cell its points."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution") and cell.cell_type == "markdown")


# ---------------------------------------------------------------- the page


@pass_context
def clean_html(context: Mapping[str, Any], source: Any) -> str:
    """nbconvert's filter of this name, which takes classes and styles away, but not from our own cells."""
    cell = context.get("cell") or {}
    return str(source) if cell.get("metadata", {}).get(OURS) else stock_clean_html(source)


class Rubric(Preprocessor):
    """Put ours around each answer in words, on a page of the formgrader."""

    blind = Bool(False, help="Take names and ids of students out of the formgrader's pages").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Feedback has no ``submission_id``, and stays as it is."""
        if "submission_id" not in resources:
            return nb, resources
        course = CourseDirectory(config=self.config)
        name, notebook, student = (html.unescape(str(resources.get(key) or "")) for key in
                                   ("assignment_id", "notebook_id", "student"))
        source = Path(course.format_path(course.source_directory, ".", name)) / f"{notebook}.ipynb"
        known, seeds = rubrics(source), Path(course.root) / SEEDS
        seed = (json.loads(seeds.read_text(encoding="utf-8")).get(student) if seeds.is_file()
                else seed_or_none(student))
        looks = {cell.metadata["nbgrader"]["grade_id"]: quoted(cell.metadata["nbgrader"]["grade_id"], cell.source, seed)
                 for cell in nb.cells if in_words(cell) and seed is not None}
        if self.blind:
            first, last = (html.unescape(resources.get(key) or "") for key in ("first_name", "last_name"))
            hide(nb, names_of(student, first, last))
            resources |= {"first_name": "", "last_name": "", "notebook_path": "",
                          "student": f"Submission #{resources['index'] + 1}"}
        nb.cells = list(_around(nb.cells, known, looks, source.name))
        return nb, resources


def _around(cells: list[NotebookNode], known: dict[str, Demands], looks: dict[str, Quoted | None],
            source: str) -> Iterator[NotebookNode]:
    """The cells, with ours at the beginning, at the end, and on both sides of each answer."""
    names = [cell.metadata["nbgrader"]["grade_id"] for cell in cells if in_words(cell)]
    if not names:
        yield from cells
        return
    yield _ours(f"<style>{(PAGES / 'rubric.css').read_text(encoding='utf-8')}</style>" + _head(names))
    shown: list[str] = []
    for cell in cells:
        if not in_words(cell):
            shown += _own_run(cell)
            yield cell
            continue
        marks = cell.metadata["nbgrader"]
        runs = ("<details class='parity-own' open><summary>The student's own runs, as they were handed in</summary>"
                f"<div tabindex='0'>{''.join(shown)}</div></details>" if shown else "")
        yield _ours(f"<section class='parity-answer'>{runs}")
        yield cell
        yield _ours(_beside(marks, known.get(marks["grade_id"]), looks.get(marks["grade_id"]), source) + "</section>")
        shown = []
    yield _ours(f"<script>{(PAGES / 'rubric.js').read_text(encoding='utf-8')}</script>")


def _ours(text: str) -> NotebookNode:
    return new_raw_cell(text, metadata={OURS: True})


def _head(names: list[str]) -> str:
    links = ", ".join(f"<a data-field='{html.escape(name)}' href='#'>{html.escape(name)}</a>" for name in names)
    rows = "".join(f"<tr><th scope='row'>{' '.join(f'<kbd>{key}</kbd>' for key in keys)}</th><td>{words}</td></tr>"
                   for keys, words in KEYS)
    return (f"<div class='parity-head'><p>Answers in words: {links}.</p>"
            f"<details><summary>Keys</summary><table>{rows}</table></details></div>")


def _beside(marks: Mapping[str, Any], demands: Demands | None, look: Quoted | None, source: str) -> str:
    points, name = float(marks.get("points", 0)), html.escape(marks["grade_id"])
    parts = [f"<h4>Rubric, {points:g} point{'s' * (points != 1)}</h4>"]
    if demands is None or not demands.demands:
        parts.append(f"<p>The source, {html.escape(source)}, has no rubric for <code>{name}</code>.</p>")
    if demands is not None:
        rows = "".join(f"<tr><th scope='row'>{worth:g}</th><td>{_markdown(text)}</td></tr>"
                       for worth, text in demands.demands)
        total = sum(worth for worth, _ in demands.demands)
        parts += [f"<table>{rows}</table>" * bool(rows), _markdown(demands.remarks),
                  f"<p class='parity-look'>The demands add up to {total:g}.</p>" if rows and total != points else ""]
    parts.append(_numbers(look))
    if demands is not None and demands.model:
        parts.append(f"<details><summary>A model answer</summary>{_markdown(demands.model)}</details>")
    return f"<aside class='parity-rubric' aria-label='Rubric of {name}'>{''.join(parts)}{AT_HAND}</aside>"


def _numbers(look: Quoted | None) -> str:
    """The student's numbers, and whether the answer quotes them."""
    if look is None:
        return ""
    there = {True: "in the answer", False: "<strong>not in the answer</strong>"}
    rows = "".join(f"<tr><th scope='row'>{name}</th><td>{value}</td><td>{there[has]}</td></tr>" for name, value, has in
                   (("seed", look.seed, look.has_seed), ("count", look.count, look.has_count)))
    words = ("Likely generic: no number in it comes from this student's seed. Have a look." if look.looks_generic else
             f"Have a look: {look}." if str(look) else "")
    example = f" It has the seed of the notebook's example, {EXAMPLE}." * (look.looks_generic and look.has_example)
    return (f"<h4>Numbers of this student</h4><table>{rows}</table>"
            + (f"<p class='parity-look'>{words}{example}</p>" if words else ""))


def _markdown(text: str) -> str:
    return markdown2html({}, text) if text else ""


def _own_run(cell: NotebookNode) -> Iterator[str]:
    """The outputs that :class:`~parity_lib.teaching.handed_in.Show` brought back, cleaned by Sanitise, as HTML."""
    if cell.cell_type == "code" and cell.outputs and cell.outputs[0].get("text") == NOTE:
        yield f"<p><code>{html.escape(cell.get('id', ''))}</code></p>"
        yield from map(_shown, cell.outputs[1:])


def _shown(output: NotebookNode) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return data["text/html"]
    for kind in ("image/png", "image/jpeg", "image/svg+xml"):
        if kind in data:
            code = base64.b64encode(data[kind].encode()).decode() if kind.endswith("xml") else data[kind]
            return f"<img alt='a figure of the student' src='data:{kind};base64,{html.escape(''.join(code.split()))}'>"
    return f"<pre>{html.escape(strip_ansi(output.get('text', '') or data.get('text/plain', '')))}</pre>"
