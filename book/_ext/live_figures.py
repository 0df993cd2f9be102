"""Sphinx transforms for the figures in the built pages.

One reserves the space that each interactive figure needs, and adds a picture for browsers that run no script. The
other moves the folded code of a figure below the figure.
"""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, NbMetadataCollector
from sphinx.transforms.post_transforms import SphinxPostTransform

WIDGET, SVG = "application/vnd.jupyter.widget-view+json", "image/svg+xml"


class LiveFigures(SphinxPostTransform):
    """A transform that adds a container and a still picture to each interactive figure.

    A widget offers its picture as a second form of a cell's output. MyST-NB later keeps only the interactive form,
    so the picture has to be taken before. It becomes a file, which browsers with JavaScript never fetch.
    """

    default_priority = 3        # MyST-NB chooses the form at 4
    builders = ("html",)

    def run(self, **kwargs) -> None:
        models, count = self.models(), 0
        for bundle in self.document.findall(nodes.container):
            forms = {form.get("mime_type"): form for form in bundle.children if isinstance(form, nodes.container)}
            if WIDGET in forms:
                count += 1
                view = next(forms[WIDGET].findall(nodes.raw))
                model = models[json.loads(re.sub(r"<[^>]*>", "", view.astext()))["model_id"]]["state"]
                image = self.save_picture(forms[SVG], count, model) if SVG in forms else ""
                view.replace_self(nodes.raw("", view.astext() + surroundings(model, image), format="html"))

    def models(self) -> dict[str, dict]:
        """Return the saved states of the widgets on a page, which MyST-NB writes into the head of the page."""
        scripts = NbMetadataCollector.get_js_files(self.env, self.env.docname)
        return json.loads(scripts["ipywidgets_state"][1]["body"])["state"] if "ipywidgets_state" in scripts else {}

    def save_picture(self, form: nodes.container, number: int, model: dict) -> str:
        """Save the still picture of the interactive figure with this number and return its HTML tag."""
        page = self.env.docname
        drawn = Path(self.env.srcdir) / next(form.findall(nodes.image))["uri"]
        name = f"_static/still/{page.replace('/', '-')}-{number}.svg"
        target = Path(self.app.outdir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        svg = shutil.copy(drawn, target).read_text(encoding="utf8")
        self.app.parity_figures[page, f"interactive-{number}"] = svg, f"Interactive figure: {model['sentence']}"
        widest, least = re.search(r"width: (\d+px); max-width: 100%; min-width: (\d+px)", svg).groups()
        return (f'<img alt="{escape(model["sentence"])}" src="{"../" * page.count("/")}{name}" '
                f'style="width: 100%; max-width: {widest}; --least: {least}" loading="lazy">')


class CodeBelowFigures(SphinxPostTransform):
    """A transform that moves the folded code of each cell below the cell's output."""

    default_priority = 200      # MyST-NB folds it at 199
    builders = ("html",)

    def run(self, **kwargs) -> None:
        for code in list(self.document.findall(HideCodeCellNode)):
            cell = code.parent
            cell.remove(code)
            cell += code


def surroundings(model: dict, image: str) -> str:
    """Return a container as high as an interactive figure, and its fallback for browsers without JavaScript."""
    heights = zip(("column", "phone"), model.get("room", []))
    style = " ".join(f"--room-{width}: {rem}rem;" for width, rem in heights)
    caption = f"[An interactive figure, which needs JavaScript.] {escape(model.get('sentence', ''))}"
    return (f'<div class="widget-host" style="{style}"></div><noscript><figure class="parity-figure parity-still">'
            f"{image}<figcaption>{caption}</figcaption></figure></noscript>")
