"""Notebooks to download: each chapter has one, it reads well outside of the book, and it runs there."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import jupytext
import nbformat
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.docutils_ import Parser

import parity_lib
from parity_checks.points import POINTS
from parity_teaching.addresses import Addresses
from tests import wheel

from .conftest import ROOT, pages_in_toc

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from plain_notebook import Markdown, Unknown, without_glue

INSTALL_BY_NAME = re.compile(r"\bpip\W{1,4}install\b[^\n]*\bone-bit-of-memory\b(?!(\[[\w,]+\])? @ )")
UNKNOWN = Addresses("", "", "main")     # as in _config.yml
KNOWN = Addresses("", "https://github.com/ada/bits", "main")
SKIP_TRAINING = 'import os\nos.environ["NBGRADER_EXECUTION"] = "validate"'
ON_THEIR_OWN = ("unrolling", "lstm_comparison", "no_teacher_forcing")      # NumPy alone, and PyTorch in two ways
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
    assert "Shift+Enter" in notebook.cells[0].source
    assert notebook.metadata.one_bit_of_memory.version == parity_lib.__version__
    assert parity_lib.__version__ in notebook.cells[0].source
    source = jupytext.read(ROOT / f"{name}.md", fmt="md:myst")
    install, *cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert install.source == UNKNOWN.install_code(any("parity_figures.widgets" in cell.source for cell in cells))
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


def pip_list(python: Path) -> dict[str, str]:
    """Return the versions of the packages in an environment."""
    listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], stdout=subprocess.PIPE, check=True)
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}


def on_its_own(path: Path, address: str) -> nbformat.NotebookNode:
    """Return a notebook that installs the library from an address. After a release come the cells of its solution."""
    notebook, solution = nbformat.read(path, as_version=4), ROOT / "solutions" / path.stem / path.name
    figures = path.stem not in POINTS
    install = Addresses("", address, "main").install_code(figures)
    if solution.is_file():
        notebook.cells += [nbformat.v4.new_code_cell(SKIP_TRAINING), *nbformat.read(solution, as_version=4).cells]
    for number, cell in enumerate(notebook.cells):
        cell.source = cell.source.replace(UNKNOWN.install_code(figures), install)
        cell.id = f"cell-{number}"
    return notebook


@pytest.mark.weekly
@pytest.mark.book
@pytest.mark.whole
def test_notebooks_install_the_library_in_colabs_environment_and_run_to_their_end(html, tmp_path):
    python = wheel.colab(tmp_path / "environment")
    versions, run = pip_list(python), functools.partial(wheel.runs, python, tmp_path)
    with wheel.served(tmp_path / "site") as address, ThreadPoolExecutor(os.cpu_count()) as pool:
        notebooks = [*(ROOT / f"exercises/{name}/{name}.ipynb" for name in ON_THEIR_OWN),
                     *(html / f"_sources/book/{name}.ipynb" for name in ("one-bit", "packing"))]
        for path in notebooks:
            nbformat.write(on_its_own(path, address), tmp_path / path.name)
        first, *others = [tmp_path / path.name for path in notebooks]
        assert run(first)       # installs the library for all of them
        assert all(pool.map(run, others))
    after = pip_list(python)
    assert {name: after.get(name) for name in versions} == versions, "something that a kernel has imported was replaced"
    for name in ON_THEIR_OWN:
        cells = nbformat.read(tmp_path / name / "executed.ipynb", as_version=4).cells
        place = [cell.source for cell in cells].index(SKIP_TRAINING)
        failed = [number for number, cell in enumerate(cells)
                  if any(output.output_type == "error" for output in cell.get("outputs", ()))]
        progress = "".join(output.get("text", "") for output in cells[place - 1].outputs)    # in one part or several
        assert "points in the public checks" in progress, "the release ends in the progress"
        assert 0 < max(failed) < place, "checks fail in the release, and nothing in the solution"


@pytest.mark.book
def test_nobody_is_told_to_install_a_package_whose_name_is_not_ours(html):
    tracked = subprocess.run(["git", "ls-files", "-z", ":!tests", ":!CHANGELOG.md"], cwd=ROOT, text=True,
                             stdout=subprocess.PIPE, check=True).stdout.split("\0")
    sources = [ROOT / name for name in tracked if name.endswith((".py", ".md", ".toml", ".ipynb", ".yml", ".js"))]
    pages = [*html.rglob("*.html"), *html.rglob("*.ipynb")]
    texts = {path: unescape(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf8"))) for path in sources + pages}
    assert [path for path, text in texts.items() if INSTALL_BY_NAME.search(text)] == []
    assert [path for path in pages if "github.com/OWNER" in texts[path]] == []


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
