"""Sphinx directives for questions that readers answer on the page.

The directive {guess} asks a question and keeps the reader's answer, and {guessed} shows the answer next to the result:

    :::{guess} forget-gate                          :::{guessed} forget-gate
    Which gate is shut all the time?                :::

    The forget gate
    : Yes: this unit writes its answer anew.

    The input gate
    : No: then nothing would ever be written.
    :::

With a definition list, the reader chooses and reads the reply. With a bullet list, they choose and a later passage
replies. Without a list, they write a few words. Answers stay in the reader's browser (`_static/guesses.js`). Without
JavaScript, the page shows the question and the choices, and folds the replies away.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class guess(nodes.General, nodes.Element):
    """A document node for a question, with the `name` of the question."""


class replies(nodes.General, nodes.Element):
    """A document node for the possible answers; `answered` is True if each of them has a reply."""


class guessed(nodes.General, nodes.Element):
    """A document node for the place that shows the reader's answer to the question called `name`."""


class Guess(SphinxDirective):
    """A directive that asks the reader a question with or without choices and replies."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        node = guess(name=self.arguments[0])
        node["ids"].append(f"guess-{self.arguments[0]}")
        self.state.nested_parse(self.content, self.content_offset, node)
        for choices in [child for child in node if isinstance(child, (nodes.definition_list, nodes.bullet_list))]:
            node.replace(choices, replies("", choices, answered=isinstance(choices, nodes.definition_list)))
        return [node]


class Guessed(SphinxDirective):
    """A directive that shows the reader's answer to an earlier question."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [guessed(name=self.arguments[0])]


def open_guess(writer, node) -> None:
    writer.body.append(f'<div class="guess" id="{escape(node["ids"][0])}" data-guess="{escape(node["name"])}">')


def open_replies(writer, node) -> None:
    writer.body.append('<details class="guess-choices"><summary>Answers</summary>' if node["answered"] else
                       '<div class="guess-choices">')


def close_replies(writer, node) -> None:
    writer.body.append("</details>" if node["answered"] else "</div>")


def open_guessed(writer, node) -> None:
    writer.body.append(f'<div class="guessed" data-guess="{escape(node["name"])}">')


def close(writer, node) -> None:
    writer.body.append("</div>")


def add_script(app, pagename, templatename, context, doctree) -> None:
    """Add the script to pages with a question or an answer, and to the page that lists all answers."""
    if doctree and any(isinstance(node, (guess, guessed)) or "guesses-kept" in node.get("classes", [])
                       for node in doctree.findall(nodes.Element)):
        app.add_js_file("guesses.js", loading_method="defer")


def setup(app) -> dict[str, bool]:
    app.add_node(guess, html=(open_guess, close))
    app.add_node(replies, html=(open_replies, close_replies))
    app.add_node(guessed, html=(open_guessed, close))
    app.add_directive("guess", Guess)
    app.add_directive("guessed", Guessed)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
