"""Notebooks to download: each chapter has one, it reads well outside the book, and it runs there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import parity_lib

from .conftest import ROOT, pages_in_toc

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from plain_notebook import Lookup, PlainMarkdown, Unknown, without_glue

EVIDENCE = "book/evidence"      # its cells are about this folder and mean nothing elsewhere
CHAPTERS = [name for name in pages_in_toc(ROOT) if name != EVIDENCE and (ROOT / f"{name}.md").is_file()
            and (ROOT / f"{name}.md").read_text(encoding="utf8").startswith("---\njupytext:")]
# What MyST leaves in a notebook that was not rewritten.
LEFTOVERS = {
    "a role": r"\{[\w:.+-]+\}`",
    "a directive": r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{",
    "a colon fence": r"^\s*:{3,}",
    "a target": r"^\s*\([\w:.-]+\)=\s*$",
    "an option": r"^:[\w-]+: ",
    "a comment": r"^% ",
    "a footnote": r"\[\^",
    "attributes": r"[\])`]\{[#.\w][^}]*\}",
    "a link into the book": r"\]\((?!https?:|attachment:|mailto:)[^)\s]*\)|\]\(\)",
}


ROLE_OR_CODE = re.compile(r"(\{[\w:.+-]+\}`)|^```\w*\n.*?^```$|(`+)(?!`).+?(?<!`)\2(?!`)|\$\$.*?\$\$|\$[^$\n]+\$",
                          re.DOTALL | re.MULTILINE)


def leftovers(text: str) -> list[str]:
    """Names of what is still MyST in a cell; code and mathematics are left aside."""
    prose = ROLE_OR_CODE.sub(lambda match: match[1] or "code", text)
    return [name for name, pattern in LEFTOVERS.items() if re.search(pattern, prose, re.MULTILINE)]


def downloaded(html: Path, name: str) -> nbformat.NotebookNode:
    """The notebook that the page's button leads to."""
    page = (html / f"{name}.html").read_text(encoding="utf8")
    address = re.search(r'<a href="([^"]+\.ipynb)"[^>]*>', page)
    assert address, f"{name} has no button for its notebook"
    return nbformat.read((html / name).parent / address[1], as_version=4)


@pytest.mark.book
@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_can_be_taken_away(html, name):
    notebook = downloaded(html, name)
    nbformat.validate(notebook)
    assert "pip install" in notebook.cells[0].source
    assert notebook.metadata.one_bit_of_memory.version == parity_lib.__version__
    assert parity_lib.__version__ in notebook.cells[0].source
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert not any(cell.outputs or cell.execution_count or "myst_nb" in cell.source for cell in cells)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not leftovers(cell.source), cell.source


@pytest.mark.book
def test_every_chapter_is_counted():
    assert len(CHAPTERS) >= 5
    assert EVIDENCE in pages_in_toc(ROOT)


@pytest.mark.book
def test_the_first_chapter_runs_elsewhere(html, tmp_path):
    """In a folder that knows nothing of the book, as after a download."""
    first = next(name for name in CHAPTERS if name != pages_in_toc(ROOT)[0])
    notebook = downloaded(html, first)
    environment = {**os.environ, "MPLBACKEND": "agg"}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}},
                   ).execute(env=environment)
    assert any(cell.get("outputs") for cell in notebook.cells)


# The rewriting, case by case.

class Known(Lookup):
    def title(self, document):
        return {"training.md": "Training", "training": "Training"}.get(document, document)

    def reference(self, label):
        return {"sec": "A section"}.get(label, label)

    def equation(self, label):
        return {"eq-a": "2.1"}[label]

    def citation(self, key):
        return {"elman": ("Elman", "1990"), "two": ("A and B", "2001")}[key]

    def glued(self, name):
        return {"count": "20", "rate": "0.123456", "word": "often"}.get(name)


