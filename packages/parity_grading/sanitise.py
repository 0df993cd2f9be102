"""Tools for removing everything from students' notebooks that could run or load something on an HTML page.

The formgrader shows submissions at JupyterLab's own address, where a script could change points or open a terminal.
nbgrader_config.py puts :class:`Sanitise` before the templates of nbconvert's ``HTMLExporter``, and replaces its filter
``markdown2html`` with ours, which cleans the HTML *after* the Markdown has been rendered, so that no second Markdown
parser has to agree with the first. Because nbgrader's templates would load MathJax, Matplotlib draws the formulas.
"""

import base64
import html
import io
import multiprocessing
import os
import re
import sys
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import nh3
import psutil
from jinja2 import pass_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from nbconvert.filters import Highlight2HTML, strip_ansi
from nbconvert.filters import ansi2html as stock_ansi2html
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from pygments.token import STANDARD_TYPES

from parity_checks.plain_data import TWO_MATRICES
from parity_grading.untrusted import COMMENT

TAGS = nh3.ALLOWED_TAGS - {"area", "map", "rp"} | {"input", "tfoot"}
# A link may only lead to another host, given by its name, because opening a page of this server may change the course.
LINK = r"mailto:[^?\s]+|https?://([a-z0-9-]+\.)+(?!local(host)?\b)[a-z]{2,}(:\d+)?([/?#]\S*)?"
# An image is part of the page or a file next to the notebook. A short SVG can keep a browser busy for minutes.
IMAGE = r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*|([\w-]+/)*[\w-]+\.(png|jpe?g|gif|webp)"
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
OUTPUTS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg")
FORMULA = re.compile(r'<img(?=(?: \w+="[^"]*")* style=)(?: alt="([^"]*)"| \w+="[^"]*")*>')   # no other image has one
LONGEST_FORMULA = 400       # characters
SMALL, MOST_SMALL = {"code", "kbd", "rt", "samp", "small", "sub", "sup", "tt"}, 2     # elements that make text smaller
HARMLESS = r"approx|pm|cdot|times|d?frac|leq?|geq?|neq?|sim|ln|log|sqrt|text|mathrm|to|[%,;]"  # commands of TeX
# Longer texts are shown unrendered, because a text that is made for it keeps a renderer busy for hours.
LONGEST_TEXT = 20_000
MOST_TAGS = 10_000
# Limits for a whole page, in seconds of the processor, seconds, bytes of memory, and characters.
PAGE_SECONDS, PAGE_WAIT, PAGE_MEMORY, LARGEST_PAGE = 20, 200, 1_000_000_000, 30_000_000
NOT_SHOWN = ("**This submission is not shown**, because a page of it would need too much time or memory. The points "
             "are not affected. To read the submission, open its notebook.")
FORK = sys.platform == "linux"      # where a process can be copied, with all that it has loaded
MOST_CODE = 50_000          # characters of a page that are coloured, because each token becomes an element of it
LONGEST_LINE = 1000         # characters; the time for names and dots grows with the square of their number
MOST_CODES = 5000           # that colour an output; nbconvert's time grows with the square of their number
LARGEST_PICTURE = 9999      # pixels of its width and of its height
# Characters that reverse the order in which others are shown, so that code reads otherwise than it runs.
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# nbconvert inserts custom/custom.css of this folder into the head of a page. Ours forbids other hosts, and it replaces
# MathJax, for which the keys of nbgrader's formgrade.js would wait.
PLAIN = "parity_plain"      # marks the cells whose code is not coloured
STYLES = Path(__file__).parent


def clean(source: str) -> str:
    """Remove all HTML elements and attributes that are not allowed, and redraw the image of each formula."""
    if source.count("<") > MOST_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    page = nh3.clean(source, tags=TAGS, attributes={tag: set(known) for tag, known in ATTRIBUTES.items()},
                     attribute_filter=_allowed_value, set_tag_attribute_values=ADDED,
                     link_rel=None, url_schemes={"http", "https", "mailto", "data"})
    return FORMULA.sub(lambda image: formula_image(html.unescape(image[1] or "")), page)


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    pattern = ATTRIBUTES.get(tag, {}).get(name)
    allowed = pattern and re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE)
    return value if allowed or ADDED.get(tag, {}).get(name) == value else None


@pass_context
def markdown2html(context: Mapping[str, Any], source: str) -> str:
    """Render Markdown as safe HTML, as nbconvert's filter of the same name does, but without ids for headings."""
    cell = context.get("cell") or {}
    if len(source) > LONGEST_TEXT:
        return f"<pre>{html.escape(source)}</pre>\n"
    attachments = cell.get("attachments", {})
    renderer = MarkdownRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def visible_text(source: str) -> str:
    """Return the text that a reader of a rendered Markdown answer sees, without comments or tiny text.

    It contains the TeX of a formula, unless this has a command that may hide what it is given.

    >>> visible_text("**It** is $5$. <?My seed is 7.?>")
    'It is 5. \\n'
    """
    text, depth = "", 0
    tex = rf'(?:[^"\\]|\\(?:{HARMLESS})(?![a-zA-Z]))*'
    shown = re.sub(rf'<img alt="({tex})" style="vertical-align[^>]*>', lambda formula: formula[1].replace(
        "{", "{<small>").replace("}", "</small>}"), markdown2html({}, source))
    shown = re.sub("<(?=br|/t[dh]|/li|/div|/p><)", "\n<", shown)     # they separate words
    for part in re.split("(<[^>]*>)", nh3.clean(shown, tags=SMALL, attributes={})):
        if part.startswith("<"):
            depth += -1 if part.startswith("</") else 1
        elif depth <= MOST_SMALL:
            text += part
    return COMMENT.sub("", html.unescape(text))


