"""Tools for creating feedback pages.

nbgrader shows hidden tests, and tracebacks that quote them. :class:`MessagesOnly` removes both, because nbgrader's own
``ClearHiddenTests`` leaves tracebacks unchanged and fails if a student's cell mentions hidden tests.
:class:`TaskResults` adds the points for each task, and the rubric and the model answer if students may see them.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool
from traitlets.config import Config

from parity_checks.answers import is_past, published_answers
from parity_grading.export import rounded
from parity_grading.unfinished import NOTE
from parity_grading.untrusted import mark
from parity_teaching import rubric as rubrics
from parity_teaching.addresses import addresses
from parity_teaching.authoring import MODEL_ANSWER

SECTION = re.compile(r"(the (?:section|chapter) [^\n(]*) \(book/([\w-]+)\.html(#[\w-]+)?\)")
PART = re.compile(r"^  (likely|read): +(.*)\n?", re.MULTILINE)   # of a message
PLAIN_TEST = re.compile(r"from parity_checks import|check\.|$")     # lines that tell a student nothing
INTRODUCTION = "<details><summary>Introduction of the exercise</summary>"
NO_RESPONSE = "No response."        # nbgrader's comment on a cell that the student did not change


class KeepBack(NbGraderPreprocessor):
    """A preprocessor for `nbgrader generate_assignment` that adds the due date to the cells with model answers.

    The exercises in the repository, for those who learn alone, come from `parity exercises` and contain no such date.
    """

    at_once = Bool(False, help="Show model answers as soon as a student has written an answer.").tag(config=True)

    def due(self, resources: dict[str, Any]) -> str | None:
        """Return the due date in UTC, "" if the gradebook has none, or None if answers are shown at once."""
        if self.at_once:
            return None
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            date = gradebook.find_assignment(resources["nbgrader"]["assignment"]).duedate
        return f"{date:%Y-%m-%d %H:%M:%S} UTC" if date else ""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        due = self.due(resources)
        for cell in nb.cells:
            if due is not None and cell.source.startswith(MODEL_ANSWER):
                call = cell.source.partition(", after=")[0].removesuffix(")")
                cell.source = f'{call}, after="{due}")'
        return nb, resources


class MessagesOnly(ClearHiddenTests):
    """A preprocessor that removes hidden tests. It raises RuntimeError if a region of hidden tests has no end."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
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
    """A preprocessor that adds task names, points and rubrics to a feedback page."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Store the tasks in ``resources``, and the data for each cell's heading in its ``parity_result``."""
        course, about = CourseDirectory(config=self.config), resources["nbgrader"]
        path = Path(course.root, course.format_path(course.source_directory, ".", about["assignment"]),
                    f"{about['notebook']}.ipynb")
        source = nbformat.read(path, as_version=4).cells if path.is_file() else []
        with Gradebook(about["db_url"]) as book:
            submission = book.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            unread = {grade.name for grade in submission.grades if grade.needs_manual_grade}
            time = submission.assignment.timestamp
        titles, tasks, sources = rubrics.task_titles(source), {}, {mark(cell): cell.source for cell in source}
        due = KeepBack(parent=self).due(resources)
        sources = {} if due and not is_past(due) else sources      # students with more time may see this page
        for cell in nb.cells:
            if is_solution(cell) and cell.cell_type == "code" and cell.metadata.nbgrader.comment == NO_RESPONSE:
                cell.metadata.nbgrader.comment = ""
            if is_grade(cell):
                marks = cell.metadata.nbgrader
                errors = [output.evalue for output in cell.get("outputs", []) if output.output_type == "error"]
                result = {"title": titles.get(marks.grade_id, marks.grade_id), "id": marks.grade_id,
                          "score": marks.score, "most": marks.points, "unread": marks.grade_id in unread,
                          **dict(PART.findall("\n".join(errors)))}
                for output in cell.get("outputs", []):
                    if "traceback" in output:       # the parts stand above it
                        output.traceback = [PART.sub("", text).rstrip() for text in output.traceback]
                    elif "text" in output:      # a test that runs again with new strings repeats its line
                        output.text = "\n".join(dict.fromkeys(output.text.splitlines()))
                result["demands"], marks.comment = rubrics.points_by_demand(marks.get("comment"), marks.score)
                result |= {"comment": marks.comment, "rubric": _rubric_for_student(cell, result, sources)}
                if result["rubric"]:
                    result["lost_demands"] = [
                        (number, worth - points, text) for number, (points, (worth, text)) in enumerate(
                            zip(result["demands"], result["rubric"].demands, strict=False), start=1) if points < worth]
                result["is_plain"] = all(PLAIN_TEST.match(line) for line in cell.source.splitlines())
                cell.metadata["parity_result"] = result
                task = tasks.setdefault(result["title"], result | {"score": 0, "most": 0, "unread": False})
                task |= {key: task[key] + result[key] for key in ("score", "most", "unread")}
                task["likely"] = task.get("likely") or result.get("likely")
        resources |= {"tasks": [*tasks.values()], "site": addresses(Path(course.root)).book,
                      "handed_in": f"{time:%Y-%m-%d at %H:%M} UTC" if time else ""}
        cells = list(_with_rubrics(rubrics.without_own_use(nb.cells)))
        for cell in cells:
            if cell.get("outputs") and cell.outputs[0].get("text") == NOTE:
                cell.outputs, cell.metadata["parity_own"] = cell.outputs[1:], True
        start = next((place for place, cell in enumerate(cells)
                      if is_grade(cell) or is_solution(cell) or cell.source.startswith("## ")), 0)
        for cell in cells[:start]:
            cell.metadata["parity_introduction"] = True
        if start:
            cells = [rubrics.raw_cell(INTRODUCTION), *cells[:start], rubrics.raw_cell("</details>"), *cells[start:]]
        nb.cells = cells
        return nb, resources


