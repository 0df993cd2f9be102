"""A lint of the pages' prose: no measured number in digits, and none of the words that this book avoids.

A measured number comes from a cell (glue) or belongs to a claim, because digits in the prose would be wrong after the
next run. A number that the page itself chooses, such as fifty bits, is an integer and passes.
"""

import ast
import builtins
import math
import re
import statistics
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
    ("It is 5 times as fast.", "a factor", "5 times"),
    ("It takes 3 seconds.", "a time", "3 seconds"),
    ("A step, and\nthen 0.5 again.", "a decimal", "0.5"),
    (":::{tip} A hint\n:class: dropdown\nIt scores 0.75.\n:::", "a decimal", "0.75"),
    ("```{figure} a.svg\n---\nalt: A curve that falls to 0.01\n---\nThe curve.\n```", "a decimal", "0.01"),
    ("{claim}`a quarter, 0.25, of them <some-claim>`", "a decimal", "0.25"),
    ('```{code-cell} ipython3\n:mystnb: {figure: {caption: "It ends at 0.75."}}\nx\n```', "a decimal", "0.75"),
    ("It is Just a bit.", "an empty word", "Just"),
    ("Let us dive into it.", "an empty phrase", "dive into"),
    ("It works!", "an exclamation mark", "!"),
])
def test_lint_rejects(text, kind, words):
    assert [problem[1:] for problem in complaints(text)] == [(kind, words)]


@pytest.mark.parametrize("page", [page for page in PAGES if "{admonition} In this chapter" in page.read_text("utf-8")],
                         ids=lambda page: page.name)
def test_a_chapter_says_what_measures_each_of_its_objectives(page):
    _, _, rest = page.read_text("utf-8").partition("- **Afterwards you can:**\n")
    box = rest.partition("- **You need:**")[0].splitlines()
    measure = r"  - .* \((?:\[.*\]\(#.*\)|.*\bTasks? \d.*|first question|\*Try\*.*)\)\."
    assert 2 <= len(box) <= 4
    assert [line for line in box if not re.fullmatch(measure, line)] == []


CELL = re.compile(r"^```\{code-cell\} ipython3\n((?::[^\n]*\n)*)(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDED_OR_HIDDEN = re.compile(r"hide-input|remove-input|remove-cell")


def unknown_names(text):
    """Return the names that a page's visible code uses although no visible code up to there imports or defines them."""
    known, missing = {*dir(builtins)}, []
    for options, code in CELL.findall(text):
        if FOLDED_OR_HIDDEN.search(options):
            continue
        nodes = list(ast.walk(ast.parse(code)))
        known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        known |= {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}
        names = [node for node in nodes if isinstance(node, ast.Name)]
        known |= {name.id for name in names if not isinstance(name.ctx, ast.Load)}
        missing += [name.id for name in names if name.id not in known]
    return sorted(set(missing))


@pytest.mark.parametrize("name", [
    "pytorch", "one-bit", "unrolling", "data", "packing", "training", "gradient", "gates", "a-network-that-writes",
    "the-experiment", "what-did-it-learn", "then-and-now"])
def test_visible_code_imports_or_defines_all_its_names(name):
    assert unknown_names((BOOK / f"{name}.md").read_text("utf-8")) == []


def test_a_name_from_folded_code_is_noticed():
    cell = "```{{code-cell}} ipython3\n{}\n```\n"
    folded = cell.format(":tags: [hide-input]\nimport numpy as np")
    assert unknown_names(folded + cell.format("bits = np.zeros(3)\nprint(bits)")) == ["np"]


def test_the_box_of_a_chapter_has_the_median_of_its_readers_minutes():
    """The boxes of the course state what the table in *How to use this book* holds."""
    table = re.findall(r"^\| \{doc\}`([\w-]+)` \| (\d+(?:, \d+){2,}) \|$",
                       (BOOK / "how-to-use.md").read_text(encoding="utf8"), re.MULTILINE)
    boxes = [int(re.search(r"\*\*Time:\*\* (\d+) minutes", (BOOK / f"{name}.md").read_text(encoding="utf8"))[1])
             for name, _ in table]
    assert len(table) == 11
    assert boxes == [math.ceil(statistics.median(map(int, minutes.split(", ")))) for _, minutes in table]
