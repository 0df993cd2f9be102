"""A Sphinx transform that shows sample output of a check on each exercise page.

The samples are the messages for the correct answer and for a typical mistake. Both answers are checked whenever the
book is built. The typical mistakes are submissions from `tests/submissions`.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

from parity_grading.addresses import addresses

EXERCISE_PAGES = "exercises/"
# The test cell that is shown for each exercise, and a submission that fails it.
SAMPLES = {
    "unrolling": ("parity-check", "wrong_axis"),
    "varying_lengths": ("random-lengths-check", "wrong_upper_end_excluded"),
    "architecture": ("count-parameters-check", "wrong_one_bias_and_normal_interval"),
    "gradient_through_time": ("output-gradient-check", "wrong_sigmoid_missing"),
    "bug_hunt": ("hunt-labels-check", "wrong_tests_that_ask_too_little"),
    "lstm_comparison": ("lstm-step-check", "wrong_no_tanh_on_c"),
    "no_teacher_forcing": ("final-parity-check", "wrong_shapes"),
}
DOWNLOAD = '<a href="../../_sources/{}.ipynb" download>Download this notebook</a>'
HELP = ' <span><a href="../../book/how-to-use.html#run-it">How to run it</a></span>'
CODE = f"""\
import json
from dataclasses import replace
from tests.submissions import bank

def message(submission, test_cell):
    notebook = bank.notebook(submission)
    notebook.cells = notebook.cells[:1 + [cell.id for cell in notebook.cells].index(test_cell)]
    return bank.grade(notebook)[test_cell].message.strip()

messages = {{}}
for exercise, (test_cell, name) in {SAMPLES}.items():
    wrong = bank.read(bank.HERE / exercise / f"{{name}}.py")
    correct = replace(wrong, loses={{}}, replaced={{}}, added=[])
    messages[exercise] = message(correct, test_cell), message(wrong, test_cell)
print(json.dumps(messages))
"""
# execution.py executes this notebook, like the code of a page.
SAMPLES_NOTEBOOK = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])


def sample_messages(cache_folder: str) -> dict[str, tuple[str, str]]:
    """Load the sample messages for each exercise from the cache of executed notebooks.

    Each exercise has a message for the correct answer and one for a wrong answer. Raises ExtensionError if a correct
    answer fails its check or a wrong one passes.
    """
    _, executed = get_cache(cache_folder).merge_match_into_notebook(SAMPLES_NOTEBOOK)
    samples = json.loads(executed.cells[0].outputs[0].text)
    for exercise, (correct, wrong) in samples.items():
        if not correct.startswith("✓") or wrong.startswith("✓"):
            raise ExtensionError(f"sample_checks.py: the check of {exercise} prints {correct!r} for the correct answer "
                                 f"and {wrong!r} for the wrong one")
    return {exercise: (correct.splitlines()[0], wrong) for exercise, (correct, wrong) in samples.items()}


class SampleChecks(SphinxTransform):
    """A transform that adds links to the notebook and the messages of one check to each exercise page."""

    default_priority = 800

    def apply(self, **kwargs) -> None:
        exercise = Path(self.env.docname).name
        if not self.env.docname.startswith(EXERCISE_PAGES) or exercise not in SAMPLES:
            return
        first = next(node for node in self.document.findall(nodes.paragraph) if isinstance(node.parent, nodes.section))
        colab = addresses(Path(self.env.srcdir)).colab(f"{self.env.docname}.ipynb")
        links = DOWNLOAD.format(self.env.docname) + (f' <a href="{colab}">Open in Colab</a>' if colab else "") + HELP
        insert_after(first, nodes.raw("", f'<p class="get-notebook">{links}</p>', format="html"))
        check = SAMPLES[exercise][0].removesuffix("-check").replace("-", "_")
        cell = next(node for node in self.document.findall(nodes.container)
                    if node.get("nb_element") == "cell_code" and f"check.{check}()" in node.astext())
        insert_after(cell, message_boxes(*sample_messages(self.config.nb_execution_cache_path)[exercise]))


def insert_after(node: nodes.Node, new: nodes.Node) -> None:
    """Insert `new` into the document tree as the next sibling of `node`."""
    node.parent.insert(node.parent.index(node) + 1, new)


def message_boxes(correct: str, wrong: str) -> nodes.container:
    """Create a node that shows the messages for a correct and a wrong answer."""
    return nodes.container(
        "", nodes.paragraph("", "What this check prints for a correct answer:"),
        nodes.literal_block(correct, correct, language="none"),
        nodes.paragraph("", "What it prints for a typical mistake:"),
        nodes.literal_block(wrong, wrong, language="none"), classes=["sample-check"])


def setup(app) -> dict[str, bool]:
    app.add_transform(SampleChecks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
