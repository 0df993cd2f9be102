"""Turns an executed chapter into a notebook that reads well anywhere: plain Markdown, no outputs.

MyST's directives and roles mean nothing to JupyterLab. `PlainMarkdown` rewrites them; what they
refer to (titles, equation numbers, glued values) is asked of a `Lookup`.
"""

from __future__ import annotations

import ast
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import nbformat

ADMONITIONS = {"admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "seealso",
               "tip", "warning", "dropdown", "card", "grid-item-card", "sidebar", "margin", "topic", "epigraph",
               "pull-quote", "exercise", "solution", "tab-item"}
UNNAMED = {"margin", "epigraph", "pull-quote"}     # a block quote without a title of its own kind
CONTAINERS = {"div", "container", "tab-set", "grid", "grid-item", "only", "raw", "centered", "rst-class"}
QUESTIONS = {"guess"}
DROPPED = {"guessed", "index", "toctree", "contents", "tableofcontents", "bibliography", "footbibliography", "glue"}
CODE = {"code", "code-block", "sourcecode"}
IMAGES = {"figure", "image"}
RASTER = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}

CHOICE = re.compile(r"^(\S.*)\n: (.*)$", re.MULTILINE)      # of a question, and what is said to it
OPENING = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,}(?=[^`]*$)|~{3,}|:{3,})\s*(?P<info>.*)$")
DIRECTIVE = re.compile(r"^\{(?P<name>[\w:.-]+)\}\s*(?P<argument>.*)$")
OPTION = re.compile(r"^:(?P<key>[\w-]+):\s*(?P<value>.*)$")
TARGET = re.compile(r"^\s*\([\w:.-]+\)=\s*$")
LABELLED_MATH = re.compile(r"\$\$(?P<body>.+?)\$\$\s*\((?P<label>[\w:.-]+)\)", re.DOTALL)
# The leftmost alternative wins, so that nothing inside code or mathematics is taken for a role.
INLINE = re.compile(
    r"(?P<role>\{(?P<name>[\w:.+-]+)\}(?P<ticks>`+)(?P<content>.+?)(?P=ticks)(?!`))"
    r"|(?P<code>(?P<code_ticks>`+)(?!`).+?(?<!`)(?P=code_ticks)(?!`))(?P<code_style>\{[^}`]*\})?"
    r"|(?P<math>\$\$.+?\$\$|(?<![\\$\w])\$(?![\s$])[^$\n]+?(?:\n(?!\n)[^$\n]+?)*\$)"
    r"|(?P<link>(?P<mark>!?)\[(?P<text>[^\[\]]*)\]\((?P<url>[^()\s]*)\))(?P<link_style>\{[^}`]*\})?"
    r"|(?P<span>\[(?P<span_text>[^\[\]]+)\]\{[#.\w][^}`]*\})"
    r"|(?P<note>\[\^(?P<note_name>[\w-]+)\](?P<note_colon>:)?)", re.DOTALL)