def task_of(cell: str) -> str:
    """Convert the name of a cell, such as ``rnn-step-check``, to the name of its task, ``rnn_step``."""
    return cell.removesuffix("-check").replace("-", "_")


def _rubric_for_student(cell: NotebookNode, result: dict, sources: dict[str, str]) -> rubrics.ParsedRubric | None:
    """Return the rubric of a written answer that lost points, unless it belongs to an instructor's own exercise."""
    if not rubrics.in_words(cell) or result["unread"] or result["score"] >= result["most"]:
        return None
    answer = sources.get(result["id"], "")
    return rubrics.parse_rubric(answer) if published_answers().get(result["id"].replace("-", "_")) == answer else None


def _with_rubrics(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield each cell, followed by the rubric and model answer if it is a written answer that lost points."""
    page: Any = rubrics.PAGES.get_template("rubric.html").module
    for cell in cells:
        yield cell
        result = cell.metadata.get("parity_result", {})
        if rubric := result.pop("rubric", None):
            state = "part" if result["score"] > 0 else "lost"
            yield rubrics.raw_cell(page.for_student(rubric, result["demands"], state))


def link_sections(text: str, site: str = "") -> str:
    """Turn the section names in a message's HTML into links, or remove their addresses if there is no site.

    >>> link_sections("read: the chapter &quot;Gates&quot; (book/gates.html#unit)", "https://example.org")
    'read: <a href="https://example.org/book/gates.html#unit">the chapter &quot;Gates&quot;</a>'
    """
    def link(match: re.Match) -> str:
        address = f"{html.escape(site)}/book/{match[2]}.html{match[3] or ''}"
        return f'<a href="{address}">{match[1]}</a>' if site else match[1]
    return SECTION.sub(link, text)


class FeedbackExporter(HTMLExporter):
    """An exporter for feedback pages that run no scripts and load no other files."""

    @property
    def default_config(self) -> Config:
        config = Config({"FeedbackExporter": {
            "template_name": "pages", "template_file": "feedback.html",
            "extra_template_basedirs": [str(Path(__file__).parent)]}})
        config.merge(super().default_config)
        return config

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        yield from super().default_filters()
        yield from (("link_sections", link_sections), ("points", rounded))
