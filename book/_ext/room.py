r"""Functions that reserve space for formulas before MathJax renders them.

The build estimates the size of each formula, so that the text does not move when MathJax sets it. Matplotlib lays out
the same TeX in the same typeface, Computer Modern. It does not know all of MathJax's TeX, so a formula is simplified
first, which changes its size by a few per cent.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

SCALE = 1.18         # size of a formula's letters relative to the text, as in _static/formulas.js
MARGIN = 1.0         # em above and below a displayed formula
LEAST_ROW = 1.3      # em for a row of a displayed formula
UNKNOWN = (6.0, 1.0, 0.25)
INLINE = re.compile(r'(<span class="math notranslate nohighlight")>\\\((.*?)\\\)</span>', re.DOTALL)
DISPLAY = re.compile(r'(<div class="math notranslate nohighlight"[^>]*?)>(?!<div)(.*?)\\\[(.*?)\\\]</div>', re.DOTALL)
PARSER, SIZE = MathTextParser("path"), 100
# TeX that Matplotlib does not know, and what takes about the same space. The order counts.
SIMPLER = {
    r"\\label\{[^}]*\}|\\begin\{\w+\}|\\end\{\w+\}|&|\\!|\\underbrace|\\[bB]igg?[lrm]?(?![a-zA-Z])": "",
    r"\\square": "x",
    r"'(?=_)": "",
    r"\^\{\(": r"\\hspace{-0.08}^{(",
    r">|\\ge(?![a-z])": r"\\geq ",
    r"\{\\sum": r"{\\Sigma",
    r"\\[td]?frac": r"\\frac",
    r"frac\s*(\w)\s*(\w)": r"frac{\1}{\2}",
    r"frac\s*(\w)\s*\{": r"frac{\1}{",
    r"\\math(\w\w)\s+(\w)": r"\\math\1{\2}",
}
DISPLAYED = {r"\\frac": r"\\dfrac"}
IN_TEXT = {r"\\sum": r"\\Sigma", r"\\frac": r"\\;\\frac"}


@cache
def size(tex: str, display: bool = False) -> tuple[float, float, float]:
    """Estimate the width, height and depth of a formula.

    They are in em of the formula's own letters. TeX that Matplotlib does not know gets a default size.
    """
    for pattern, simpler in (SIMPLER | (DISPLAYED if display else IN_TEXT)).items():
        tex = re.sub(pattern, simpler, tex)
    try:
        width, height, depth, *_ = PARSER.parse(f"${tex.strip()}$", 72, FontProperties(size=SIZE, math_fontfamily="cm"))
    except ValueError:
        return UNKNOWN
    return width / SIZE, (height - depth) / SIZE, depth / SIZE


def displayed_height(tex: str) -> float:
    """Estimate the height of a displayed formula with its margins, in em of its letters."""
    rows = [size(row, display=True) for row in re.split(r"\\\\(?:\[[^]]*\])?", tex)]
    return 2 * MARGIN + sum(max(LEAST_ROW, above + below) for _, above, below in rows)


def with_room(page: str) -> str:
    """Add the estimated size of each formula to the HTML of a page."""
    def inline(match: re.Match) -> str:
        width, above, below = (SCALE * length for length in size(unescape(match[2])))
        style = f"--wide:{width:.2f}em;--high:{above + below:.2f}em;--low:{-below:.2f}em"
        return f'{match[1]} style="{style}">\\({match[2]}\\)</span>'

    def display(match: re.Match) -> str:
        height = SCALE * displayed_height(unescape(match[3]))
        return f'{match[1]} style="--high:{height:.2f}em">{match[2]}\\[{match[3]}\\]</div>'

    return DISPLAY.sub(display, INLINE.sub(inline, page))