CASES = {
    "{ref}`sec`, {ref}`this <sec>`": "A section, this",
    "{doc}`training`, [](training.md), [text](training.md#x)": "Training, *Training*, *text*",
    "[](#sec)": "*A section*",
    "[out](https://example.org/x)": "[out](https://example.org/x)",
    "by {eq}`eq-a`": "by (2.1)",
    "{cite:t}`elman` and {cite}`elman,two`": "Elman (1990) and (Elman, 1990; A and B, 2001)",
    "{term}`mask <Mask>`, {term}`mask`": "mask, mask",
    "{claim}`It never\ndoes so <never-so>`.": "It never\ndoes so.",
    "{glue:text}`count` {glue:text}`rate:.2f` {glue:text}`rate:.0%` {glue:text}`word` {glue:}`absent`":
        "20 0.12 12% often *absent*",
    "{math}`x^2` {sub}`i`": "$x^2$ <sub>i</sub>",
    "{py:func}`~parity_lib.training.train` {class}`ParityRNN`": "`train()` `ParityRNN`",
    "`{ref}` and `` {doc}`x` `` and $\\{a\\}_{b}$": "`{ref}` and `` {doc}`x` `` and $\\{a\\}_{b}$",
    "[words]{.cls} and `x`{l=python} and ![A dot](dot.svg){width=3}": "words and `x` and *[Picture: A dot]*",
    "(label)=\n# Title\n\n% a comment\nText[^a].\n\n[^a]: More.": "# Title\n\nText(note a).\n\n*Note a.* More.",
    "$$\na = b\n$$ (eq-a)": "$$\na = b \\tag{2.1}$$",
    "```{math}\n:label: eq-a\na = b\n```": "$$\na = b\\tag{2.1}\n$$",
    ":::{note}\nMind {ref}`sec`.\n\n- a\n:::": "> **Note**\n>\n> Mind A section.\n>\n> - a",
    "```{admonition} Your *turn*\n:class: tip dropdown\nGuess.\n```": "> **Your *turn***\n>\n> Guess.",
    "::::{dropdown} Answer\n:::{tip}\nIn.\n:::\n::::": "> **Answer**\n>\n> > **Tip**\n> >\n> > In.",
    ":::{tip}\nA\n:::\n:::{note}\nB\n:::": "> **Tip**\n>\n> A\n\n> **Note**\n>\n> B",
    ":::{guess} bits\nHow many?\n\nOne\n: Yes.\n\nTwo\n: No.\n:::":
        "> **Guess**\n>\n> How many?\n>\n> - **One** Yes.\n>\n> - **Two** No.",
    ":::{guess} words\nWhich?\n:::\n\n:::{guessed} words\n:::\nSo.": "> **Guess**\n>\n> Which?\n\nSo.",
    ":::{dropdown} Is it `nan`?\nYes.\n:::": "> **Is it `nan`?**\n>\n> Yes.",
    "````{tab-set}\n```{tab-item} One\nText.\n```\n````": "> **One**\n>\n> Text.",
    "- item\n\n  ```{note}\n  In a list.\n  ```": "- item\n\n  > **Note**\n  >\n  > In a list.",
    "```{figure} pic.svg\n---\nalt: Two squares\nname: fig\n---\nThe caption.\n```":
        "*[Picture: Two squares]*\n\nThe caption.",
    "```{code-block} python\n:caption: x\nprint('{ref}`x`')\n```": "```python\nprint('{ref}`x`')\n```",
    "```python\n:::{note}\n{ref}`x`\n```": "```python\n:::{note}\n{ref}`x`\n```",
    "```{list-table} Counts\n:header-rows: 1\n* - a\n  - b\n* - {glue:text}`count`\n  - 2\n```":
        "**Counts**\n\n| a | b |\n|---|---|\n| 20 | 2 |",
    "```{toctree}\nx\n```\nText": "Text",
}


@pytest.mark.parametrize("myst", CASES)
def test_myst_becomes_plain(myst):
    plain = PlainMarkdown(Known()).rewrite(myst)
    assert plain == CASES[myst]
    assert not leftovers(plain)


@pytest.mark.parametrize("myst", ["{strange}`x`", "```{strange}\nx\n```"])
def test_what_has_no_plain_form_is_refused(myst):
    with pytest.raises(Unknown, match="strange"):
        PlainMarkdown(Known()).rewrite(myst)


def test_cells_do_without_glue():
    cell = "a = 1\nfrom myst_nb import glue\nglue('a', a,\n     display=False)\nprint(a)"
    assert without_glue(cell) == "a = 1\nprint(a)"
    assert without_glue("from myst_nb import glue\nglue('a', 1)") == ""
    assert without_glue("%time glue") == "%time glue"
    with pytest.raises(Unknown):
        without_glue("a = 1; glue('a', a)")


def test_a_raster_picture_travels_inside(tmp_path):
    (tmp_path / "dot.png").write_bytes(b"png")
    known = Known()
    known.file = lambda name: tmp_path / name
    page = PlainMarkdown(known)
    assert page.rewrite("![A dot](dot.png)") == "![A dot](attachment:dot.png)"
    assert page.attachments == {"dot.png": {"image/png": "cG5n"}}


@pytest.mark.parametrize(("text", "found"), [
    ("{ref}`x`", "a role"), (":::{note}\nx\n:::", "a directive"), (":::\nx", "a colon fence"),
    ("(a)=\n# b", "a target"), (":class: x", "an option"), ("% x", "a comment"), ("x[^a]", "a footnote"),
    ("[x]{.y}", "attributes"), ("[x](y.md)", "a link into the book"), ("[](#y)", "a link into the book"),
])
def test_leftovers_are_noticed(text, found):
    assert found in leftovers(text)
    assert leftovers("Text with `{ref}` and $a_{b}$ and [x](https://example.org).") == []
