"""What a student hands in, made harmless where it becomes a page.

Chapter: *For instructors*. The formgrader shows hand-ins at JupyterLab's own
address, where a script could set points or open a terminal, and feedback is
opened by students and instructors alike. Both pages are made by nbconvert's
``HTMLExporter``, and nbgrader_config.py puts two things in its way:
:class:`Sanitise` before its templates see a notebook, and :func:`markdown2html`
in place of their filter of that name. HTML is cleaned *after* Markdown has been
rendered, so no second parser of Markdown has to agree with the first.

What is not listed here is left out. No file is changed by it, and no grade. The pages ask no other host for
anything: nbgrader's templates fetch MathJax from one, and so formulas become images here, as far as Matplotlib knows
their TeX.
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
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES

TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"input", "tfoot"}
# A link goes to another host, by its name: a page of this server, opened by a click, may change the course.
LINK = r"mailto:[^?\s]+|https?://([a-z0-9-]+\.)+(?!local(host)?\b)[a-z]{2,}(:\d+)?([/?#]\S*)?"
# An image is in the page, or a file beside the notebook. As an image, SVG runs no script and loads nothing.
IMAGE = r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*|([\w-]+/)*[\w-]+\.(png|jpe?g|gif|webp)"
SIZE = r"\d{1,4}(\.\d+)?(%|px)?"
CELL = {"colspan": SIZE, "rowspan": SIZE, "align": r"\w+", "style": r"text-align: ?(left|center|right);?"}
# Each attribute with what its whole value has to match. Classes and ids are those of nobody else on the page:
# one of Bootstrap's could cover it, the id of an answer would take the place of the field for its points.
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
ALWAYS = {"a": {"target": "_blank", "rel": "noopener noreferrer"}, "input": {"type": "checkbox", "disabled": ""}}

OUTPUTS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
LONGEST_FORMULA = 400
# Beyond these a text is shown as it was written: one that is made for that takes a renderer hours, and both pages wait.
LONGEST_TEXT = 20_000
MOST_TAGS = 10_000
# nbconvert adds custom/custom.css of this folder to a page's head. Ours ends the style and forbids other hosts, and
# stands in for MathJax 2, for which the keys of nbgrader's formgrade.js would wait.
HEAD = Path(__file__).with_name("pages")
NAMES = ("first_name", "last_name", "student")


def clean(source: str) -> str:
    """HTML with nothing in it but what the lists above allow.

    >>> clean('<b onclick="steal()">5 &lt; 7</b><script>steal()</script><img src="/api/terminals" alt="a plot">')
    '<b>5 &lt; 7</b><img alt="a plot">'
    """
    if source.count("<") > MOST_TAGS:
        return f"<pre>{html.escape(source)}</pre>"
    return nh3.clean(source, tags=TAGS, attributes={tag: set(known) for tag, known in ATTRIBUTES.items()},
                     attribute_filter=_attribute, set_tag_attribute_values=ALWAYS,
                     link_rel=None, url_schemes={"http", "https", "mailto", "data"})


def _attribute(tag: str, name: str, value: str) -> str | None:
    if ALWAYS.get(tag, {}).get(name) == value:
        return value
    pattern = ATTRIBUTES.get(tag, {}).get(name)
    return value if pattern and re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE) else None


@pass_context
def markdown2html(context: Mapping[str, Any], source: str) -> str:
    """nbconvert's filter of this name, then :func:`clean`. Headings get no id, which might be that of a field.

    >>> markdown2html({}, "5 < 7 and `<b>`, **5**")
    '<p>5 &lt; 7 and <code>&lt;b&gt;</code>, <strong>5</strong></p>\\n'
    """
    if len(source) > LONGEST_TEXT:
        return f"<pre>{html.escape(source)}</pre>\n"
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


class Renderer(IPythonRenderer):
    """nbconvert's renderer, with images for formulas, for which a missing image is no reason to make no page."""

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return formula(body) or super().inline_math(body)

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return formula(body) or super().block_math(body)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """The image; in the place of one that was not sent along, words."""
        try:
            return super().image(text, url, title)
        except InvalidNotebook:
            return f"<em>(an image is missing: {html.escape(text)})</em>"


@lru_cache(maxsize=1000)
def formula(tex: str) -> str:
    """A formula as an image; "" where Matplotlib does not know its TeX.

    >>> formula(r"x^2")[:32], formula(r"\\nothing{")
    ('<img alt="x^2" style="vertical-a', '')
    """
    tex, drawn = " ".join(tex.split()), io.BytesIO()
    plain = re.sub(r"\\frac\s*(\w)\s*(\w)", r"\\frac{\1}{\2}", tex)
    if len(plain) > LONGEST_FORMULA:
        return ""
    try:
        depth = math_to_image(f"${plain}$", drawn, prop=FontProperties(size=11, math_fontfamily="cm"), format="svg")
    except (ValueError, RuntimeError, RecursionError, TypeError):
        return ""
    source = base64.b64encode(drawn.getvalue()).decode("ascii")
    return (f'<img alt="{html.escape(tex, quote=True)}" style="vertical-align: {-depth:.1f}pt" '
            f'src="data:image/svg+xml;base64,{source}">')


class Sanitise(Preprocessor):
    """Keep of a notebook what can be shown without danger: outputs of known types, cleaned, and nbgrader's marks."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Drop the notebook's own metadata (title, state of widgets); names of students are text, not HTML."""
        nb.metadata = NotebookNode()
        resources["config_dir"] = str(HEAD)
        for name in NAMES:
            if resources.get(name):
                resources[name] = html.escape(resources[name])
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clean one cell. Its source is left to the templates, which escape code and render Markdown."""
        cell.metadata = NotebookNode(
            {"nbgrader": _marks(cell.metadata["nbgrader"])} if "nbgrader" in cell.metadata else {})
        if cell.cell_type == "raw":
            cell.source = clean(cell.source)
        if cell.cell_type == "code":
            cell.execution_count = _count(cell)
            cell.outputs = [_output(one) for one in cell.outputs]
        return cell, resources


def _marks(metadata: Mapping[str, Any]) -> NotebookNode:
    """nbgrader's marks: yes or no, numbers, and names that mean nothing in HTML."""
    return NotebookNode({key: value for key, value in metadata.items()
                         if isinstance(value, int | float) or re.fullmatch(r"[\w.:-]*", str(value))})


def _output(output: NotebookNode) -> NotebookNode:
    """A rich output with what is known of it. Printed text and tracebacks are escaped by the templates."""
    if output.output_type not in ("display_data", "execute_result"):
        return output
    data = {kind: value for kind, value in output.data.items() if kind in OUTPUTS and isinstance(value, str)}
    if "text/html" in data:
        data["text/html"] = clean(data["text/html"])
    data = data or {"text/plain": f"(not shown: {', '.join(output.data)})"}
    sizes = {kind: {key: value for key, value in about.items()
                    if key in ("width", "height") and isinstance(value, int | float)}
             for kind, about in output.metadata.items() if isinstance(about, Mapping)}
    count = {"execution_count": _count(output)} if output.output_type == "execute_result" else {}
    return nbformat.from_dict({"output_type": output.output_type, "data": data, "metadata": sizes, **count})


def _count(node: NotebookNode) -> int | None:
    count = node.get("execution_count")
    return count if isinstance(count, int) else None
