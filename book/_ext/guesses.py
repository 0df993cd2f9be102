"""The directives {guess} and {guessed}: a question that keeps what the reader answers, and shows it beside the result.

    :::{guess} forget-gate                          :::{guessed} forget-gate
    Which gate is shut all the time?                :::

    The forget gate
    : Yes: this unit writes its answer anew.

    The input gate
    : No: then nothing would ever be written.
    :::

With a definition list the reader chooses, and reads the reply; with a list of bullets they choose, and a later passage
replies; without either they write a few words. What they answered stays in their browser (`_static/guesses.js`).
Without JavaScript the question stands, with what there is to choose from and, folded away, the replies.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

SCRIPT = "guesses.js"


class guess(nodes.General, nodes.Element):
    """A question, with its `name`."""


class replies(nodes.General, nodes.Element):
    """The choices and, if there is something `said` to each, that."""


class guessed(nodes.General, nodes.Element):
    """Where the reader's answer to `name` is shown."""


class Guess(SphinxDirective):
    """The question, and perhaps choices with replies."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        node = guess(name=self.arguments[0])
        node["ids"].append(f"guess-{self.arguments[0]}")
        self.state.nested_parse(self.content, self.content_offset, node)
        for choices in [child for child in node if isinstance(child, (nodes.definition_list, nodes.bullet_list))]:
            node.replace(choices, replies("", choices, said=isinstance(choices, nodes.definition_list)))
        return [node]


class Guessed(SphinxDirective):
    """The place beside a result."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [guessed(name=self.arguments[0])]


def open_guess(writer, node) -> None:
    writer.body.append(f'<div class="guess" id="{escape(node["ids"][0])}" data-guess="{escape(node["name"])}">')


def close(writer, node) -> None:
    writer.body.append("</div>")


def open_replies(writer, node) -> None:
    writer.body.append('<details class="guess-choices"><summary>Answers</summary>' if node["said"] else
                       '<div class="guess-choices">')


def close_replies(writer, node) -> None:
    writer.body.append("</details>" if node["said"] else "</div>")


def open_guessed(writer, node) -> None:
    writer.body.append(f'<div class="guessed" data-guess="{escape(node["name"])}">')


def skip(writer, node) -> None:
    """Other builders show what is inside."""


def add_script(app, pagename, templatename, context, doctree) -> None:
    """Give the script to the pages that have a question or an answer, and to the one that lists all."""
    def concerns(node) -> bool:
        return isinstance(node, (guess, guessed)) or "guesses-kept" in node.get("classes", [])
    if doctree and any(concerns(node) for node in doctree.findall(nodes.Element)):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app) -> dict[str, bool]:
    for node, enter, leave in ((guess, open_guess, close), (replies, open_replies, close_replies),
                               (guessed, open_guessed, close)):
        app.add_node(node, html=(enter, leave), latex=(skip, skip), text=(skip, skip))
    app.add_directive("guess", Guess)
    app.add_directive("guessed", Guessed)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
