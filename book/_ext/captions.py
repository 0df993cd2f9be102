"""Numbered figures: what a cell draws becomes a figure of the book, with one caption and a number by chapter.

A cell names its figure and says what to see, `:mystnb: {figure: {name: fig-x, caption: "..."}}`. The picture brings a
key of its own, how it is to be read, and its numbers: the key ends the caption, and the numbers follow it.
"""

from __future__ import annotations

import re
from html import unescape

from docutils import nodes
from sphinx.transforms import SphinxTransform

PICTURE = re.compile(
    r'<figure class="parity-figure">(?P<drawing><div class="parity-drawing".*?</svg>\s*</div>)\s*'
    r"(?:<figcaption>(?P<key>.*?)</figcaption>)?"
    r"(?P<numbers><details.*</details>)?</figure>", re.DOTALL)


class OneCaption(SphinxTransform):
    """Gives the figures of a page that are pictures one caption each."""

    default_priority = 800      # before Sphinx gives the figures of a page their labels

    def apply(self, **kwargs) -> None:
        for figure in self.document.findall(nodes.figure):
            one_caption(figure)


def one_caption(figure: nodes.figure) -> None:
    """Put the key and the numbers of the picture in a figure into the figure's own caption."""
    for raw in list(figure.findall(nodes.raw)):
        picture = PICTURE.fullmatch(raw.astext().strip())
        if picture is None:
            continue
        raw.children = [nodes.Text(f'<div class="parity-figure">{picture["drawing"]}</div>')]
        caption = next(figure.findall(nodes.caption), None)
        if caption is None:
            figure += (caption := nodes.caption("", ""))
            caption.source, caption.line = figure.source, figure.line
        if picture["key"]:
            caption += nodes.Text(" " * bool(caption.children) + unescape(picture["key"]))
        if picture["numbers"]:
            figure += nodes.legend("", nodes.raw("", picture["numbers"], format="html"))
