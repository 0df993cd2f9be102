"""What this book adds to Jupyter Book: a cache that is never stale, and pages that ask nobody for anything."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from docutils import nodes

# A page's outputs depend on these as well as on its own cells.
DEPENDENCIES = ("parity_lib", "book/results", "constraints.txt")
SOURCE_SUFFIXES = {".py", ".js", ".css", ".json", ".txt"}


def dependency_key(root: Path) -> str:
    """A hash of the names and contents of all that pages import or load."""
    digest = hashlib.sha256()
    for name in DEPENDENCIES:
        place = root / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.is_file() and file.suffix in SOURCE_SUFFIXES:
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def key_the_cache(app, config) -> None:
    """Give each state of the dependencies an execution cache of its own.

    The stock cache knows a page by its cells alone, so a page would keep its old
    numbers when an imported module changes. A changed path is also a changed
    configuration, which makes Sphinx read every page again.
    """
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / dependency_key(Path(app.srcdir))
    if caches.is_dir():
        for other in caches.iterdir():
            if other != current:
                shutil.rmtree(other) if other.is_dir() else other.unlink()
    config.nb_execution_cache_path = str(current)
    os.environ["PARITY_PROGRESS"] = "0"  # no trace of progress bars in pages
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # seeds repeat only with one thread


def drop_remote_scripts(app, pagename, templatename, context, doctree) -> None:
    """Remove the live-code scripts, which load from another host."""
    context["script_files"] = [
        script for script in context["script_files"]
        if "thebe" not in str(script) and "thebe" not in str(getattr(script, "attributes", {}).get("body", ""))
    ]


def drop_remote_settings(app, doctree, docname) -> None:
    """Remove what the live-code extension leaves in a page for its scripts."""
    for node in list(doctree.findall(nodes.raw)):
        if "thebe" in node.astext() or "kernelName" in node.astext():
            node.parent.remove(node)


def setup(app) -> dict[str, bool]:
    app.connect("config-inited", key_the_cache)
    app.connect("html-page-context", drop_remote_scripts, priority=900)
    app.connect("doctree-resolved", drop_remote_settings, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
