"""Lighter pages: of the theme's icon fonts and their rules only the icons in use, of MathJax only what sets formulas.

The solid icons are a font of 156 KB of which a page shows about fifteen, and MathJax's ready-made bundle carries
menus and a speech engine that the book switches off.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

logging.getLogger("fontTools").setLevel(logging.WARNING)      # a line for each table of a font

SCRIPT = r'\s*<script[^>]*\ssrc="[^"]*{}[^"]*"[^>]*></script>'
ICONS, FORMULAS, SEARCH = (re.compile(SCRIPT.format(name)) for name in (
    "scripts/fontawesome", "(?:mathjax/|formulas)", "(?:searchtools|language_data|searchindex|excerpts)"))
STYLE = Path("styles/pydata-sphinx-theme.css")
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
ICON = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"(\\?[^"]+)"\}')
DRAWN = re.compile(r"\\[ef][0-9a-f]{3}\b|[\ue000-\uf8ff]")      # how a style sheet names an icon
FONT = re.compile(r'url\(([^)]*/(fa-[a-z]+-\d+))\.woff2\) format\("woff2"\)(,url\([^)]*\.ttf\) format\("truetype"\))?')


def light_formulas(app, config) -> None:
    """Let `_static/formulas.js` say how MathJax starts, and with which of its parts."""
    app.add_js_file("formulas.js", loading_method="defer", priority=400)     # before MathJax
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax_options = {"defer": "defer"}
    config.mathjax3_config = None
    config.myst_update_mathjax = False


def lightened(page: str, text: str) -> str:
    """A page without scripts that it has no use for.

    Icons come from the theme's fonts, and its script of 1.5 MB would draw them again; a page without a formula needs no
    MathJax, and only the search page an index of the book.
    """
    unused = [ICONS, *[FORMULAS] * ('class="math' not in text), *[SEARCH] * (page != "search")]
    for script in unused:
        text = script.sub("", text)
    return text


def icons_in_use(folder: Path) -> set[str]:
    """The names of icons in pages and scripts, but for the theme's script of all icons, which no page loads."""
    files = [file for kind in ("*.html", "*.js") for file in folder.rglob(kind)
             if "mathjax" not in file.parts and file.name != "fontawesome.js"]
    return {name for file in files for name in ICON.findall(file.read_text(encoding="utf8"))}


def light_icons(app, exception) -> None:
    """Cut rules and fonts of icons down to those in use."""
    if exception or app.builder.name != "html":
        return
    sheet = Path(app.outdir) / "_static" / STYLE
    used, characters = icons_in_use(Path(app.outdir)), set()

    def kept(rule: re.Match) -> str:
        names = [name for name in rule[1].split(",") if name.removeprefix(".").removesuffix(":before") in used]
        if names:
            characters.add(character(rule[2]))
        return f'{",".join(names)}{{content:"{rule[2]}"}}' if names else ""

    style = RULE.sub(kept, (THEME / STYLE).read_text(encoding="utf8"))     # a build before may have cut the copy
    others = [style, *(file.read_text(encoding="utf8") for file in Path(app.outdir).rglob("*.css") if file != sheet)]
    characters |= {character(code) for text in others for code in DRAWN.findall(text)}
    for font in {match[1] for match in FONT.finditer(style)}:
        cut((sheet.parent / font).with_suffix(".ttf").resolve(), characters)
    sheet.write_text(FONT.sub(r'url(\1.woff) format("woff")', style), encoding="utf8")


def character(content: str) -> str:
    r"""The character that a style sheet writes as ``\f185``, or as itself."""
    return chr(int(content[1:], 16)) if content.startswith("\\") else content


def cut(font: Path, characters: set[str]) -> None:
    """Write beside a font the part of it that has these characters, as WOFF."""
    options = subset.Options(flavor="woff", notdef_outline=True, desubroutinize=True)
    loaded = subset.load_font(font, options)
    part = subset.Subsetter(options)
    part.populate(text="".join(sorted(characters)))
    part.subset(loaded)
    subset.save_font(loaded, font.with_suffix(".woff"), options)


def setup(app) -> dict[str, bool]:
    app.connect("config-inited", light_formulas)
    app.connect("build-finished", light_icons, priority=950)     # after parity_book has finished the pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