TITLE_AND_TARGET = re.compile(r"^(?P<title>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


class Unknown(ValueError):
    """MyST for which there is no plain form yet."""


class Lookup:
    """What references say. The methods here know nothing, which is enough for a page without any."""

    def title(self, document: str) -> str:
        """The title of another page; the name is relative to this page, or absolute with a leading slash."""
        return document

    def reference(self, label: str) -> str:
        """The title that stands behind a label."""
        return label

    def equation(self, label: str) -> str:
        """The number of an equation."""
        return label

    def figure(self, label: str) -> str:
        """A figure's name and number, such as Figure 2.1; empty where it has none."""
        return ""

    def citation(self, key: str) -> tuple[str, str]:
        """Authors and year."""
        return key, ""

    def glued(self, name: str) -> str | None:
        """The value that a cell glued under this name, as text."""
        return None

    def file(self, name: str) -> Path | None:
        """A file that the page shows."""
        return None


class PlainMarkdown:
    """Rewrites the MyST text of one page; pictures end up in `attachments`."""

    def __init__(self, lookup: Lookup):
        self.lookup = lookup
        self.attachments: dict[str, dict[str, str]] = {}

    def rewrite(self, text: str) -> str:
        """A whole cell."""
        blocks, lines, prose = [], text.split("\n"), []

        def flush() -> None:
            if prose:
                blocks.append(self.inline("\n".join(prose)))
                prose.clear()

        while lines:
            line = lines.pop(0)
            opening = OPENING.match(line)
            if not opening:
                if not (TARGET.match(line) or re.match(r"^%(\s|$)|^\+\+\+", line)):
                    prose.append(line)
                continue
            body = take_block(lines, opening["fence"])
            directive = DIRECTIVE.match(opening["info"].strip())
            if directive:
                flush()
                space = opening["indent"]
                plain = self.directive(directive["name"], directive["argument"].strip(), dedent(body, space))
                blocks.append(indent(plain, space))
            elif opening["fence"][0] == ":":      # ":::" without a name, a container
                flush()
                blocks.append(self.rewrite("\n".join(body)))
            else:
                flush()
                fence = opening["indent"] + opening["fence"]
                blocks.append("\n".join([fence + opening["info"], *body, fence]))
        flush()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(blocks)).strip("\n")

    def directive(self, name: str, argument: str, lines: list[str]) -> str:
        options, body = split_options(lines)
        text = "\n".join(body)
        if name == "math":
            tag = f"\\tag{{{self.lookup.equation(options['label'])}}}" if "label" in options else ""
            return f"\n$$\n{(argument + chr(10) + text).strip()}{tag}\n$$\n"
        if name in CODE:
            return f"\n```{argument}\n{text}\n```\n"
        if name == "literalinclude":
            return f"\n```{options.get('language', '')}\n{self.read(argument)}\n```\n"
        if name in IMAGES:
            picture = self.image(argument, options.get("alt", ""))
            return f"\n{picture}\n\n{self.rewrite(text)}\n"
        if name == "glue:figure":
            return f"\n{self.rewrite(text)}\n"
        if name in DROPPED or name.startswith("glue:"):
            return ""
        if name == "table":
            return f"\n**{self.inline(argument)}**\n\n{self.rewrite(text)}\n"
        if name == "list-table":
            return list_table(self.rewrite(text), self.inline(argument))
        if name in CONTAINERS:
            return f"\n{self.rewrite(text)}\n"
        if name in QUESTIONS:
            return self.quote(name, "Guess", CHOICE.sub(r"- **\1** \2", text))
        if name in ADMONITIONS or name.startswith("prf:"):
            return self.quote(name, argument, text)
        raise Unknown(f"the directive {{{name}}}")

    def quote(self, name: str, argument: str, text: str) -> str:
        """An admonition as a block quote with a bold title."""
        title = self.inline(argument) or ("" if name in UNNAMED else name.rpartition(":")[2].capitalize())
        body = self.rewrite(text)
        whole = f"**{title}**\n\n{body}" if title else body
        return "\n" + "\n".join(f"> {line}".rstrip() for line in whole.strip().split("\n")) + "\n"

    def image(self, name: str, alt: str) -> str:
        """A picture travels inside the notebook if JupyterLab can show it from there, else as its description."""
        file = self.lookup.file(name)
        kind = RASTER.get(Path(name).suffix.lower())
        if file is None or kind is None:
            return f"*[Picture: {alt}]*" if alt else ""
        self.attachments[file.name] = {kind: b64encode(file.read_bytes()).decode()}
        return f"![{alt}](attachment:{file.name})"

    def read(self, name: str) -> str:
        file = self.lookup.file(name)
        if file is None:
            raise Unknown(f"the file {name}")
        return file.read_text(encoding="utf8").rstrip()

    def inline(self, text: str) -> str:
        """Roles, links and footnotes of a stretch of prose."""
        text = LABELLED_MATH.sub(
            lambda match: f"$${match['body'].rstrip()} \\tag{{{self.lookup.equation(match['label'])}}}$$", text)
        return INLINE.sub(self.replace, text)

    def replace(self, match: re.Match) -> str:
        if match["role"]:
            return self.role(match["name"], match["content"])
        if match["code"]:
            return match["code"]
        if match["link"]:
            return self.link(match["mark"], match["text"], match["url"])
        if match["span"]:
            return self.inline(match["span_text"])
        if match["note"]:
            return f"*Note {match['note_name']}.*" if match["note_colon"] else f"(note {match['note_name']})"
        return match["math"]

    def link(self, mark: str, text: str, url: str) -> str:
        if mark:
            return self.image(url, text)
        if re.match(r"^(https?:|mailto:)", url):
            return f"[{self.inline(text)}]({url})"
        page, _, anchor = url.partition("#")
        if text:
            return f"*{self.inline(text)}*"
        return f"*{self.lookup.title(page) if page.endswith('.md') else self.lookup.reference(anchor or page)}*"

    def role(self, name: str, content: str) -> str:
        titled = TITLE_AND_TARGET.match(content)
        title = titled["title"] if titled else None
        target = titled["target"] if titled else content
        kind = name.rpartition(":")[2] if name.startswith(("py:", "std:")) else name
        references: dict[str, Callable[[str], str]] = {
            "doc": self.lookup.title, "ref": self.lookup.reference,
            "numref": lambda label: self.lookup.figure(label) or self.lookup.reference(label),
            "eq": lambda label: f"({self.lookup.equation(label)})"}
        if kind in references:
            return title or references[kind](target.strip())
        if kind in {"term", "claim", "abbr", "download", "guilabel", "menuselection", "any"}:
            return self.inline(title or content)
        if kind in {"func", "meth", "class", "mod", "attr", "data", "exc", "obj", "code", "file", "command", "kbd"}:
            shown = title or (target.rpartition(".")[2] if target.startswith("~") else target)
            return f"`{shown}()`" if kind in {"func", "meth"} and not title else f"`{shown}`"
        if kind.startswith("cite"):
            return self.cite(kind, content)
        if kind.startswith("glue:"):
            return self.glue(content)
        if kind == "math":
            return f"${content}$"
        if kind in {"sub", "sup"}:
            return f"<{kind}>{content}</{kind}>"
        raise Unknown(f"the role {{{name}}}")

    def glue(self, content: str) -> str:
        """The value itself, formatted as the page formats it."""
        name, _, style = content.rpartition("::")[2].partition(":")
        value = self.lookup.glued(name)
        if value is None:
            return f"*{name}*"
        return format(float(value) if style[-1:] in "eEfFgG%" else int(value), style) if style else value

    def cite(self, kind: str, content: str) -> str:
        """(Authors, year), or Authors (year) where the sentence names them."""
        found = [self.lookup.citation(key.strip()) for key in content.split(",")]
        if kind in {"cite:t", "cite:ct", "cite:author"}:
            return " and ".join(f"{who} ({year})" if year else who for who, year in found)
        return "(" + "; ".join(f"{who}, {year}" if year else who for who, year in found) + ")"


