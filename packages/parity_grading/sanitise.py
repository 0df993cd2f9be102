"""Tools for removing unsafe content from students' notebooks.

Everything is removed that could run or load something on an HTML page.

The formgrader shows submissions at JupyterLab's own address, where a script could change points or open a terminal, and
feedback pages are opened by students and instructors. nbconvert's ``HTMLExporter`` makes both kinds of page.
nbgrader_config.py puts :class:`Sanitise` before its templates and replaces its filter ``markdown2html`` with ours,
which cleans the HTML *after* the Markdown has been rendered, so that no second Markdown parser has to agree with the
first.

Only what is listed here is kept. Neither the files nor the points change. The pages request nothing from other hosts:
because nbgrader's templates would load MathJax, Matplotlib draws the formulas as images if it knows their TeX.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import nh3
from jinja2 import pass_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from nbconvert.filters import ansi2html as stock_ansi2html
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES

from parity_checks.plain_data import TWO_MATRICES

TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"input", "tfoot"}
# A link may only lead to another host, given by its name, because opening a page of this server may change the course.
LINK = r"mailto:[^?\s]+|https?://([a-z0-9-]+\.)+(?!local(host)?\b)[a-z]{2,}(:\d+)?([/?#]\S*)?"
# An image is part of the page or a file next to the notebook. An SVG used as an image runs no script.
IMAGE = r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*|([\w-]+/)*[\w-]+\.(png|jpe?g|gif|webp)"
SIZE = r"\d{1,4}(\.\d+)?(%|px)?"
CELL = {"colspan": SIZE, "rowspan": SIZE, "align": r"\w+", "style": r"text-align: ?(left|center|right);?"}
# The allowed attributes, each with a pattern for its whole value. Other classes and ids are removed: a class of
# Bootstrap could cover the page, and an element with the id of an answer would replace the field for its points.
ATTRIBUTES = {
    "a": {"href": LINK},
    "details": {"open": ".*"},
    "div": {"class": "highlight"},
    "img": {"src": IMAGE, "alt": "(?s:.*)", "width": SIZE, "height": SIZE, "style": r"vertical-align: -?\d+(\.\d+)?pt"},
    "input": {"checked": ".*"},
    "ol": {"start": r"\d+"},
    "span": {"class": "|".join(filter(None, STANDARD_TYPES.values()))},
    "table": {"border": r"\d", "class": "dataframe"},
    "td": CELL, "th": CELL | {"scope": r"\w+"}, "tr": CELL,
}
ADDED = {"a": {"target": "_blank", "rel": "noopener noreferrer"}, "input": {"type": "checkbox", "disabled": ""}}
OUTPUTS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
LONGEST_FORMULA = 400       # characters
# Longer texts are shown unrendered, because a text that is made for it keeps a renderer busy for hours.
LONGEST_TEXT = 20_000
MOST_TAGS = 10_000
# Limits for all cells of a page together.
MOST_FORMULAS = 300
MOST_CODES = 5000           # that colour a text in a terminal
LARGEST_PICTURE = 9999      # pixels of its width and of its height
# Characters that reverse the order in which others are shown, so that code reads otherwise than it runs.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"\$|\\\\?[(\[]|\\begin\b")     # the beginning of one, and the end of some
# nbconvert inserts custom/custom.css of this folder into the head of a page. Ours forbids other hosts, and it replaces
# MathJax, for which the keys of nbgrader's formgrade.js would wait.
PLAIN = "parity_plain"      # marks the cells whose Markdown is not rendered
PAGES = Path(__file__).with_name("pages")


def clean(source: str) -> str:
    """Remove all HTML elements and attributes that are not allowed.

    >>> clean('<b onclick="steal()">5 &lt; 7</b><script>steal()</script><img src="/api/terminals" alt="a plot">')
    '<b>5 &lt; 7</b><img alt="a plot">'
    """
    if source.count("<") > MOST_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    return nh3.clean(source, tags=TAGS, attributes={tag: set(known) for tag, known in ATTRIBUTES.items()},
                     attribute_filter=_allowed_value, set_tag_attribute_values=ADDED,
                     link_rel=None, url_schemes={"http", "https", "mailto", "data"})


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    pattern = ATTRIBUTES.get(tag, {}).get(name)
    allowed = pattern and re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE)
    return value if allowed or ADDED.get(tag, {}).get(name) == value else None


@pass_context
def markdown2html(context: Mapping[str, Any], source: str) -> str:
    """Render Markdown as safe HTML.

    It is rendered as by nbconvert's filter of this name, but without ids for headings.

    >>> markdown2html({}, "5 < 7 and `<b>`, **5**")
    '<p>5 &lt; 7 and <code>&lt;b&gt;</code>, <strong>5</strong></p>\\n'
    """
    cell = context.get("cell") or {}
    if len(source) > LONGEST_TEXT or cell.get("metadata", {}).get(PLAIN):
        return f"<pre>{html.escape(source)}</pre>\n"
    attachments = cell.get("attachments", {})
    renderer = MarkdownRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def ansi2html(text: str) -> str:
    """Convert a text with colour codes to HTML, with matrices in columns."""
    return matrices_in_columns(stock_ansi2html(text))


def matrices_in_columns(message: str) -> str:
    """Mark the matrices in the HTML of a message, so that they stand next to each other if the screen is wide."""
    columns = r'<span class="matrix">  expected: \1</span><span class="matrix">  got:      \2</span>'
    return TWO_MATRICES.sub(columns, message)


class MarkdownRenderer(IPythonRenderer):
    """A Markdown renderer that displays formulas as images.

    It extends nbconvert's renderer. A text takes the place of a missing image.
    """

    def block_html(self, html: str) -> str:
        """Return a block of HTML with comments displayed as text, so that readers can see them."""
        return super().block_html(html.replace("<!--", "&lt;!--"))

    def inline_html(self, html: str) -> str:
        """Return inline HTML with comments displayed as text."""
        return super().inline_html(html.replace("<!--", "&lt;!--"))

    def inline_math(self, body: str) -> str:
        """Convert an inline formula to HTML."""
        return formula_image(body) or super().inline_math(body)

    def block_math(self, body: str) -> str:
        """Convert a displayed formula to HTML."""
        return formula_image(body) or super().block_math(body)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Convert an image to HTML, or return a note if the notebook lacks the attachment."""
        try:
            return super().image(text, url, title)
        except InvalidNotebook:
            return f"<em>(an image is missing: {html.escape(text)})</em>"


