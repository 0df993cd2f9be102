"""A Sphinx extension for exercises that readers can do in the page.

`parity book --runtime` has written the files that run Python in a page (:mod:`parity_book.runtime`) and names them in
the setting `parity_runtime`. Without them, the page only shows the notebook, with a link that downloads it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

PAGES = ("exercises/unrolling/unrolling",      # their checks need NumPy alone
         "exercises/gradient_through_time/gradient_through_time")


def add_editors(app, pagename, templatename, context, doctree) -> None:
    """Add the notebook, and the script that makes its cells editable, to the page of an exercise."""
    if pagename not in PAGES or not app.config.parity_runtime:
        return
    notebook = json.loads((Path(app.srcdir) / f"{pagename}.ipynb").read_text(encoding="utf8"))
    data = json.dumps({"name": Path(pagename).name, "notebook": notebook, "files": app.config.parity_runtime})
    context["body"] += '<script type="application/json" id="exercise-data">{}</script>'.format(
        data.replace("<", "\\u003c"))
    app.add_js_file("exercise.js", loading_method="defer")
    app.add_css_file("exercise.css")


def copy_runtime(app, exception) -> None:
    """Copy the runtime into the built book, or remove that of an earlier build."""
    target = Path(app.outdir) / "_static" / "runtime"
    shutil.rmtree(target, ignore_errors=True)
    if app.config.parity_runtime and not exception:
        shutil.copytree(Path(app.srcdir) / "_build" / "runtime", target)


def setup(app) -> dict[str, bool]:
    app.add_config_value("parity_runtime", {}, "html")
    app.connect("html-page-context", add_editors)
    app.connect("build-finished", copy_runtime)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
