"""A Sphinx transform that turns drawings into numbered figures with captions.

A cell gives the name and the caption of its figure: `:mystnb: {figure: {name: fig-x, caption: "..."}}`. A drawing
comes with its own key and a table of its numbers. The key is added to the caption, and the table follows the caption.
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
    """A transform that merges the captions of each drawing into one."""

    default_priority = 800      # before Sphinx labels the figures of a page

    def apply(self, **kwargs) -> None:
        for figure in self.document.findall(nodes.figure):
            merge_captions(figure)


def merge_captions(figure: nodes.figure) -> None:
    """Move a drawing's key and numbers into the caption and the legend of its figure."""
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
            key = " " * bool(caption.children) + unescape(picture["key"])
            caption += nodes.inline(key, key, classes=["key-of-picture"])
        if picture["numbers"]:
            figure += nodes.legend("", nodes.raw("", picture["numbers"], format="html"))
