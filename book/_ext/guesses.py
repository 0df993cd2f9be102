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

import re
from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

# The HTML around the possible answers: with and without a reply to each of them.
AROUND = {nodes.definition_list: ('<details class="guess-choices"><summary>Answers</summary>', "</details>"),
          nodes.bullet_list: ('<div class="guess-choices">', "</div>")}


class guess(nodes.General, nodes.Element):
    """A document node for a question, with the `name` of the question."""


class Guess(SphinxDirective):
    """A directive that asks the reader a question with or without choices and replies."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        node = guess(name=self.arguments[0], ids=[f"guess-{self.arguments[0]}"])
        self.state.nested_parse(self.content, self.content_offset, node)
        for choices in [child for child in node if type(child) in AROUND]:
            before, after = (nodes.raw("", html, format="html") for html in AROUND[type(choices)])
            node.replace(choices, [before, choices, after])
        return [node]


class Guessed(SphinxDirective):
    """A directive that shows the reader's answer to an earlier question."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", f'<div class="guessed" data-guess="{escape(self.arguments[0])}"></div>', format="html")]


def open_guess(writer, node) -> None:
    writer.body.append(f'<div class="guess" id="{escape(node["ids"][0])}" data-guess="{escape(node["name"])}">')


def close_guess(writer, node) -> None:
    writer.body.append("</div>")


def add_script(app, pagename, templatename, context, doctree) -> None:
    """Add the script to pages with a question or an answer, and to the page that lists all answers."""
    if re.search(r'data-guess=|class="[^"]*guesses-kept', context.get("body", "")):
        app.add_js_file("guesses.js", priority=900, loading_method="defer")     # after page.js


def setup(app) -> dict[str, bool]:
    app.add_node(guess, html=(open_guess, close_guess))
    app.add_directive("guess", Guess)
    app.add_directive("guessed", Guessed)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