def take_block(lines: list[str], fence: str) -> list[str]:
    """Remove from `lines` the body of a fenced block and its end; return the body."""
    closing = re.compile(r"^\s*" + re.escape(fence[0]) + "{" + str(len(fence)) + r",}\s*$")
    body = []
    while lines:
        line = lines.pop(0)
        if closing.match(line):
            break
        body.append(line)
    return body


def split_options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The options of a directive, `:key: value` or between lines of dashes, and its body."""
    options: dict[str, str] = {}
    lines = list(lines)
    if lines and lines[0].strip() == "---":
        end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), len(lines) - 1)
        pairs = (line.partition(":") for line in lines[1:end])
        return {key.strip(): value.strip() for key, _, value in pairs}, lines[end + 1:]
    last = None
    while lines and (OPTION.match(lines[0]) or (last and re.match(r"^\s+\S", lines[0]))):
        line = lines.pop(0)
        if option := OPTION.match(line):
            last = option["key"]
            options[last] = option["value"].strip()
        else:
            options[last] += " " + line.strip()
    while lines and not lines[0].strip():
        lines.pop(0)
    return options, lines


def dedent(lines: list[str], space: str) -> list[str]:
    return [line.removeprefix(space) for line in lines]


def indent(text: str, space: str) -> str:
    return "\n".join(space + line if line else line for line in text.split("\n"))


def list_table(text: str, caption: str) -> str:
    """`* - cell` lists as a table of pipes, the first row as its head."""
    rows: list[list[str]] = []
    for line in text.split("\n"):
        if row := re.match(r"^\*\s+-\s?(.*)$", line):
            rows.append([row[1]])
        elif cell := re.match(r"^\s+-\s?(.*)$", line):
            rows[-1].append(cell[1])
        elif line.strip():
            rows[-1][-1] += " " + line.strip()
    shown = ["| " + " | ".join(row) + " |" for row in rows]
    shown.insert(1, "|" + "---|" * len(rows[0]))
    title = f"**{caption}**\n\n" if caption else ""
    return f"\n{title}" + "\n".join(shown) + "\n"


def without_glue(source: str) -> str:
    """A cell without the lines that put its values into the page's text, which need Jupyter Book."""
    if "glue" not in source:
        return source
    try:
        statements = ast.parse(source).body
    except SyntaxError:      # a magic command of IPython
        return source
    lines = source.split("\n")
    kept = [one for one in statements if not is_glue(one)]
    dropped = {number for one in statements if is_glue(one) for number in range(one.lineno, one.end_lineno + 1)}
    if dropped & {number for one in kept for number in range(one.lineno, one.end_lineno + 1)}:
        raise Unknown("glue and another statement in one line")
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in dropped).strip("\n")


