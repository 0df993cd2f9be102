"""What the first check of an exercise says to the book's own answer and to a wrong one, both run when it is built.

The wrong answers are those of `tests/submissions`, which hold the checks to their words.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform

# Of each exercise a cell with a check, and a submission that fails it.
SAMPLES = {
    "unrolling": ("parity-check", "wrong_axis"),
    "varying_lengths": ("random-lengths-check", "wrong_upper_end_excluded"),
    "architecture": ("count-parameters-check", "wrong_one_bias_and_normal_interval"),
    "gradient_through_time": ("output-gradient-check", "wrong_sigmoid_missing"),
    "lstm_comparison": ("lstm-step-check", "wrong_no_tanh_on_c"),
    "no_teacher_forcing": ("final-parity-check", "wrong_shapes"),
}
DOWNLOAD = '<p class="get-notebook"><a href="../../_sources/{0}.ipynb" download>Download this notebook</a></p>'
RUN = """
import sys
from tests.submissions import bank
exercise, cell, name = sys.argv[1:]
answer = bank.read(bank.HERE / exercise / (name + ".py"))
for one in (bank.Submission(answer.path, "", {}, {}, []), answer):
    book = bank.notebook(one)
    book.cells = book.cells[:1 + [each.id for each in book.cells].index(cell)]
    print(bank.grade(book)[cell].message.strip(), end="\\0")
"""


@cache
def said(root: Path, exercise: str) -> tuple[str, str]:
    """What the check says to a right and to a wrong answer; ValueError where the first fails or the second does not."""
    done = subprocess.run([sys.executable, "-c", RUN, exercise, *SAMPLES[exercise]], cwd=root, capture_output=True,
                          text=True, encoding="utf8")
    right, wrong, *_ = (*done.stdout.split("\0"), "", "")
    if not right.startswith("✓") or not wrong or wrong.startswith("✓"):
        raise ValueError(f"{exercise}: the check says {right!r} and {wrong!r}. {done.stderr[-800:]}")
    return right.splitlines()[0], wrong      # the hidden tests of the cell print the same line again


class SampleChecks(SphinxTransform):
    """Puts what a check says below its cell, and the notebook to download below the title."""

    default_priority = 800

    def apply(self, **kwargs) -> None:
        exercise = Path(self.env.docname).name
        if not self.env.docname.startswith("exercises/") or exercise not in SAMPLES:
            return
        top = next(one for one in self.document.findall(nodes.paragraph) if isinstance(one.parent, nodes.section))
        top.parent.insert(top.parent.index(top) + 1, nodes.raw("", DOWNLOAD.format(self.env.docname), format="html"))
        name = SAMPLES[exercise][0].removesuffix("-check").replace("-", "_")
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code" and f"check.{name}()" in cell.astext():
                cell.parent.insert(cell.parent.index(cell) + 1, shown(*said(Path(self.app.srcdir), exercise)))
                return


def shown(right: str, wrong: str) -> nodes.container:
    """Both messages, as the cell prints them."""
    return nodes.container(
        "", nodes.paragraph("", "What this check prints for a right answer:"),
        nodes.literal_block(right, right, language="none"),
        nodes.paragraph("", "And for one with a mistake that is easily made:"),
        nodes.literal_block(wrong, wrong, language="none"), classes=["sample-check"])


def setup(app) -> dict[str, bool]:
    app.add_transform(SampleChecks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
