"""Tools for creating feedback pages.

nbgrader shows a test cell as it ran, with its hidden tests, and the traceback of a failure, which quotes them.
nbgrader_config.py adds :class:`MessagesOnly` to the preprocessors of ``generate_feedback``, because nbgrader's own
``ClearHiddenTests`` leaves tracebacks unchanged and fails if a student's cell mentions hidden tests.

:class:`TaskResults` adds what a student wants to know first: the points for each task. Below a written answer that lost
points it shows the rubric and the model answer, if students may see them. :class:`FeedbackExporter` renders the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from parity_checks.answers import published_answers
from parity_grading.addresses import addresses
from parity_grading.export import rounded
from parity_grading.rubric import PAGES, in_words, parse_rubric, raw_cell
from parity_grading.untrusted import NotebookCell, read_cells

SECTION = re.compile(r"(the (?:section|chapter) [^\n(]*) \(book/([\w-]+)\.html(#[\w-]+)?\)")
HEADING = re.compile(r"^## (.*?)(?: \(\d+ points?\))?$", re.MULTILINE)
OWN_USE = ("checks.", "## Your progress")
LIKELY = re.compile(r"^  likely: +(.*)$", re.MULTILINE)
NO_RESPONSE = "No response."        # nbgrader's comment on a cell that the student did not change


class MessagesOnly(ClearHiddenTests):
    """A preprocessor that removes hidden tests from feedback pages.

    It reduces the tracebacks of test cells to the message. It raises RuntimeError if a region of hidden tests has no
    end, so that no page shows a hidden test.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Remove hidden tests from a test cell and replace each traceback with its message."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [_message(output)]
        return cell, resources


def _message(error: NotebookNode) -> str:
    """Return the message of a failed check, or the type and the message of any other error."""
    lines = [strip_ansi(line) for line in error.traceback]
    if len(lines) == 1 and lines[0].startswith("✗ "):
        return lines[0]
    return f"✗ {error.ename}: {error.evalue}".rstrip(": ")


class TaskResults(NbGraderPreprocessor):
    """A preprocessor that adds the names and points of tasks, and rubrics, to a feedback page."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Add the tasks to ``resources``, and to each cell in ``parity_result`` what its heading says."""
        course, about = CourseDirectory(config=self.config), resources["nbgrader"]
        path = Path(course.root, course.format_path(course.source_directory, ".", about["assignment"]),
                    f"{about['notebook']}.ipynb")
        source = read_cells(path.read_bytes()) if path.is_file() else []
        with Gradebook(about["db_url"]) as book:
            submission = book.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            unread = {grade.name for grade in submission.grades if grade.needs_manual_grade}
        titles, tasks = task_titles(source), {}
        for cell in nb.cells:
            if is_solution(cell) and cell.cell_type == "code" and cell.metadata.nbgrader.comment == NO_RESPONSE:
                cell.metadata.nbgrader.comment = ""
            if is_grade(cell):
                marks = cell.metadata.nbgrader
                result = {"title": titles.get(marks.grade_id, marks.grade_id), "id": marks.grade_id,
                          "score": marks.score, "most": marks.points, "unread": marks.grade_id in unread}
                texts = [output.evalue for output in cell.get("outputs", []) if output.output_type == "error"]
                result["likely"] = next(iter(LIKELY.findall("\n".join(texts))), "")
                cell.metadata["parity_result"] = result
                task = tasks.setdefault(result["title"], result | {"score": 0, "most": 0, "unread": False})
                task |= {key: task[key] + result[key] for key in ("score", "most", "unread")}
        resources |= {"tasks": [*tasks.values()], "site": addresses(Path(course.root)).book}
        # The cells that show progress and model answers to a student print nothing while they are graded.
        shown = [cell for cell in nb.cells
                 if cell.get("outputs") or "nbgrader" in cell.metadata or not cell.source.startswith(OWN_USE)]
        nb.cells = list(_with_rubrics(shown, {cell.name: cell.source for cell in source}))
        return nb, resources


def task_titles(cells: Iterable[NotebookCell]) -> dict[str, str]:
    """Return the title of the task to which each cell of a source notebook belongs, by the name of the cell.

    >>> task_titles([NotebookCell("", "markdown", "## Task 1: `f` (2 points)"), NotebookCell("f-check", "code", "f()")])
    {'f-check': 'Task 1: f'}
    """
    title, titles = "", {}
    for cell in cells:
        if cell.name:
            titles[cell.name] = title or cell.name
        elif cell.cell_type == "markdown":
            title = next(reversed(HEADING.findall(cell.source)), title).replace("`", "")
    return titles


def _with_rubrics(cells: Iterable[NotebookNode], source: dict[str, str]) -> Iterator[NotebookNode]:
    """Yield the cells, with the rubric and the model answer below each written answer that lost points.

    They are left out unless they are published, so those of an instructor's own exercise stay with the instructor.
    """
    published = published_answers()
    page: Any = PAGES.get_template("rubric.html").module
    for cell in cells:
        yield cell
        result = cell.metadata.get("parity_result")
        if in_words(cell) and not result["unread"] and result["score"] < result["most"]:
            answer = source.get(result["id"])
            if answer is not None and published.get(result["id"].replace("-", "_")) == answer:
                yield raw_cell(page.for_student(parse_rubric(answer)))


def link_sections(text: str, site: str = "") -> str:
    """Turn the names of sections in the HTML of a message into links, or remove their addresses if there is no site.

    >>> link_sections("read: the chapter &quot;Gates&quot; (book/gates.html#unit)", "https://example.org")
    'read: <a href="https://example.org/book/gates.html#unit">the chapter &quot;Gates&quot;</a>'
    """
    def link(match: re.Match) -> str:
        address = f"{html.escape(site)}/book/{match[2]}.html{match[3] or ''}"
        return f'<a href="{address}">{match[1]}</a>' if site else match[1]
    return SECTION.sub(link, text)


class FeedbackExporter(HTMLExporter):
    """An exporter that renders feedback pages, which run no script and load nothing."""

    @property
    def default_config(self) -> Config:
        """The template of this course, ``pages/feedback.html``, in place of nbgrader's."""
        config = Config({"FeedbackExporter": {
            "template_name": "pages", "template_file": "feedback.html",
            "extra_template_basedirs": [str(Path(__file__).parent)]}})
        config.merge(super().default_config)
        return config

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        """Yield nbconvert's filters and those of the template."""
        yield from super().default_filters()
        yield from (("link_sections", link_sections), ("points", rounded))
