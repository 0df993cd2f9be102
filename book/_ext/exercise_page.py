"""A Sphinx extension for the pages of exercises, which link to their notebooks, and some of which run Python.

`parity book --runtime` has written the files that run Python in a page (:mod:`parity_book.runtime`) and names them in
the setting `parity_runtime`. Without them, the page only shows the notebook.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform

from parity_teaching.addresses import addresses

EXERCISES = "exercises/"     # their folder
PAGES = ("exercises/unrolling/unrolling",      # their checks need NumPy alone
         "exercises/gradient_through_time/gradient_through_time")


DOWNLOAD = '<a href="../../_sources/{}.ipynb" download>Download this notebook</a>'
COLAB = ' <a href="{}">Open in Colab</a>'
HELP = ' <span><a href="../../book/how-to-use.html#run-it">How to run it</a></span>'


class NotebookLinks(SphinxTransform):
    """A transform that adds links to the notebook of an exercise after the first paragraph of its page."""

    default_priority = 800

    def apply(self, **kwargs) -> None:
        page = self.env.docname
        if page.startswith(EXERCISES):
            first = next(node for node in self.document.findall(nodes.paragraph)
                         if isinstance(node.parent, nodes.section))
            colab = addresses(Path(self.env.srcdir)).colab(f"{page}.ipynb")
            links = DOWNLOAD.format(page) + (COLAB.format(colab) if colab else "") + HELP
            first.parent.insert(first.parent.index(first) + 1,
                                nodes.raw("", f'<p class="get-notebook">{links}</p>', format="html"))


def add_editors(app, pagename, templatename, context, doctree) -> None:
    """Add the notebook, and the script that makes its cells editable, to the page of an exercise."""
    if pagename not in PAGES or not app.config.parity_runtime:
        return
    notebook = json.loads((Path(app.srcdir) / f"{pagename}.ipynb").read_text(encoding="utf8"))
    data = json.dumps({"name": Path(pagename).name, "notebook": notebook, "files": app.config.parity_runtime})
    context["body"] += '<script type="application/json" id="exercise-data">{}</script>'.format(
        data.replace("<", "\\u003c"))
    app.add_js_file("exercise.js", priority=900, loading_method="defer")     # after page.js
    app.add_css_file("exercise.css")


def copy_runtime(app, exception) -> None:
    """Copy the runtime into the built book, or remove that of an earlier build."""
    target = Path(app.outdir) / "_static" / "runtime"
    shutil.rmtree(target, ignore_errors=True)
    if app.config.parity_runtime and not exception:
        shutil.copytree(Path(app.srcdir) / "_build" / "runtime", target)


def setup(app) -> dict[str, bool]:
    app.add_config_value("parity_runtime", {}, "html")
    app.add_transform(NotebookLinks)
    app.connect("html-page-context", add_editors)
    app.connect("build-finished", copy_runtime)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
