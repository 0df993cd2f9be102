"""Tools for displaying rubrics next to written answers in the formgrader, with the student's numbers and runs.

The rubric comes from the source notebook, where an answer's cell contains a model answer and, below ``**Rubric.**``,
the demands, each with its points. Some tasks ask for a count over random bits that depend on the student's id
(:mod:`parity_checks.personal_numbers`). If it is missing, a person should read the answer closely. The counts are here,
and not among the checks that students import, so that nobody is tempted to ask for them.
"""

import html
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_raw_cell
from nbgrader.coursedir import CourseDirectory

from parity_checks.answers import NOT_WRITTEN
from parity_checks.bug_hunt.script import faults_of
from parity_checks.personal_numbers import countries_for, seed_of, seeds_for, strings_for
from parity_grading.sanitise import markdown2html, visible_text
from parity_grading.unfinished import NOTE
from parity_grading.untrusted import mark

SMALLEST_SEED = 100_000     # smaller numbers in an answer are counts
HEADING = re.compile(r"^\*\*Rubric\.?\*\*", re.MULTILINE)
TASK = re.compile(r"^## (.*?)(?: \(\d+ points?\))?$", re.MULTILINE)
OWN_USE = ("checks.", "## Your progress")
BY_DEMAND = re.compile(r"^Points by demand: (\d+(?:\.\d+)?(?: \+ \d+(?:\.\d+)?)*)\.\s*", re.MULTILINE)   # see rubric.js
DEMAND = re.compile(r"^- (\d+(?:\.\d+)?) points?: *(.*(?:\n +.*)*)\n?", re.MULTILINE)
PAGES = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True, trim_blocks=True)
PAGES.filters["markdown"] = lambda text: Markup(markdown2html({}, text))
GROUPED = re.compile("(?<![\\d.,])\\d{1,3}(?:[ ,.'\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")


@dataclass(frozen=True)
class ParsedRubric:
    """A model answer and the criteria for grading an answer."""

    model: str
    demands: tuple[tuple[float, str], ...]      # each with its points
    remarks: str                                # on all demands


def parse_rubric(source: str) -> ParsedRubric:
    """Parse a model answer and its rubric, which follows the heading ``**Rubric.**``."""
    model, *rubric = HEADING.split(source, maxsplit=1)
    demands = [(float(points), " ".join(text.split())) for points, text in DEMAND.findall("".join(rubric))]
    return ParsedRubric(model.strip(), tuple(demands), DEMAND.sub("", "".join(rubric)).strip())


