"""A lint of the pages' prose: no measured number in digits, and none of the words that this book avoids.

A measured number comes from a cell (glue) or belongs to a claim, because digits in the prose would be wrong after the
next run. A number that the page itself chooses, such as fifty bits, is an integer and passes.
"""

import re
from pathlib import Path

import pytest
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

BOOK = Path(__file__).resolve().parents[2] / "book"
PAGES = sorted(BOOK.glob("*.md"))
assert PAGES, "no page was found"

# Decimals and percentages in names, versions, licences and settings of the book.
ALLOWED = (
    r"Requests for Research 2\.0",
    r"\b95\s?% (?:confidence|interval)",
    r"\binterval at 95\s?%",
    r"\b95\s?% of (?:such|these) experiments",
    r"\b(?:Jupyter Book|Python|PyTorch|NumPy|CC BY|MathJax|anywidget|nbgrader)\s\d+(?:\.\d+)+(?:\.post\d+)?",
    r"\b(?:section|sections|chapter|chapters|equation|figure|table)\s\d+\.\d+",
    r"\b1\.5 times as long",  # the length of validation strings in `train`
)
MEASURED = {
    "a decimal": r"(?<![\w.])\d+\.\d+(?!\d|\.\d|\s?%)",
    "a percentage": r"(?<![\w.])\d+(?:\.\d+)?\s?%|\b(?:\d+|[a-z]+) per ?cent\b",
    "a factor": r"(?<![\w.])\d+\s?(?:x|×)(?![\w×'’]|\s*\d)|\b\d+[- ]fold\b|\b\d+ times (?!\d)",
    "a time": r"(?<![\w.])\d+\s?(?:s|ms|µs|us|ns|seconds?|milliseconds?|microseconds?)\b",
}
UNWANTED = {
    "an empty word": r"\b(?:simply|just|obviously|powerful)\b",
    "an empty phrase": r"\b(?:div(?:e|es|ing) into|it is worth noting|it's worth noting)\b",
    "an exclamation mark": r"!",
}

# A fence in backticks contains code or data, unless it is one of these directives.
PROSE_DIRECTIVES = {"admonition", "note", "tip", "warning", "important", "seealso", "figure", "image", "dropdown",
                    "glossary", "list-table", "table", "epigraph", "margin", "sidebar", "exercise", "solution",
                    "tab-item"}
ADDRESSED = {"figure", "image"}     # the first line of these directives is an address
# Roles that contain labels, keys or formulas instead of prose.
SILENT_ROLES = re.compile(r"(?:cite[:\w]*|glue[:\w]*|eq|numref|math|code|download|index|py[:\w]*|kbd|file|octicon)")
MYST = create_md_parser(MdParserConfig(enable_extensions={"amsmath", "attrs_inline", "colon_fence", "deflist",
                                                          "dollarmath"}), RendererHTML)


def prose(text, line=1):
    """Yield ``(line, words)`` for each paragraph, heading and caption, without code, formulas and targets."""
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
    """Return the words of a token; omitted text becomes as many empty lines."""
    if token.type in ("text", "image"):
        return re.sub(r"https?://\S+", "", token.content)
    if token.type == "myst_role" and not SILENT_ROLES.fullmatch(token.meta["name"]):
        return re.sub(r"<[^>]*>$", "", token.content)
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return "\n" * token.content.count("\n") or " " * bool(token.content)


def _without_options(body):
    """Return the body of a directive with empty options, except for the alt text of a picture, which is prose."""
    options = re.match(r"---\n[\s\S]*?^---$|(?:[ ]*:[\w-]+:.*(?:\n|\Z))*", body, re.MULTILINE)[0]
    kept = [re.sub(r"^\s*:?alt:", "", line) if re.match(r"\s*:?alt:", line) else "" for line in options.split("\n")]
    return "\n".join(kept) + body[len(options):]


def complaints(text):
    """Return ``(line, kind, words)`` for each passage of a page's prose that the lint rejects."""
    problems = []
    for line, words in prose(text):
        for allowed in ALLOWED:
            words = re.sub(allowed.replace(" ", r"\s"), lambda match: "\n" * match.group().count("\n") or " ", words)
        problems += [(line + words.count("\n", 0, match.start()), kind, match.group().strip())
                     for kind, pattern in (MEASURED | UNWANTED).items()
                     for match in re.finditer(pattern, words, re.IGNORECASE)]
    return sorted(problems)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_has_no_measured_numbers_and_no_empty_words(page):
    problems = complaints(page.read_text(encoding="utf-8"))
    assert not problems, "\n" + "\n".join(f"{page.name}:{line}: {kind}: {words!r}" for line, kind, words in problems)


@pytest.mark.parametrize(("text", "kind", "words"), [
    ("It scores 0.75 in evaluation.", "a decimal", "0.75"),
    ("It scores about 74.9 % of them.", "a percentage", "74.9 %"),
    ("Ten percent fail.", "a percentage", "Ten percent"),
    ("That is 25x faster.", "a factor", "25x"),
    ("It is 5 times as fast.", "a factor", "5 times"),
    ("A tenfold or 10-fold gain.", "a factor", "10-fold"),
    ("It takes 2.3 s.", "a decimal", "2.3"),
    ("It takes 18 s.", "a time", "18 s"),
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
    ("It is Just a bit.", "an empty word", "Just"),
    ("Let us dive into it.", "an empty phrase", "dive into"),
    ("It works!", "an exclamation mark", "!"),
])
def test_lint_rejects(text, kind, words):
    assert [problem[1:] for problem in complaints(text)] == [(kind, words)]


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
def test_the_lint_reads_the_prose_of_every_page(page):
    text = page.read_text(encoding="utf-8")
    body = text.split("---\n", 2)[-1] if text.startswith("---\n") else text
    lines = [line + words.count("\n") for line, words in prose(text)]
    assert lines[-1] <= text.count("\n") + 1
    assert sum(len(words.split()) for _, words in prose(text)) > 0.1 * len(body.split())


@pytest.mark.parametrize("page", [page for page in PAGES if "{admonition} In this chapter" in page.read_text("utf-8")],
                         ids=lambda page: page.name)
def test_a_chapter_says_what_measures_each_of_its_objectives(page):
    _, _, rest = page.read_text("utf-8").partition("- **Afterwards you can:**\n")
    box = rest.partition("- **You need:**")[0].splitlines()
    measure = r"  - .* \((?:\[.*\]\(#.*\)|.*\bTasks? \d.*|first question|\*Try\*.*)\)\."
    assert 2 <= len(box) <= 4
    assert [line for line in box if not re.fullmatch(measure, line)] == []