def is_glue(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "myst_nb"
    return (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            and getattr(statement.value.func, "id", "") == "glue")


def caption_of(metadata: dict, lookup: Lookup) -> str:
    """The number of the figure that a cell draws, and what to see in it."""
    figure = metadata.get("mystnb", {}).get("figure", {})
    number, caption = lookup.figure(figure.get("name", "")), figure.get("caption", "")
    return f"**{number}.** {PlainMarkdown(lookup).inline(caption)}".rstrip() if number else ""


INSTALL = """\
> **To run this notebook** you need Python 3.11 or newer and the library of *One Bit of Memory*, {version} when this was
> made: `pip install "one-bit-of-memory[exercises]"`, or in the repository's folder
> `pip install -c constraints.txt -e ".[exercises]"`. Then open the notebook with `jupyter lab`. Interactive figures
> come alive when their cell runs, so choose *Run*, *Run All Cells* first.
>
> The numbers in the text are from the run that made the page; your cells compute them afresh."""


def plain_notebook(executed: nbformat.NotebookNode, lookup: Lookup, version: str) -> nbformat.NotebookNode:
    """A clean copy: how to install, then the page's cells, code without outputs, text as plain Markdown."""
    plain = nbformat.v4.new_notebook(metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "one_bit_of_memory": {"version": version}})
    plain.cells.append(nbformat.v4.new_markdown_cell(INSTALL.format(version=version)))
    for cell in executed.cells:
        if cell.cell_type == "code":
            if source := without_glue(cell.source):
                plain.cells.append(nbformat.v4.new_code_cell(source))
            if caption := caption_of(cell.metadata, lookup):
                plain.cells.append(nbformat.v4.new_markdown_cell(caption))
        elif cell.cell_type == "markdown":
            text = PlainMarkdown(lookup)
            new = nbformat.v4.new_markdown_cell(text.rewrite(cell.source))
            if text.attachments:
                new["attachments"] = text.attachments
            if new.source:
                plain.cells.append(new)
    for number, cell in enumerate(plain.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(plain)
    return plain