def task_titles(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """Map nbgrader's name for each cell in a source notebook to the title of the task to which the cell belongs.

    >>> from nbformat.v4 import new_code_cell, new_markdown_cell
    >>> check = new_code_cell("f()", metadata={"nbgrader": {"grade_id": "f-check"}})
    >>> task_titles([new_markdown_cell("## Task 1: `f` (2 points)"), check])
    {'f-check': 'Task 1: f'}
    """
    title, titles = "", {}
    for cell in cells:
        if name := mark(cell):
            titles[name] = title or name
        elif cell.cell_type == "markdown":
            title = next(reversed(TASK.findall(cell.source)), title).replace("`", "")
    return titles


def points_by_demand(comment: str | None, score: float) -> tuple[list[float], str]:
    """Split a comment into the points for each requirement ([] unless they add up to the score) and the rest.

    >>> points_by_demand("Points by demand: 1 + 0.5.\\nWhich bit?", 1.5)
    ([1.0, 0.5], 'Which bit?')
    """
    points = [float(number) for match in BY_DEMAND.findall(comment or "") for number in match.split(" + ")]
    return points if math.isclose(sum(points), score, abs_tol=1e-3) else [], BY_DEMAND.sub("", comment or "")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, ignoring the full stops in "e.g."."""
    return re.split(r"(?<=\.) (?=[A-Z])", text)[0]


def without_own_use(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return all cells except those without output that only show students their progress or model answers."""
    return [cell for cell in cells
            if cell.get("outputs") or "nbgrader" in cell.metadata or not cell.source.startswith(OWN_USE)]


def numbers_in(text: str) -> set[int]:
    """Return the set of whole numbers in a text, in which groups of three digits may be separated."""
    joined = GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return {int(number) for number in re.findall(r"(?<![\w.,])\d{1,20}(?![\w]|[.,]\d)", f"{joined} {text}")}


def quoted_numbers(task: str, answer: str, student: str) -> list[tuple[str, int, bool]]:
    """Return the name and value of each of a student's personal numbers, and whether an answer quotes it."""
    task, answer, seed = task.replace("-", "_"), visible_text(answer), _seed(student)
    if task not in (*COUNTS, TOWNS) or answer.strip() in NOT_WRITTEN or seed is None:
        return []
    count = names_to_train_on(seed) if task == TOWNS else COUNTS[task](strings_for(seed))
    numbers = {"seed": seed, "count": count}
    return [(name, value, value in numbers_in(answer)) for name, value in numbers.items()]


def owners_of_seeds(student: str, answer: str, model: str, others: Iterable[str]) -> dict[int, str]:
    """Map each seed quoted in an answer, except the student's own, to its owner: a student or the model answer.

    >>> owners_of_seeds("s1", "My seed is 700000.", "The seed is 700000.", [])
    {700000: 'the model answer'}
    """
    quoted = {number for number in numbers_in(visible_text(answer)) if number >= SMALLEST_SEED} - {_seed(student)}
    owners = dict.fromkeys(quoted & numbers_in(model), "the model answer")
    return owners | {seed: other for other in others if (seed := _seed(other)) in quoted}


def _seed(student: str) -> int | None:
    """Return a student's seed, or None if the student's id contains no letter or digit."""
    try:
        return seed_of(student)
    except ValueError:
        return None


def facts_about(task: str, student: str) -> list[tuple[str, str]]:
    """Return named facts that are true only of this student's own runs or script."""
    task, seed = task.replace("-", "_"), _seed(student)
    if seed is None:
        return []
    if task == "what_none_proves":
        return [("faulty functions", "; ".join(f"{fault.function} ({fault.name})" for fault in faults_of(seed)))]
    return [("seeds of the runs", ", ".join(map(str, seeds_for(seed))))] if task in WITH_RUNS else []


def correct_from_last_bits(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` whose last eight bits have the same parity as the whole row."""
    return int((bits[:, -8:].sum(axis=1) % 2 == bits.sum(axis=1) % 2).sum())


def with_long_pause(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` that contain a one followed by at least eight zeros."""
    return sum("100000000" in "".join(map(str, row)) for row in bits.tolist())


def correct_if_always_even(bits: np.ndarray) -> int:
    """Count the positions where "even" is correct when row k keeps its first 1 + k % steps bits and the rest are 0."""
    count, steps = bits.shape
    real = np.arange(steps) < 1 + (np.arange(count) % steps)[:, None]
    return int((~(real & (bits.cumsum(axis=1) % 2 == 1))).sum())


def correct_from_first_one(bits: np.ndarray) -> int:
    """Count the correct answers when every answer is "even" before the first 1 bit and "odd" from then on."""
    ones = bits.cumsum(axis=1)
    return int(((ones > 0) == (ones % 2 == 1)).sum())


def correct_from_last_bit(bits: np.ndarray) -> int:
    """Count the strings whose parity equals their last bit. String k is the first 1 + k % 10 bits of row k."""
    rows = np.arange(len(bits))
    last = rows % 10
    return int((bits.cumsum(axis=1)[rows, last] % 2 == bits[rows, last]).sum())


def first_bit_told(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` in which the sign of an LSTM unit's final cell state matches the first bit.

    The bias of the unit's forget gate is 3, and each bit adds the same amount for a one as it takes away for a zero.
    """
    left = (1 / (1 + np.exp(-3.0))) ** np.arange(bits.shape[1])[::-1]     # the share of each bit that is left
    return int((((2 * bits - 1) @ left > 0) == (bits[:, 0] == 1)).sum())


def names_to_train_on(seed: int) -> int:
    """Count the training names of a student's two countries."""
    from parity_study.town_names import read_names  # needs PyTorch

    return len(read_names("training", countries_for(seed)))


TOWNS = "two_countries"
COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_long_pause,
    "explanation": correct_if_always_even,
    "what_truncation_cannot_teach": correct_from_last_bits,
    "one_tanh_unit": correct_from_first_one,
    "what_explains_the_difference": correct_from_last_bit,
    "what_differs": first_bit_told,
}
WITH_RUNS = {"what_the_table_says", "explanation", "what_differs", "what_explains_the_difference"}


def in_words(cell: NotebookNode) -> bool:
    """Return True if a cell contains a written answer, which is graded by hand."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution") and cell.cell_type == "markdown")


class Rubric(Preprocessor):
    """A preprocessor that inserts a rubric next to each written answer on the formgrader's pages."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if "submission_id" not in resources:    # on a feedback page
            return nb, resources
        course = CourseDirectory(config=self.config)
        exercise, notebook, student = (html.unescape(str(resources.get(key) or ""))     # Sanitise has escaped them
                                       for key in ("assignment_id", "notebook_id", "student"))
        source = Path(course.format_path(course.source_directory, ".", exercise), f"{notebook}.ipynb")
        if any(map(in_words, nb.cells)):
            submitted = Path(course.format_path(course.submitted_directory, "*", exercise))
            others = [path.parent.name for path in submitted.parent.parent.glob(f"*/{submitted.name}")]
            nb.cells = list(_with_rubrics(without_own_use(nb.cells), student, source, others))
        return nb, resources


def _with_rubrics(cells: list[NotebookNode], student: str, source: Path, others: list[str]) -> Iterator[NotebookNode]:
    """Yield a list of answers, then the cells with a rubric next to each written answer, and finally a script."""
    page: Any = PAGES.get_template("rubric.html").module
    known, runs = nbformat.read(source, as_version=4).cells if source.is_file() else [], []
    model_answers, titles = {mark(cell): cell.source for cell in known}, task_titles(known)
    yield raw_cell(page.head([mark(cell) for cell in cells if in_words(cell)], titles))
    for cell in cells:
        if in_words(cell):
            name = mark(cell)
            rubric = parse_rubric(model_answers.get(name, ""))
            yield raw_cell(page.before_answer())
            if runs:
                yield from (raw_cell(page.before_runs()), *runs, raw_cell("</div></details>"))
            yield cell
            owners = owners_of_seeds(student, cell.source, rubric.model, others)
            yield raw_cell(page.after_answer(name, float(cell.metadata["nbgrader"].get("points", 0)), rubric,
                                              quoted_numbers(name, cell.source, student), facts_about(name, student),
                                              source.name, owners))
            runs = []
        else:
            # `unfinished.FinishGrading` puts this note before outputs of the student's own run.
            if cell.cell_type == "code" and cell.outputs and cell.outputs[0].get("text") == NOTE:
                runs.append(new_code_cell(cell.get("id", ""), outputs=cell.outputs[1:]))
                cell.outputs = []
            yield cell
    yield raw_cell(page.script())


def raw_cell(text: str) -> NotebookNode:
    """Create a cell whose HTML is inserted into a page unchanged."""
    return new_raw_cell(str(text))
