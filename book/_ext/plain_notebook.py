"""Functions that convert a page of the book to a downloadable Jupyter notebook.

The notebook has the code of the page without outputs, and its text as plain Markdown. JupyterLab does not understand
MyST, so the text is written anew from the document tree of the page, in which Sphinx has already resolved every
reference, citation, number and glued value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import nbformat
from docutils import nodes

from parity_teaching.addresses import Addresses

ABOUT = """\
> This notebook was made from *One Bit of Memory*, {version}. To run a cell, press Shift+Enter. The interactive figures
> appear when their cells run, so begin with *Run All*. On Linux, `pip install torch --index-url
> https://download.pytorch.org/whl/cpu` saves gigabytes if PyTorch is not installed yet.
>
> The numbers in the text come from the run that made the page; your cells compute them afresh."""
# Nodes that have no place in a notebook: HTML, targets of links, tables of contents.
LEFT_OUT = {"raw", "target", "meta", "colspec", "compound", "comment", "index", "substitution_definition"}
TRANSPARENT = {"section", "container", "inline", "definition", "definition_list_item", "figure", "legend",
               "paragraph", "caption", "term", "list_item", "entry", "dropdown_title"}
WRAPPED = {"emphasis": "*{}*", "strong": "**{}**", "subscript": "<sub>{}</sub>", "superscript": "<sup>{}</sup>"}
FOLDED = "<details><summary>{}</summary>\n\n{}\n\n</details>"       # Markdown itself cannot fold anything
SPECIAL = re.compile(r"([\\`*$<])")     # characters that Markdown would take for markup


class Unknown(ValueError):
    """An error for nodes that cannot be converted to Markdown."""


class Markdown:
    """A writer that converts document nodes to Markdown.

    `number_of` returns the number of a figure or an equation, such as "2.1", from its node and "figure" or
    "displaymath".
    """

    def __init__(self, number_of: Callable[[nodes.Element, str], str]):
        self.number_of = number_of

    def write(self, node: nodes.Node) -> str:
        """Convert a node to Markdown, or raise Unknown if it has no Markdown form."""
        kind = type(node).__name__
        if isinstance(node, nodes.Text):
            return SPECIAL.sub(r"\\\1", node.astext())
        if kind in LEFT_OUT or "key-of-picture" in node.get("classes", []):
            return ""
        if kind in WRAPPED:
            return WRAPPED[kind].format(self.inside(node))
        if kind in TRANSPARENT:
            return self.inside(node)
        if isinstance(node, nodes.Admonition) or kind == "guess":
            return self.quote(node)
        if method := getattr(self, f"write_{kind}", None):
            return method(node)
        raise Unknown(f"the node {kind}")

    def inside(self, node: nodes.Element, start: int = 0) -> str:
        """Convert the children of a node to Markdown.

        `start` is the index of the first child to convert. Empty lines separate paragraphs.
        """
        if isinstance(node, nodes.TextElement):
            return "".join(map(self.write, node.children))
        return "\n\n".join(filter(None, (self.write(child).strip("\n") for child in node.children[start:])))

    def quote(self, node: nodes.Element) -> str:
        """Convert a box on a page to a block quote with a bold title."""
        has_title = isinstance(node[0], nodes.title)
        title = self.inside(node[0]) if has_title else type(node).__name__.capitalize()
        text = f"**{title}**\n\n{self.inside(node, start=int(has_title))}"
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))

    def write_dropdown_main(self, node: nodes.Element) -> str:
        return f"**{self.inside(node[0])}**\n\n" + FOLDED.format("Answer", self.inside(node, start=1))

    def write_title(self, node: nodes.title) -> str:
        level, parent = 0, node.parent
        while isinstance(parent, nodes.section):
            level, parent = level + 1, parent.parent
        return f"{'#' * max(level, 1)} {self.inside(node)}"

    def write_literal(self, node: nodes.literal) -> str:
        text = node.astext()
        return f"`` {text} ``" if "`" in text else f"`{text}`"

    def write_literal_block(self, node: nodes.literal_block) -> str:
        language = node.get("language", "none")
        return f"```{'' if language in ('none', 'default') else language}\n{node.astext().rstrip()}\n```"

    def write_math(self, node: nodes.math) -> str:
        return f"${node.astext()}$"

    def write_math_block(self, node: nodes.math_block) -> str:
        number = self.number_of(node, "displaymath")
        tag = f" \\tag{{{number}}}" if number else ""
        return f"$$\n{node.astext().strip()}{tag}\n$$"

    def write_reference(self, node: nodes.reference) -> str:
        """Convert a link to another site to a link, and a link within the book to its words."""
        words, address = self.inside(node), node.get("refuri", "")
        if re.match("https?:|mailto:", address):
            return f"[{words}]({address})"
        names_a_place = any({"doc", "std-ref"} & set(child["classes"]) for child in node.findall(nodes.inline))
        return f"*{words}*" if names_a_place else words

    write_number_reference = write_reference

    def item(self, marker: str, text: str) -> str:
        """Format a list item so that its later lines are indented below the first."""
        return marker + re.sub(r"\n(?=.)", "\n" + " " * len(marker), text)

    def write_bullet_list(self, node: nodes.bullet_list) -> str:
        return "\n".join(self.item("- ", self.inside(item)) for item in node)

    def write_enumerated_list(self, node: nodes.enumerated_list) -> str:
        return "\n".join(self.item(f"{number}. ", self.inside(item))
                         for number, item in enumerate(node, node.get("start", 1)))

    def write_definition_list(self, node: nodes.definition_list) -> str:
        text = "\n".join(self.item("- ", f"**{self.inside(item[0])}** {self.inside(item[1])}") for item in node)
        return FOLDED.format("Answers", text) if type(node.parent).__name__ == "guess" else text

    def write_block_quote(self, node: nodes.block_quote) -> str:
        return "\n".join(f"> {line}".rstrip() for line in self.inside(node).split("\n"))

    def write_table(self, node: nodes.table) -> str:
        rows = [[self.inside(entry).replace("\n", " ") for entry in row] for row in node.findall(nodes.row)]
        lines = ["| " + " | ".join(row) + " |" for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]]]
        title = f"**{self.inside(node[0])}**\n\n" if isinstance(node[0], nodes.title) else ""
        return title + "\n".join(lines)

    def write_image(self, node: nodes.image) -> str:
        return f"*[Picture: {node.get('alt', '')}]*"      # its file does not come with the notebook


def without_glue(source: str) -> str:
    """Remove the `glue` statements from the source code of a cell.

    They need Jupyter Book. Raises Unknown if such a statement shares a line with another statement.
    """
    if "glue" not in source:
        return source
    try:
        statements = ast.parse(source).body
    except SyntaxError:      # a magic command of IPython
        return source
    lines_of = {True: set(), False: set()}
    for statement in statements:
        lines_of[is_glue(statement)].update(range(statement.lineno, statement.end_lineno + 1))
    if lines_of[True] & lines_of[False]:
        raise Unknown("glue and another statement in one line")
    kept = [line for number, line in enumerate(source.split("\n"), 1) if number not in lines_of[True]]
    return "\n".join(kept).strip("\n")


def is_glue(statement: ast.stmt) -> bool:
    """Return True if a statement imports `glue` or calls it."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "myst_nb"
    return (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            and getattr(statement.value.func, "id", "") == "glue")


