"""The lint of the pages' prose: no literal measured number, none of the words that this book does without.

A number that was measured comes from a cell (glue) or stands behind a claim; a
page whose prose holds it as digits is wrong with the next run. What a page sets
itself, such as fifty bits, is no measurement and passes as an integer.
"""

import re
from pathlib import Path

import pytest
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGES = sorted(BOOK.glob("*.md"))

# Decimals and percentages that are names, versions, licences or the book's own settings.
ALLOWED = (
    r"Requests for Research 2\.0",
    r"\b95\s?% (?:confidence|interval)",
    r"\binterval at 95\s?%",
    r"\b95\s?% of (?:such|these) experiments",
    r"\b(?:Jupyter Book|Python|PyTorch|NumPy|CC BY|MathJax|anywidget|nbgrader)\s\d+(?:\.\d+)+(?:\.post\d+)?",
    r"\b(?:section|sections|chapter|chapters|equation|figure|table)\s\d+\.\d+",
    r"\b1\.5 times as long",  # the length of validation strings, which train sets
)
MEASURED = {
    "a decimal": r"(?<![\w.])\d+\.\d+(?!\d|\.\d|\s?%)",
    "a percentage": r"(?<![\w.])\d+(?:\.\d+)?\s?%|\b(?:\d+|[a-z]+) per ?cent\b",
    "a factor": r"(?<![\w.])\d+\s?(?:x|×)(?![\w×'’]|\s*\d)|\b\d+[- ]fold\b|\b\d+ times (?!\d)",
    "a time": r"(?<![\w.])\d+\s?(?:s|ms|µs|us|ns|seconds?|milliseconds?|microseconds?)\b",
}
UNWANTED = {
    "a word that says nothing": r"\b(?:simply|just|obviously|powerful)\b",
    "a phrase that says nothing": r"\b(?:div(?:e|es|ing) into|it is worth noting|it's worth noting)\b",
    "an exclamation mark": r"!",
}

# What a fence in backticks holds is code or data, unless its directive holds prose.
PROSE_DIRECTIVES = {"admonition", "note", "tip", "warning", "important", "seealso", "figure", "image", "dropdown",
                    "glossary", "list-table", "table", "epigraph", "margin", "sidebar", "exercise", "solution",
                    "tab-item"}
ADDRESSED = {"figure", "image"}     # directives whose first line is an address
# Roles whose content is no prose: labels, keys and formulas.
SILENT_ROLES = re.compile(r"(?:cite[:\w]*|glue[:\w]*|eq|numref|math|code|download|index|py[:\w]*|kbd|file|octicon)")
MYST = create_md_parser(MdParserConfig(enable_extensions={"amsmath", "attrs_inline", "colon_fence", "deflist",
                                                          "dollarmath"}), RendererHTML)


def prose(text, line=1):
    """``(line, words)`` for each paragraph, heading and cell: what a reader reads, without code, formulas, targets."""
    for token in MYST.parse(text):
        at = line + token.map[0] if token.map else line
        if token.type == "inline":
            yield at, "".join(map(_words, token.children))
        elif token.type in ("fence", "colon_fence"):
            directive = re.match(r"\{([\w:-]+)\}(.*)", token.info.strip())
            if directive and (token.type == "colon_fence" or directive[1] in PROSE_DIRECTIVES):
                yield from prose("" if directive[1] in ADDRESSED else directive[2], at)
                yield from prose(_without_options(token.content), at + 1)
            elif caption := re.search(r'^:mystnb: .*caption: "(.*)"', token.content, re.MULTILINE):
                yield from prose(caption[1], at + 1)


def _words(token):
    """What a reader reads of a piece of a line; what is left out becomes emptiness of as many lines."""
    if token.type in ("text", "image"):
        return re.sub(r"https?://\S+", "", token.content)
    if token.type == "myst_role" and not SILENT_ROLES.fullmatch(token.meta["name"]):
        return re.sub(r"<[^>]*>$", "", token.content)
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return "\n" * token.content.count("\n") or " " * bool(token.content)


def _without_options(body):
    """The body of a directive with its options emptied, of which the text for a picture is prose."""
    options = re.match(r"---\n[\s\S]*?^---$|(?:[ ]*:[\w-]+:.*(?:\n|\Z))*", body, re.MULTILINE)[0]
    kept = [re.sub(r"^\s*:?alt:", "", line) if re.match(r"\s*:?alt:", line) else "" for line in options.split("\n")]
    return "\n".join(kept) + body[len(options):]


def complaints(text):
    """``(line, what, words)`` for everything in a page's prose that the lint rejects."""
    found = []
    for line, words in prose(text):
        for allowed in ALLOWED:
            words = re.sub(allowed.replace(" ", r"\s"), lambda match: "\n" * match.group().count("\n") or " ", words)
        found += [(line + words.count("\n", 0, match.start()), what, match.group().strip())
                  for what, pattern in (MEASURED | UNWANTED).items()
                  for match in re.finditer(pattern, words, re.IGNORECASE)]
    return sorted(found)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_page_speaks_without_measured_numbers_and_empty_words(page):
    found = complaints(page.read_text(encoding="utf-8"))
    assert not found, "\n" + "\n".join(f"{page.name}:{line}: {what}: {words!r}" for line, what, words in found)


