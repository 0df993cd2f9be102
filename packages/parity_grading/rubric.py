"""Tools for displaying rubrics next to written answers.

The formgrader shows each rubric with the student's numbers and the outputs of their runs. nbconvert makes the
formgrader's pages, and nbgrader_config.py puts :class:`Rubric` after :class:`~parity_grading.sanitise.Sanitise`. For
feedback pages, see :mod:`parity_grading.feedback`. The rubric comes from the source notebook, where an answer's cell
contains a model answer and, below ``**Rubric.**``, the demands, each with its points. Nothing here gives points.

Some tasks ask for a count over random bits that depend on the student's id (:mod:`parity_checks.personal_numbers`).
:func:`quoted_numbers` looks for it in the answer. If it is missing, a person should read the answer closely. The counts
are here, and not among the checks that students import, so that nobody is tempted to ask for them.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, pass_context
from markupsafe import Markup
from nbconvert.filters import clean_html as stock_clean_html
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_raw_cell
from nbgrader.coursedir import CourseDirectory

from parity_checks.answers import NOT_WRITTEN
from parity_checks.personal_numbers import seed_of, strings_for
from parity_grading.sanitise import markdown2html
from parity_grading.unfinished import NOTE
from parity_grading.untrusted import named_cells, visible

OURS = "parity_page"        # marks the cells that we insert; Sanitise removes such a mark from a student's cell
HEADING = re.compile(r"^\*\*Rubric\.?\*\*", re.MULTILINE)
DEMAND = re.compile(r"^- (\d+(?:\.\d+)?) points?: *(.*(?:\n +.*)*)\n?", re.MULTILINE)
PAGES = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True, trim_blocks=True)
PAGES.filters["markdown"] = lambda text: Markup(markdown2html({}, text))
GROUPED = re.compile("(?<![\\d.,])\\d{1,3}(?:[ ,.'\u2019\u00a0\u2009\u202f]\\d{3})+(?!\\d)")


@dataclass(frozen=True)
class ParsedRubric:
    """A model answer and the criteria for grading an answer.

    Each demand on an answer has its points. The remarks apply to all demands.
    """

    model: str
    demands: tuple[tuple[float, str], ...]
    remarks: str


def parse_rubric(source: str) -> ParsedRubric:
    """Parse a model answer and its rubric.

    Without a heading ``**Rubric.**``, the whole source of the cell is the model answer.

    >>> parse_rubric("It grows.\\n\\n**Rubric.**\\n\\n- 1 point: it grows.\\n- 2 points: why.").demands
    ((1.0, 'it grows.'), (2.0, 'why.'))
    """
    model, *rubric = HEADING.split(source, maxsplit=1)
    demands = [(float(points), " ".join(text.split())) for points, text in DEMAND.findall("".join(rubric))]
    return ParsedRubric(model.strip(), tuple(demands), DEMAND.sub("", "".join(rubric)).strip())


def numbers_in(text: str) -> set[int]:
    """Return the set of whole numbers that appear in a text.

    Groups of three digits may have a separator between them.

    >>> numbers_in("17,753 of 24000 places, 0.74 of them, for s2; seed 5.") == {5, 17753, 24000}
    True
    """
    joined = GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return {int(number) for number in re.findall(r"(?<![\w.,])\d{1,20}(?![\w]|[.,]\d)", f"{joined} {text}")}


def quoted_numbers(task: str, answer: str, student: str) -> list[tuple[str, int, bool]]:
    """Return the names and values of a student's personal numbers, and whether an answer quotes them.

    ``task`` is the name of the answer's cell. The list is empty if the task asks for no such numbers, if the answer is
    empty, or if the id has no letter or digit to make a seed from.
    """
    task, answer = task.replace("-", "_"), visible(answer)
    if task not in COUNTS or answer.strip() in NOT_WRITTEN:
        return []
    try:
        seed = seed_of(student)
    except ValueError:
        return []
    numbers, quoted = {"seed": seed, "count": COUNTS[task](strings_for(seed))}, numbers_in(answer)
    return [(name, value, value in quoted) for name, value in numbers.items()]


# ---------------------------------------------------------------- counts that students quote


def correct_from_last_bits(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` whose last eight bits have the same parity as the whole row."""
    return int((bits[:, -8:].sum(axis=1) % 2 == bits.sum(axis=1) % 2).sum())