def plain_notebook(document: nodes.document, cells: list[nbformat.NotebookNode], writer: Markdown,
                   known: Addresses, version: str) -> nbformat.NotebookNode:
    """Create the downloadable notebook of a page.

    `document` is the resolved document tree, and `cells` are the cells from which the page was made, some of which the
    page hides. The library is installed from the `known` address of the repository. Raises Unknown if something has no
    plain form.
    """
    notebook = nbformat.v4.new_notebook(metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "one_bit_of_memory": {"version": version}})
    install = known.install_code(figures=any("parity_figures.widgets" in cell.source for cell in cells))
    notebook.cells += [nbformat.v4.new_markdown_cell(ABOUT.format(version=version)), nbformat.v4.new_code_cell(install)]
    text, waiting = [], list(enumerate(cells))
    shown = {node["cell_index"] for node in document.findall(nodes.container) if node.get("nb_element") == "cell_code"}

    def end_text() -> None:
        if words := "\n\n".join(filter(None, text)):
            notebook.cells.append(nbformat.v4.new_markdown_cell(words))
        text.clear()

    def add_next_cell() -> None:
        _, cell = waiting.pop(0)
        if cell.cell_type == "code" and (code := without_glue(cell.source)):
            end_text()
            notebook.cells.append(nbformat.v4.new_code_cell(code))

    def walk(node: nodes.Element) -> None:
        for child in node.children:
            if isinstance(child, nodes.section):
                walk(child)
            elif isinstance(child, nodes.container) and child.get("nb_element") == "cell_code":
                while waiting and waiting[0][0] <= child["cell_index"]:
                    add_next_cell()
                while waiting and waiting[0][1].cell_type == "code" and waiting[0][0] not in shown:
                    add_next_cell()     # hidden cells that follow at once
                text.extend(f"**Figure {writer.number_of(figure, 'figure')}.** {writer.inside(caption)}".strip()
                            for figure in child.findall(nodes.figure) for caption in figure.findall(nodes.caption))
            else:
                text.append(writer.write(child).strip("\n"))

    walk(document)
    while waiting:
        add_next_cell()
    end_text()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(notebook)
    return notebook
