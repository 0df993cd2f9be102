"""Notebooks to download: each chapter has one, it reads well outside of the book, and it runs there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.docutils_ import Parser
from nbclient import NotebookClient

import parity_lib

from .conftest import ROOT, pages_in_toc

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from guesses import guess
from plain_notebook import Markdown, Unknown, plain_notebook, without_glue

EVIDENCE = "book/evidence"      # its cells show what is in the repository's folder, and would show nothing elsewhere
CHAPTERS = [name for name in pages_in_toc(ROOT) if name != EVIDENCE and (ROOT / f"{name}.md").is_file()
            and (ROOT / f"{name}.md").read_text(encoding="utf8").startswith("---\njupytext:")]
# What MyST looks like in a notebook that was not rewritten.
LEFTOVERS = {
    "a role": r"\{[\w:.+-]+\}`",
    "a directive": r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{",
    "a colon fence": r"^\s*:{3,}",
    "a target": r"^\s*\([\w:.-]+\)=\s*$",
    "an option": r"^:[\w-]+: ",
    "attributes": r"[\])`]\{[#.\w][^}]*\}",
    "a link into the book": r"\]\((?!https?:|attachment:|mailto:)[^)\s]*\)|\]\(\)",
}
ROLE_OR_CODE = re.compile(r"(\{[\w:.+-]+\}`)|^```\w*\n.*?^```$|(`+)(?!`).+?(?<!`)\2(?!`)|\$\$.*?\$\$|\$[^$\n]+\$",
                          re.DOTALL | re.MULTILINE)


def leftovers(text: str) -> list[str]:
    """Return the names of what is still MyST in a cell, apart from its code and its formulas."""
    prose = ROLE_OR_CODE.sub(lambda match: match[1] or "code", text)
    return [name for name, pattern in LEFTOVERS.items() if re.search(pattern, prose, re.MULTILINE)]


def downloaded(html: Path, name: str) -> nbformat.NotebookNode:
    """Return the notebook to which the page's download button leads."""
    page = (html / f"{name}.html").read_text(encoding="utf8")
    address = re.search(r'<a href="([^"]+\.ipynb)"[^>]*>', page)
    assert address, f"{name} has no button for its notebook"
    return nbformat.read((html / name).parent / address[1], as_version=4)


@pytest.mark.book
@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_can_be_downloaded_with_all_of_its_code_and_text(html, name):
    notebook = downloaded(html, name)
    nbformat.validate(notebook)
    install = notebook.cells[0].source
    assert "pip install" in install
    assert "download.pytorch.org/whl/cpu" in install
    assert notebook.metadata.one_bit_of_memory.version == parity_lib.__version__
    assert parity_lib.__version__ in install
    source = jupytext.read(ROOT / f"{name}.md", fmt="md:myst")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    code = [without_glue(cell.source) for cell in source.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == list(filter(None, code))
    texts = [cell.source for cell in notebook.cells[1:] if cell.cell_type == "markdown"]
    assert {text: found for text in texts if (found := leftovers(text))} == {}
    page = (html / f"{name}.html").read_text(encoding="utf8")
    assert re.findall(r"\\tag\{(.*?)\}", "\n".join(texts)) == re.findall(r'class="eqno">\((.*?)\)', page)
    words = [len(" ".join(parts).split()) for parts in (
        texts, [cell.source for cell in source.cells if cell.cell_type == "markdown"])]
    assert words[0] > 0.8 * words[1]


@pytest.mark.slow
@pytest.mark.book
def test_the_first_chapter_runs_in_another_folder(html, tmp_path):
    first = next(name for name in CHAPTERS if name != pages_in_toc(ROOT)[0])
    notebook = downloaded(html, first)
    environment = {**os.environ, "MPLBACKEND": "agg"}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}},
                   ).execute(env=environment)
    assert any(cell.get("outputs") for cell in notebook.cells)


# --- from nodes to Markdown ---

NUMBERS = {"displaymath": {"equation-a": "2.1"}, "figure": {"fig-a": "2.2"}}
WRITER = Markdown(lambda node, kind: "".join(NUMBERS[kind].get(name, "") for name in node["ids"]))