def with_long_pause(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` that contain a one followed by at least eight zeros."""
    return sum("100000000" in "".join(map(str, row)) for row in bits.tolist())


def correct_if_always_even(bits: np.ndarray) -> int:
    """Count the positions at which the answer "even" is correct.

    String k is row k of ``bits``, ``[count, steps]``, and is cut to its first 1 + k % steps bits. Beyond the cutoff,
    bits and labels are 0.
    """
    count, steps = bits.shape
    real = np.arange(steps) < 1 + (np.arange(count) % steps)[:, None]
    return int((~(real & (bits.cumsum(axis=1) % 2 == 1))).sum())


def correct_from_first_one(bits: np.ndarray) -> int:
    """Count the positions at which answering "even" before the first 1 bit, and "odd" from then on, is correct."""
    ones = bits.cumsum(axis=1)
    return int(((ones > 0) == (ones % 2 == 1)).sum())


def correct_from_last_bit(bits: np.ndarray) -> int:
    """Count the strings whose parity equals their last bit.

    String k consists of the first 1 + k % 10 bits of row k.
    """
    rows = np.arange(len(bits))
    last = rows % 10
    return int((bits.cumsum(axis=1)[rows, last] % 2 == bits[rows, last]).sum())


def first_bit_told(bits: np.ndarray) -> int:
    """Count the rows of ``bits`` in which the sign of an LSTM unit's final cell state matches the first bit.

    The bias of the unit's forget gate is 3, and each bit adds the same amount for a one as it takes away for a zero.
    """
    left = (1 / (1 + np.exp(-3.0))) ** np.arange(bits.shape[1])[::-1]     # the share of each bit that is left
    return int((((2 * bits - 1) @ left > 0) == (bits[:, 0] == 1)).sum())


COUNTS: dict[str, Callable[[np.ndarray], int]] = {
    "what_convinces": with_long_pause,
    "explanation": correct_if_always_even,
    "what_truncation_cannot_teach": correct_from_last_bits,
    "one_tanh_unit": correct_from_first_one,
    "what_explains_the_difference": correct_from_last_bit,
    "what_differs": first_bit_told,
}


# ---------------------------------------------------------------- the page


def in_words(cell: NotebookNode) -> bool:
    """Return True if a cell contains a written answer, which is graded by hand."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade") and marks.get("solution") and cell.cell_type == "markdown")


@pass_context
def clean_html(context: Mapping[str, Any], source: Any) -> str:
    """Clean HTML as nbconvert does, except for the cells that we inserted."""
    cell = context.get("cell") or {}
    return str(source) if cell.get("metadata", {}).get(OURS) else stock_clean_html(source)


class Rubric(Preprocessor):
    """A preprocessor that inserts a rubric next to each written answer on the formgrader's pages."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Insert the rubrics into a notebook, unless it is for a feedback page, which has no ``submission_id``."""
        if "submission_id" not in resources:
            return nb, resources
        course = CourseDirectory(config=self.config)
        exercise, notebook, student = (html.unescape(str(resources.get(key) or ""))     # Sanitise has escaped them
                                       for key in ("assignment_id", "notebook_id", "student"))
        source = Path(course.format_path(course.source_directory, ".", exercise), f"{notebook}.ipynb")
        if any(map(in_words, nb.cells)):
            nb.cells = list(_with_rubrics(nb.cells, student, source))
        return nb, resources


def _with_rubrics(cells: list[NotebookNode], student: str, source: Path) -> Iterator[NotebookNode]:
    """Yield a list of answers, then the cells with a rubric next to each written answer, and finally a script."""
    page: Any = PAGES.get_template("rubric.html").module
    model_answers, runs = named_cells(source), []
    yield raw_cell(page.head([cell.metadata["nbgrader"]["grade_id"] for cell in cells if in_words(cell)]))
    for cell in cells:
        if in_words(cell):
            name = cell.metadata["nbgrader"]["grade_id"]
            rubric = parse_rubric(model_answers[name].source if name in model_answers else "")
            yield raw_cell(page.before_answer(runs))
            yield cell
            yield raw_cell(page.after_answer(name, float(cell.metadata["nbgrader"].get("points", 0)), rubric,
                                              quoted_numbers(name, cell.source, student), source.name))
            runs = []
        else:
            # `unfinished.FinishGrading` puts this note before outputs of the student's own run.
            if cell.cell_type == "code" and cell.outputs and cell.outputs[0].get("text") == NOTE:
                runs.append((cell.get("id", ""), [_output_html(output) for output in cell.outputs[1:]]))
            yield cell
    yield raw_cell(page.script())


def raw_cell(text: str) -> NotebookNode:
    """Create a cell whose HTML is inserted into a page as it is."""
    return new_raw_cell(str(text), metadata={OURS: True})


def _output_html(output: NotebookNode) -> Markup:
    """Convert a cell output that has already been sanitised to HTML."""
    data = output.get("data", {})
    if "text/html" in data:
        return Markup(data["text/html"])
    for kind in ("image/png", "image/jpeg", "image/svg+xml"):
        if kind in data:
            code = base64.b64encode(data[kind].encode()).decode() if kind.endswith("xml") else data[kind]
            return Markup('<img alt="a figure of the student" src="data:{};base64,{}">').format(
                kind, "".join(code.split()))
    return Markup("<pre>{}</pre>").format(strip_ansi(output.get("text", "") or data.get("text/plain", "")))