@lru_cache(maxsize=1000)
def formula_image(tex: str) -> str:
    """Draw a formula with Matplotlib and return it as an HTML image.

    Return "" if Matplotlib cannot draw the formula.

    >>> formula_image(r"x^2")[:32], formula_image(r"\\nothing{")
    ('<img alt="x^2" style="vertical-a', '')
    """
    tex, svg = " ".join(tex.split()), io.BytesIO()
    plain = re.sub(r"\\frac\s*(\w)\s*(\w)", r"\\frac{\1}{\2}", tex)      # Matplotlib requires the braces
    if len(plain) > LONGEST_FORMULA:
        return ""
    try:
        depth = math_to_image(f"${plain}$", svg, prop=FontProperties(size=11, math_fontfamily="cm"), format="svg")
    except (ValueError, RuntimeError, RecursionError, TypeError):
        return ""
    source = base64.b64encode(svg.getvalue()).decode("ascii")
    return (f'<img alt="{html.escape(tex)}" style="vertical-align: {-depth:.1f}pt" '
            f'src="data:image/svg+xml;base64,{source}">')


class Sanitise(Preprocessor):
    """A preprocessor that removes everything from a notebook that is not safe to display."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Remove the notebook's metadata, escape the student's names, and clean each cell."""
        nb.metadata = NotebookNode()
        resources["config_dir"] = str(PAGES)
        self.formulas_left, self.codes_left = MOST_FORMULAS, MOST_CODES
        for key in ("first_name", "last_name", "student"):
            if resources.get(key):
                resources[key] = html.escape(resources[key])
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clean a cell. The templates escape or render its code or Markdown later."""
        # nbgrader's marks are booleans, numbers, and names without a character that means something in HTML.
        marks = {key: value for key, value in cell.metadata.get("nbgrader", {}).items()
                 if isinstance(value, int | float) or re.fullmatch(r"[\w.:-]*", str(value))}
        cell.metadata = NotebookNode(nbgrader=NotebookNode(marks)) if "nbgrader" in cell.metadata else NotebookNode()
        cell.source = DIRECTIONS.sub("\N{REPLACEMENT CHARACTER}", cell.source)
        if cell.cell_type == "raw":
            cell.source = clean(cell.source)
        if cell.cell_type == "code":
            cell.execution_count = _execution_count(cell)
            cell.outputs = [_cleaned(output) for output in cell.outputs]
            for output in cell.outputs:
                self._limit_codes(output)
        texts = [cell.source if cell.cell_type == "markdown" else "",
                 *(output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", []))]
        formulas = sum(len(FORMULA.findall(text)) for text in texts)
        if formulas > self.formulas_left:
            cell.metadata[PLAIN] = True
        else:
            self.formulas_left -= formulas
        return cell, resources

    def _limit_codes(self, output: NotebookNode) -> None:
        """Remove the colour codes from an output once the page contains too many of them."""
        def limited(text: str) -> str:
            count = text.count("\x1b")
            self.codes_left -= count
            return text if self.codes_left >= 0 else strip_ansi(text).replace("\x1b", "")

        if output.output_type == "stream":
            output.text = limited(output.text)
        elif output.output_type == "error":
            output.traceback = [limited(line) for line in output.traceback]
        elif "text/plain" in output.data:
            output.data["text/plain"] = limited(output.data["text/plain"])


def _cleaned(output: NotebookNode) -> NotebookNode:
    """Remove unsafe content from an output.

    Rich outputs keep known types only. The templates escape printed text and tracebacks.
    """
    if output.output_type not in ("display_data", "execute_result"):
        return output
    data = {kind: value for kind, value in output.data.items() if kind in OUTPUTS and isinstance(value, str)}
    if "text/html" in data:
        data["text/html"] = clean(data["text/html"])
    sizes = {kind: {key: value for key, value in about.items()
                    if key in ("width", "height") and isinstance(value, int | float) and value <= LARGEST_PICTURE}
             for kind, about in output.metadata.items() if isinstance(about, Mapping)}
    count = {"execution_count": _execution_count(output)} if output.output_type == "execute_result" else {}
    return nbformat.from_dict({"output_type": output.output_type, "metadata": sizes, **count,
                               "data": data or {"text/plain": f"(not shown: {', '.join(output.data)})"}})


def _execution_count(node: NotebookNode) -> int | None:
    count = node.get("execution_count")
    return count if isinstance(count, int) else None
