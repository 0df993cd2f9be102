"""Interactive figures in a built page: their saved state, room for each, and what stands there where no script runs."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

WIDGET, SVG = "application/vnd.jupyter.widget-view+json", "image/svg+xml"
STATE = re.compile(r'<script type="application/vnd.jupyter.widget-state\+json">(.*?)</script>', re.DOTALL)
# A view, with the picture that StillPictures has put behind it, if the figure has one. A page that this build left as
# it was has been told already.
VIEW = re.compile(r'(<script type="application/vnd.jupyter.widget-view\+json">([^<]*)</script>)'
                  r"(?:<noscript>(<img[^>]*>)</noscript>)?(?!<div class=.widget-host)")


def told(text: str) -> str:
    """A page with room for each interactive figure, and what it shows and says where no script runs."""
    saved = {}
    for state in STATE.findall(text):
        saved |= json.loads(state)["state"]

    def with_sentence(view: re.Match) -> str:
        script, data, image = view.groups()
        state = saved[json.loads(data)["model_id"]]["state"]
        sentence = escape(state.get("sentence", ""))
        room = "".join(f"--room-{name}: {rem}rem; " for name, rem in zip(("column", "phone"), state.get("room", [])))
        image = image.replace("<img", f'<img alt="{sentence}"') if image else ""
        words = f"[An interactive figure, which needs JavaScript.] {sentence}"
        return (f'{script}<div class="widget-host" style="{room.strip()}"></div><noscript><figure '
                f'class="parity-figure parity-still">{image}<figcaption>{words}</figcaption></figure></noscript>')
    return VIEW.sub(with_sentence, STATE.sub(once, text))


def once(state: re.Match) -> str:
    """The state of a page's models, in which a text that several have stands once."""
    saved, first = json.loads(state[1]), {}
    for name, model in saved["state"].items():
        for key in {"_esm", "_css"} & set(model["state"]):
            if isinstance(model["state"][key], dict):       # by a build before, which left the page as it is
                continue
            owner = first.setdefault((key, model["state"][key]), name)
            if owner != name:
                model["state"][key] = {"like": owner}
    return state[0].replace(state[1], json.dumps(saved).replace("<", "\\u003c"))


class StillPictures(SphinxPostTransform):
    """Put the picture of an interactive figure behind it, for browsers in which no script runs.

    A widget gives its picture as a second form of a cell's output. MyST-NB chooses one form for the page, the live
    one, so the picture is taken before. It is a file, which browsers with JavaScript never fetch.
    """

    default_priority = 3        # MyST-NB chooses at 4
    builders = ("html",)

    def run(self, **kwargs) -> None:
        name, count = self.env.docname, 0
        for bundle in self.document.findall(nodes.container):
            forms = {form.get("mime_type"): form for form in bundle.children if isinstance(form, nodes.container)}
            if not {WIDGET, SVG} <= set(forms):
                continue
            count += 1
            picture = f"_static/still/{name.replace('/', '-')}-{count}.svg"
            drawn = next(forms[SVG].findall(nodes.image))
            target = Path(self.app.outdir) / picture
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(sized((Path(self.env.srcdir) / drawn["uri"]).read_text(encoding="utf8")), encoding="utf8")
            view = next(forms[WIDGET].findall(nodes.raw))
            least = re.search(r"min-width: (\d+px)", target.read_text(encoding="utf8"))[1]
            image = f'<img src="{"../" * name.count("/")}{picture}" style="--least: {least}" loading="lazy">'
            view.replace_self(nodes.raw("", f"{view.astext()}<noscript>{image}</noscript>", format="html"))


def sized(svg: str) -> str:
    """A drawing with the width and height, in px, that it may grow to: in a file of its own it has no page to fill."""
    widest = float(re.search(r"max-width: (\d+)pt", svg)[1]) * 96 / 72
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    return svg.replace("<svg", f'<svg width="{widest:.0f}" height="{widest * height / width:.0f}"', 1)