def highlight_code(source: str, language: str | None = None, metadata: Mapping | None = None) -> str:
    """Convert code to HTML as nbconvert does, but without colours if a line is long or a page has too much code."""
    short = len(source) <= MOST_CODE and max(map(len, source.split("\n"))) <= LONGEST_LINE
    if short and not (metadata or {}).get(PLAIN):
        return str(Highlight2HTML()(source, language, metadata))
    return f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'


def clean_html(source: str) -> str:
    """Return HTML unchanged, because it has already been cleaned."""
    return source


def ansi2html(text: str) -> str:
    """Convert text with colour codes to HTML, with matrices in columns, but without colours if it has too many."""
    text = strip_ansi(text).replace("\x1b", "") if text.count("\x1b") > MOST_CODES else text
    return matrices_in_columns(stock_ansi2html(text))


def matrices_in_columns(message: str) -> str:
    """Mark the matrices in a message's HTML, so that they are shown side by side when the screen is wide enough."""
    columns = r'<span class="matrix">  expected: \1</span><span class="matrix">  got:      \2</span>'
    return TWO_MATRICES.sub(columns, message)


class MarkdownRenderer(IPythonRenderer):
    """nbconvert's Markdown renderer with comments as text, formulas as images, and a note for a missing image."""

    def block_html(self, html: str) -> str:
        return super().block_html(html.replace("<!--", "&lt;!--"))

    def inline_html(self, html: str) -> str:
        return super().inline_html(html.replace("<!--", "&lt;!--"))

    def inline_math(self, body: str) -> str:
        return formula_image(body) or super().inline_math(body)

    def block_math(self, body: str) -> str:
        return formula_image(body) or super().block_math(body)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        try:
            return super().image(text, url, title)
        except InvalidNotebook:
            return f"<em>(an image is missing: {html.escape(text)})</em>"


@lru_cache(maxsize=1000)
def formula_image(tex: str) -> str:
    """Return an HTML image of a formula, drawn with Matplotlib, or "" if Matplotlib cannot draw the formula.

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

    within_limits = False       # whether this process has limits, or the page is known to keep them

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Clean the notebook and the student's names, or remove all of the work if its page exceeds a limit."""
        if self.parent and FORK and not self.within_limits and not self._renders_within_limits(nb, resources):
            marked = [cell for cell in nb.cells if "nbgrader" in cell.metadata]
            for cell in marked:
                cell.update({"source": ""} | ({"outputs": []} if cell.cell_type == "code" else {"attachments": {}}))
            nb.cells = [new_markdown_cell(NOT_SHOWN), *marked]
        nb.metadata = NotebookNode()
        resources["config_dir"] = str(STYLES)
        self.code_left = MOST_CODE
        for key in ("first_name", "last_name", "student"):
            if resources.get(key):
                resources[key] = html.escape(resources[key])
        return super().preprocess(nb, resources)

    def _renders_within_limits(self, nb: NotebookNode, resources: dict) -> bool:
        """Render the whole page in a process with limited resources, and return True on success."""
        exporter: Any = self.parent

        def render() -> None:
            import resource  # Windows has no such module

            memory = psutil.Process().memory_info().vms + PAGE_MEMORY
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CPU, (PAGE_SECONDS, PAGE_SECONDS))
            self.within_limits = True
            status = 1
            try:
                status = len(exporter.from_notebook_node(nb, resources)[0]) > LARGEST_PAGE
            except Exception as error:
                status = type(error) is not RuntimeError    # which nbgrader reports when it renders the page again
            finally:
                os._exit(status)

        with warnings.catch_warnings():     # Python warns of threads; the new process needs none
            warnings.simplefilter("ignore", DeprecationWarning)
            process = multiprocessing.get_context("fork").Process(target=render)
            process.start()
        process.join(PAGE_WAIT)
        process.kill()
        process.join()
        return process.exitcode == 0

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
            self.code_left -= len(cell.source)
            if self.code_left < 0:
                cell.metadata[PLAIN] = True
            cell.execution_count = _execution_count(cell)
            cell.outputs = [_cleaned(output) for output in cell.outputs]
        return cell, resources


def _cleaned(output: NotebookNode) -> NotebookNode:
    """Remove unsafe content from a rich output. The templates escape printed text and tracebacks."""
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
