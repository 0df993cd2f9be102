"""Room for formulas and drawings, so that nothing moves when they come and no work is done for those out of sight.

Each formula has its size before MathJax sets it: matplotlib lays out the same TeX in the same typeface, Computer
Modern, and so in nearly the same size.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

SCALE = 1.18         # of a formula's letters to those around it, as in _static/formulas.js
MARGIN = 1.0         # em of a formula above and below a displayed one
STRUT = (0.7, 0.3)   # em that a row of a displayed formula has at least, above and below its line
BETWEEN = 0.3        # em between two rows
UNKNOWN = (6.0, 1.0, 0.25)
DRAWING = re.compile(r'(?<!class="drawn">)<svg role="img"[^>]*? style="(max-width: \d+pt; min-width: \d+px)[^>]*? '
                     r'viewBox="0 0 ([\d.]+) ([\d.]+)".*?</svg>', re.DOTALL)

INLINE = re.compile(r'(<span class="math notranslate nohighlight")>\\\((.*?)\\\)</span>', re.DOTALL)
DISPLAY = re.compile(r'(<div class="math notranslate nohighlight"[^>]*?)>(?!<div)(.*?)\\\[(.*?)\\\]</div>', re.DOTALL)
PARSER, SIZE = MathTextParser("path"), 100
# What matplotlib does not know or sets otherwise, in words that come to the same size. The order counts.
SIMPLER = {
    r"\\label\{[^}]*\}|\\begin\{\w+\}|\\end\{\w+\}|&|\\!|\\underbrace": "",
    r"\\[bB]igg?[lrm]?\)": r")\\,",
    r"\\[bB]igg?[lrm]?(?![a-zA-Z])": "",
    r"\\square": "x",
    r"(?<![\\a-zA-Z])([UW])(?=\s*[a-z])|(?<![\\a-zA-Z])(V)(?![_^])": r"\1\2\\,",
    r"\^\{\(": r"\\hspace{-0.08}^{(",
    r"'_(\w)": r"_\1",
    r"(?<!\\)<|\\le(?![a-zA-Z])": r"\\leq ",
    r">|\\ge(?![a-zA-Z])": r"\\geq ",
    r"(_\{\w+)([-+])": r"\1{\2}",
    r"([(,]\s*)([-+])": r"\1{\2}",
    r"\{\\sum": r"{\\Sigma",
    r"\\tfrac": r"\\;\\,\\frac",
    r"frac\s*(\w)\s*(\w)": r"frac{\1}{\2}",
    r"frac\s*(\w)\s*\{": r"frac{\1}{",
    r"\\math(\w\w)\s+(\w)": r"\\math\1{\2}",
    r"(\\[a-zA-Z]+)(?=\d)": r"\1 ",
}
AS_DISPLAYED = {r"\\frac": r"\\dfrac"}
IN_A_LINE = {r"\\sum": r"\\Sigma", r"\\frac": r"\\;\\,\\frac"}
TALLER = {r"\underbrace": 1.4, "{pmatrix}": 0.35}      # em that each of them adds to its row


@cache
def size(tex: str, display: bool = False) -> tuple[float, float, float]:
    """Width, height above the line and depth below it, in em of the formula's own letters; a guess for unknown TeX."""
    for pattern, simpler in ((AS_DISPLAYED if display else IN_A_LINE) | SIMPLER).items():
        tex = re.sub(pattern, simpler, tex)
    try:
        width, height, depth, *_ = PARSER.parse(f"${tex.strip()}$", 72, FontProperties(size=SIZE, math_fontfamily="cm"))
    except ValueError:
        return UNKNOWN
    return width / SIZE, (height - depth) / SIZE, depth / SIZE


def displayed(tex: str) -> float:
    """The height of a displayed formula with its margins, in em of its letters."""
    whole = re.sub(r"(\{pmatrix\}.*?)\\\\(.*?\{pmatrix\})", r"\1\2", tex, flags=re.DOTALL)    # two rows in a row
    rows = re.split(r"\\\\(?:\[[^]]*\])?", whole)
    least = STRUT if len(rows) > 1 else (0, 0)
    heights = []
    for row in rows:
        _, up, down = size(row, display=True)
        taller = sum(more * row.count(name) for name, more in TALLER.items())
        heights.append(max(least[0], up) + max(least[1], down) + min(taller, 1.4))
    return sum(heights) + BETWEEN * (len(rows) - 1) + 2 * MARGIN


def with_room(page: str) -> str:
    """A page in which every formula that is still TeX, and every drawing, says how large it will be."""
    def inline(match: re.Match) -> str:
        width, up, down = (SCALE * each for each in size(unescape(match[2])))
        style = f"--wide:{width:.2f}em;--high:{up + down:.2f}em;--low:{-down:.2f}em"
        return f'{match[1]} style="{style}">\\({match[2]}\\)</span>'

    def display(match: re.Match) -> str:
        high = SCALE * displayed(unescape(match[3]))
        return f'{match[1]} style="--high:{high:.2f}em">{match[2]}\\[{match[3]}\\]</div>'

    def drawing(match: re.Match) -> str:
        return f'<div style="{match[1]}; aspect-ratio: {match[2]} / {match[3]}" class="drawn">{match[0]}</div>'

    return DRAWING.sub(drawing, DISPLAY.sub(display, INLINE.sub(inline, page)))
