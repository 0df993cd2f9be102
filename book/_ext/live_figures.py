"""Interactive figures in a built page: the space that each needs, and a picture for browsers that run no script."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.transforms.post_transforms import SphinxPostTransform

WIDGET, SVG = "application/vnd.jupyter.widget-view+json", "image/svg+xml"


class LiveFigures(SphinxPostTransform):
    """A transform that surrounds every interactive figure with the place in which it is drawn and its still picture.

    A widget offers its picture as a second form of a cell's output. MyST-NB later keeps the interactive form alone,
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
        """Return the saved state of the page's widgets, which MyST-NB writes into the page's head."""
        scripts = NbMetadataCollector.get_js_files(self.env, self.env.docname)
        return json.loads(scripts["ipywidgets_state"][1]["body"])["state"] if "ipywidgets_state" in scripts else {}

    def save_picture(self, form: nodes.container, number: int, model: dict) -> str:
        """Write the picture of the page's `number`-th figure to a file and return the tag that shows it."""
        page = self.env.docname
        drawn = Path(self.env.srcdir) / next(form.findall(nodes.image))["uri"]
        svg = with_size(drawn.read_text(encoding="utf8"))
        name = f"_static/still/{page.replace('/', '-')}-{number}.svg"
        target = Path(self.app.outdir) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(svg, encoding="utf8")
        least = re.search(r"min-width: (\d+px)", svg)[1]
        return (f'<img alt="{escape(model["sentence"])}" src="{"../" * page.count("/")}{name}" '
                f'style="--least: {least}" loading="lazy">')


def surroundings(model: dict, image: str) -> str:
    """Return the place for a figure, as high as the figure will be, and what readers without JavaScript see instead."""
    heights = zip(("column", "phone"), model.get("room", []))
    style = " ".join(f"--room-{width}: {rem}rem;" for width, rem in heights)
    caption = f"[An interactive figure, which needs JavaScript.] {escape(model.get('sentence', ''))}"
    return (f'<div class="widget-host" style="{style}"></div><noscript><figure class="parity-figure parity-still">'
            f"{image}<figcaption>{caption}</figcaption></figure></noscript>")


def with_size(svg: str) -> str:
    """Return a drawing with its greatest width and height in px, because a file of its own has no page to fill."""
    widest = float(re.search(r"max-width: (\d+)pt", svg)[1]) * 96 / 72
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    return svg.replace("<svg", f'<svg width="{widest:.0f}" height="{widest * height / width:.0f}"', 1)