CASES = {
    "# Title\n\nText, *one* **two** `three` [out](https://example.org/x).":
        "# Title\n\nText, *one* **two** `three` [out](https://example.org/x).",
    "3 \\* 4 costs \\$5, `` a`b `` and $\\{a\\}_{b}$": "3 \\* 4 costs \\$5, `` a`b `` and $\\{a\\}_{b}$",
    "$$\na = b\n$$": "$$\na = b\n$$",
    "% a comment\n(label)=\n\nText": "Text",
    ":::{note}\nMind *it*.\n\n- a\n- b\n:::": "> **Note**\n>\n> Mind *it*.\n>\n> - a\n> - b",
    "```{admonition} Your *turn*\n:class: tip\nGuess.\n```": "> **Your *turn***\n>\n> Guess.",
    "2. two\n3. three\n\n   more": "2. two\n3. three\n\n   more",
    "Term\n: Meaning.": "- **Term** Meaning.",
    "> quoted\n> text": "> quoted\n> text",
    "```\nprint('{ref}`x`')\n```": "```\nprint('{ref}`x`')\n```",
    "| a | b |\n|---|---|\n| *1* | 2 |": "| a | b |\n| --- | --- |\n| *1* | 2 |",
    "![Two squares](pic.svg)": "*[Picture: Two squares]*",
}


@pytest.mark.parametrize("myst", CASES)
def test_myst_becomes_plain_markdown(myst):
    document = publish_doctree(myst, parser=Parser(), settings_overrides={
        "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"], "doctitle_xform": False})
    assert WRITER.inside(document) == CASES[myst]


def test_sphinx_nodes_become_plain_markdown():
    written = WRITER.write

    def reference(words: str, **address) -> nodes.reference:
        return nodes.reference("", "", nodes.inline("", words, classes=address.pop("classes", [])), **address)
    assert written(reference("Training", refuri="training.html", classes=["doc"])) == "*Training*"
    assert written(reference("never", refuri="evidence.html#x", classes=["claim"])) == "never"
    assert written(nodes.math_block("", "a = b", number=1, ids=["equation-a"])) == "$$\na = b \\tag{2.1}\n$$"
    assert written(nodes.literal_block("", "x = 1", language="python")) == "```python\nx = 1\n```"
    choices = nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "One")))
    question = guess("", nodes.paragraph("", "How many?"), choices)
    assert written(question) == "> **Guess**\n>\n> How many?\n>\n> - One"
    assert written(nodes.raw("", "<svg/>", format="html")) == ""


def test_a_node_without_a_plain_form_is_refused():
    with pytest.raises(Unknown, match="line_block"):
        WRITER.write(nodes.line_block())


def test_cells_lose_their_glue_statements():
    cell = "a = 1\nfrom myst_nb import glue\nglue('a', a,\n     display=False)\nprint(a)"
    assert without_glue(cell) == "a = 1\nprint(a)"
    assert without_glue("from myst_nb import glue\nglue('a', 1)") == ""
    assert without_glue("%time glue") == "%time glue"
    with pytest.raises(Unknown):
        without_glue("a = 1; glue('a', a)")


def test_code_and_captions_take_their_places_in_the_notebook():
    caption = nodes.caption("", "See it.", nodes.inline("", " Blue: even.", classes=["key-of-picture"]))
    output = nodes.figure("", nodes.raw("", "<svg/>", format="html"), caption, ids=["fig-a"])
    document = nodes.document(None, None, "", nodes.section(
        "", nodes.title("", "Title"), nodes.container("", output, nb_element="cell_code", cell_index=2),
        nodes.paragraph("", "After.")))
    code = nbformat.v4.new_code_cell
    cells = [nbformat.v4.new_markdown_cell("# Title"), code("hidden = 1"), code("draw()"), code("hidden = 2"),
             nbformat.v4.new_markdown_cell("After."), code("hidden = 3"), code("glue('a', 1)")]
    notebook = plain_notebook(document, cells, WRITER, "1.0")
    assert [cell.source for cell in notebook.cells[1:]] == [
        "# Title", "hidden = 1", "draw()", "hidden = 2", "**Figure 2.2.** See it.\n\nAfter.", "hidden = 3"]


@pytest.mark.parametrize(("text", "name"), [
    ("{ref}`x`", "a role"), (":::{note}\nx\n:::", "a directive"), (":::\nx", "a colon fence"),
    ("(a)=\n# b", "a target"), (":class: x", "an option"), ("[x]{.y}", "attributes"),
    ("[x](y.md)", "a link into the book"), ("[](#y)", "a link into the book"),
])
def test_leftovers_are_noticed(text, name):
    assert name in leftovers(text)
    assert leftovers("Text with `{ref}` and $a_{b}$ and [x](https://example.org).") == []