@pytest.mark.parametrize(("text", "what", "words"), [
    ("It scores 0.75 in evaluation.", "a decimal", "0.75"),
    ("It scores about 74.9 % of them.", "a percentage", "74.9 %"),
    ("Nearly 75% are right.", "a percentage", "75%"),
    ("Ten percent fail.", "a percentage", "Ten percent"),
    ("That is 25x faster.", "a factor", "25x"),
    ("That is 25 × faster.", "a factor", "25 ×"),
    ("It is 5 times as fast.", "a factor", "5 times"),
    ("A tenfold or 10-fold gain.", "a factor", "10-fold"),
    ("It takes 2.3 s.", "a decimal", "2.3"),
    ("It takes 18 s.", "a time", "18 s"),
    ("It takes 30 µs a step.", "a time", "30 µs"),
    ("It takes 3 seconds.", "a time", "3 seconds"),
    ("A step, and\nthen 0.5 again.", "a decimal", "0.5"),
    (":::{tip}\nIt scores 0.75.\n:::", "a decimal", "0.75"),
    (":::{tip} A hint\n:class: dropdown\nIt scores 0.75.\n:::", "a decimal", "0.75"),
    ("```{figure} a.svg\n---\nalt: A curve that falls to 0.01\n---\nThe curve.\n```", "a decimal", "0.01"),
    ("```{figure} a.svg\n:alt: A curve that falls to 0.01\n\nThe curve.\n```", "a decimal", "0.01"),
    ("{claim}`a quarter, 0.25, of them <some-claim>`", "a decimal", "0.25"),
    ("[about 0.75](https://example.org)", "a decimal", "0.75"),
    ('```{code-cell} ipython3\n:mystnb: {figure: {caption: "It ends at 0.75."}}\nx\n```', "a decimal", "0.75"),
    ("| net | 0.75 |", "a decimal", "0.75"),
    ("# It scores 0.75", "a decimal", "0.75"),
    ("You simply run it.", "a word that says nothing", "simply"),
    ("It is Just a bit.", "a word that says nothing", "Just"),
    ("Obviously not.", "a word that says nothing", "Obviously"),
    ("A powerful net.", "a word that says nothing", "powerful"),
    ("Let us dive into it.", "a phrase that says nothing", "dive into"),
    ("It is worth noting that.", "a phrase that says nothing", "It is worth noting"),
    ("It works!", "an exclamation mark", "!"),
])
def test_lint_rejects(text, what, words):
    assert [(found, match) for _, found, match in complaints(text)] == [(what, words)]


@pytest.mark.parametrize("text", [
    "Strings of 50 bits, batches of 8, and 100,000 strings; 2 of 20 seeds.",
    "OpenAI's *Requests for Research 2.0* asked it.",
    "With Wilson's 95 % interval, or a 95% interval, or an interval at 95 % confidence.",
    "Built with Jupyter Book 1.0.4.post1 on Python 3.11; text CC BY 4.0.",
    "See section 2.1.",
    "Read for 25 minutes.",
    "An array of 100 x 50 numbers, and 5 x's.",
    "Nothing in `0.75 simply!` counts, nor in ``a ` 0.5``.",
    "With $p = 0.75$ and $$p = 0.5!$$ (half)",
    "```{code-cell} ipython3\nx = 0.75  # just!\n```",
    "````{admonition} A word\n```python\nx = 0.75\n```\n````",
    "```{math}\n:label: half\n0.5 \\times 2\n```",
    "---\ntitle: 0.75 just\n---\nText.",
    "{glue:text}`loss-0.75` and {cite}`simply2.5` and {eq}`a-0.5`",
    "{claim}`words <claim-0.75>`",
    "[words](https://example.org/v0.75/just!) and <https://example.org/0.75>",
    "![A curve](curve-0.5.svg)",
    "<!-- just 0.75! -->",
    "% just 0.75!",
    ":::{admonition} In this chapter\n:class: tip-0.75\nText.\n:::",
    "The adjustment is justified, and an injustice is not.",
    "Validation strings are 1.5 times as long.",
])
def test_lint_accepts(text):
    assert complaints(text) == []


def test_lint_names_the_line():
    text = "---\na: 1\n---\n# Head\n\n```python\n0.5\n```\n\nText.\nIt scores 0.75.\n"
    assert complaints(text) == [(11, "a decimal", "0.75")]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_prose_stands_on_its_own_lines_and_most_of_a_page_of_text_is_prose(page):
    text = page.read_text(encoding="utf-8")
    body = text.split("---\n", 2)[-1] if text.startswith("---\n") else text
    lines = [line + words.count("\n") for line, words in prose(text)]
    assert lines[-1] <= text.count("\n") + 1
    assert sum(len(words.split()) for _, words in prose(text)) > 0.1 * len(body.split())


def test_pages_are_found():
    assert {"training.md", "evidence.md"} <= {page.name for page in PAGES}
