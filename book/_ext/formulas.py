"""A Sphinx renderer that writes formulas as MathML, which browsers draw and screen readers read without a script.

Their font is in a style sheet, which a browser reads before it draws the page, so that nothing moves later.
"""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

# What latex2mathml writes -> what browsers draw as TeX does.
BETTER = {
    r'<mo minsize="1.2em" maxsize="1.2em">([([{])': r'<mo class="big" stretchy="false" form="prefix">\1',
    r'<mo minsize="1.2em" maxsize="1.2em">([)\]}])': r'<mo class="big" stretchy="false" form="postfix">\1',
    r"<mi>&#x000B1;</mi>": "<mo>&#x000B1;</mo>",
    r"(?<!<msup>)(<mi>(?:ln|log|tanh)</mi>)(?=<m(?!o[ >]|space))": r'\1<mspace width="0.17em" />',
    r"<msup>(<mi>\w</mi>)(<mi>&#x02032;</mi>)</msup>": r"<mrow>\1\2</mrow>",
    r"<msubsup>(<mi>\w</mi>)(<mi>\w</mi>)(<mi>&#x02032;</mi>)</msubsup>": r"<msub><mrow>\1\3</mrow>\2</msub>",
}

STYLE = Path(__file__).with_name("formulas.css")
FONT = Path(__file__).with_name("formulas.woff")


def mathml(tex: str, display: str = "inline") -> str:
    """Convert TeX to MathML; ``display`` is ``inline`` or ``block``."""
    formula = convert(tex.replace("{aligned}", "{split}"), display=display)
    for pattern, better in BETTER.items():
        formula = re.sub(pattern, better, formula)
    return formula


def write_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    self.body.append(self.starttag(node, "span", "", CLASS="math") + mathml(node.astext()) + "</span>")
    raise nodes.SkipNode


def write_displayed(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append(f'<div class="parity-formula">{mathml(node.astext(), "block")}</div></div>\n')
    raise nodes.SkipNode


def write_style(app, config) -> None:
    """Write the style sheet of formulas, with their font in it, into the folder for static files.

    The folder has to exist from now on: after a build that failed early, the theme would otherwise copy its logo to
    `_static` as if that were a file.
    """
    sheet = Path(app.outdir) / "_static" / STYLE.name
    sheet.parent.mkdir(parents=True, exist_ok=True)
    font = b64encode(FONT.read_bytes()).decode()
    sheet.write_text(STYLE.read_text(encoding="utf8").replace(FONT.name, f"data:font/woff;base64,{font}"),
                     encoding="utf8")


def add_style(app, page: str, template: str, context: dict, doctree) -> None:
    """Add the style sheet to a page with formulas, or with notes on terms, which may contain formulas."""
    if "<math" in context.get("body", "") or "glossary.html#term-" in context.get("body", ""):
        app.add_css_file(STYLE.name)


def setup(app) -> dict:
    """Register the renderer and the style sheet."""
    app.connect("config-inited", write_style)
    app.connect("html-page-context", add_style)
    app.add_html_math_renderer("mathml", (write_inline, None), (write_displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
