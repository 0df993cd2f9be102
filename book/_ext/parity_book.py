"""What this book adds to Jupyter Book.

An execution cache that is never stale; a build that says little; pages that ask no other host for anything;
markup that screen readers understand; notes that open in place; numbered figures; a description and social
metadata for each page; a clean notebook of each chapter; the role {claim}.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import sys
from collections import Counter
from functools import cache
from html import escape, unescape
from pathlib import Path

import nbformat
from captions import OneCaption
from citing import PICTURE, add_citation, draw_picture
from docutils import nodes
from in_place import with_places
from lighter import lightened
from live_figures import StillPictures, told
from plain_notebook import Lookup, Unknown, plain_notebook
from room import with_room
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

import parity_lib

LOG = logging.getLogger(__name__)

# A page's outputs depend on these as well as on its own cells.
DEPENDENCIES = ("parity_lib", "book/claims", "constraints.txt",
                "tests/submissions/*/calibration.json", "tests/trust.json")
EVIDENCE = "book/evidence"          # the page where every claim has its place
EXERCISES = "exercises/"            # pages that are notebooks already, and are not executed
ENV_VERSION = 4     # a new number makes Sphinx read every page again: raise it with what a role or directive gives
GENERATED = {"genindex": "Index", "search": "Search"}    # pages without a source, and so without a title
DESCRIPTION_LENGTH = 160


# A cache that is never stale

def dependency_key(root: Path) -> str:
    """A hash of the names and contents of all that pages import or load."""
    digest = hashlib.sha256()
    for pattern in DEPENDENCIES:
        places = sorted(root.glob(pattern))
        for file in (file for place in places for file in (sorted(place.rglob("*")) if place.is_dir() else [place])):
            path = file.relative_to(root)
            if file.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in path.parts):
                digest.update(path.as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
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


def calm_kernels(app, config) -> None:
    """Give the kernels a folder of settings of their own: no page hangs on somebody's profile of IPython.

    Each kernel would also log a warning of its own that its sockets are not encrypted; they never leave
    this machine. What a page's code warns of is an output of its cell, not part of this log.
    """
    profile = Path(app.outdir).parent / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text("c = get_config()\nc.IPKernelApp.log_level = 'ERROR'\n",
                                                      encoding="utf8")
    os.environ["IPYTHONDIR"] = str(profile.parent)


def count_pages(app, env, names) -> None:
    """Number the pages that are about to be read."""
    app.numbered = {name: f"{number} of {len(names)}" for number, name in enumerate(names, 1)}


def announce(app, name, source) -> None:
    """A line for each page when its turn comes: one with cells to run takes a while."""
    print(f"Page {app.numbered[name]}: {name}", flush=True)


def keep_static_folder(app, config) -> None:
    """Make the folder of static files before anything is copied.

    After a build that failed early the theme copies its logo to `_static` as if that were a file,
    and every later build stumbles over it.
    """
    folder = Path(app.outdir) / "_static"
    if folder.is_file():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def forget_if_warned(app, exception) -> None:
    """Make the next build read every page again if this one warned.

    Sphinx remembers pages that it has read, so their warnings are silent the second time,
    and a broken page would build.
    """
    if app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


# Pages that ask nobody for anything

def silence_live_code(app, config) -> None:
    """Take the live-code extension out of the build: its scripts load from another host."""
    for listeners in app.events.listeners.values():
        listeners[:] = [one for one in listeners if not one.handler.__module__.startswith("sphinx_thebe")]


def drop_live_code_style(app, pagename, templatename, context, doctree) -> None:
    """Remove the style sheet of the live code that pages no longer have."""
    context["css_files"] = [
        sheet for sheet in context["css_files"] if "thebe" not in str(getattr(sheet, "filename", sheet))]


# Markup that screen readers understand

MENDED = {
    # The sidebar is no landmark, and its triangles have no names.
    r'<div id="pst-primary-sidebar"(?! role)': '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    r'<summary><span class="toctree-toggle"': '<summary aria-label="Pages of this part"><span class="toctree-toggle"',
    # Roles of the bibliography that ARIA has given up: https://www.w3.org/TR/dpub-aria-1.1/#doc-biblioentry
    r'<div role="list" class="citation-list">': '<div class="citation-list">',
    r' role="doc-biblioentry"': "",
    # The corner of a table whose rows have names as well is no header.
    r'<th class="head[^"]*">(?:<p></p>)?</th>': "<td></td>",
}


def mended(text: str) -> str:
    """A page without what the theme and docutils write against ARIA's rules; axe-core finds it."""
    for pattern, better in MENDED.items():
        text = re.sub(pattern, better, text)
    return text


# Pages as they should have been written

def finish_pages(app, exception) -> None:
    """Rewrite each page as the theme should have written it, and give it what its links lead to."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    before = {file.relative_to(folder).as_posix(): file.read_text(encoding="utf8") for file in folder.rglob("*.html")}
    for name, text in with_places({name: mended(text) for name, text in before.items()}).items():
        after = with_room(told(lightened(Path(name).stem, text)))
        if after != before[name]:
            (folder / name).write_text(after, encoding="utf8")


# A description and social metadata

def plain(text: str) -> str:
    """Text in one line, without the HTML that titles may have."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


def first_paragraph(doctree) -> str:
    """What a page says first, cut at a word; of an exercise its goal, before which stand the time and the points."""
    texts = [plain(paragraph.astext()) for paragraph in doctree.findall(nodes.paragraph)
             if isinstance(paragraph.parent, nodes.section)]
    goals = [text.removeprefix("Goal. ") for text in texts if text.startswith("Goal. ")]
    text = next(iter(goals + texts), "")
    return text if len(text) <= DESCRIPTION_LENGTH else text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def described(doctree) -> str:
    """The description in the page's front matter, `myst: {html_meta: {description: ...}}`."""
    found = [node["content"] for node in doctree.findall(nodes.meta) if node.get("name") == "description"]
    return found[0] if found else ""


def social_tags(title: str, description: str, kind: str, site: str, url: str = "", picture: str = "") -> str:
    """The tags that a chat or a timeline reads when somebody posts a link to the page."""
    pairs = [("property", "og:title", title), ("property", "og:description", description),
             ("property", "og:type", kind), ("property", "og:site_name", site),
             ("name", "twitter:card", "summary_large_image" if picture else "summary"),
             ("name", "twitter:title", title), ("name", "twitter:description", description),
             ("property", "og:url", url), ("property", "og:image", picture)]
    return "".join(f'<meta {kind}="{name}" content="{escape(value)}" />\n' for kind, name, value in pairs if value)


def add_metadata(app, pagename, templatename, context, doctree) -> None:
    """Give every page a title, a description and social tags."""
    book = app.config.html_title
    title = plain(context.get("title") or GENERATED.get(pagename) or book)
    written = described(doctree) if doctree else ""
    automatic = first_paragraph(doctree) if doctree else ""
    description = written or automatic or f"{title}: a page of the book {book}."
    if pagename == app.config.root_doc:
        context["docstitle"] = "" if title == book else context["docstitle"]
    base = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else ""
    tags = "" if written else f'<meta name="description" content="{escape(description)}" />\n'
    tags += social_tags(title, description, "website" if pagename == app.config.root_doc else "article", book,
                        base and base + app.builder.get_target_uri(pagename), base and base + PICTURE)
    context["metatags"] = context.get("metatags", "") + "\n" + tags


def write_front_door(app, exception) -> None:
    """Write index.html, which leads to the first page, with that page's metadata: people post the bare address."""
    root = app.config.root_doc
    page = Path(app.outdir) / f"{root}.html"
    if exception or root == "index" or not page.is_file():
        return
    head = page.read_text(encoding="utf8").partition("</head>")[0]
    title = re.search(r"<title>.*?</title>", head, re.DOTALL)
    tags = re.findall(r'<meta (?:name="(?:description|twitter:\w+)"|property="og:\w+")[^>]*>', head)
    (Path(app.outdir) / "index.html").write_text("\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8" />', title[0], *tags,
        f'<meta http-equiv="refresh" content="0; url={root}.html" />', f'<link rel="canonical" href="{root}.html" />',
        "</head>", f'<body><h1><a href="{root}.html">{escape(app.config.html_title)}</a></h1></body>', "</html>", ""]),
        encoding="utf8")


# Notebooks to download

def is_chapter(app, name: str) -> bool:
    """Whether a page has cells to run elsewhere. The evidence has cells, but they are about this folder."""
    return "kernelspec" in app.env.metadata.get(name, {}) and name != EVIDENCE


def offer_notebook(app, pagename, templatename, context, doctree) -> None:
    """Tell the theme's download button that there is a notebook."""
    if doctree and is_chapter(app, pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


class PageLookup(Lookup):
    """What references of one page say, asked of Sphinx."""

    def __init__(self, app, name: str):
        self.app, self.name = app, name
        self.std = app.env.get_domain("std")

    def title(self, document: str) -> str:
        document = document.removesuffix(".md")
        here = document[1:] if document.startswith("/") else os.path.normpath(
            os.path.join(os.path.dirname(self.name), document)).replace(os.sep, "/")
        return self.app.env.titles[here].astext() if here in self.app.env.titles else document

    def reference(self, label: str) -> str:
        if label in self.std.labels:
            return self.std.labels[label][2]
        return label.replace("-", " ")

    def equation(self, label: str) -> str:
        page, number = self.app.env.get_domain("math").equations.get(label, (self.name, label))
        by_chapter = self.app.env.toc_fignumbers.get(page, {}).get("displaymath", {}).get(f"equation-{label}")
        return ".".join(map(str, by_chapter or [number]))

    def figure(self, label: str) -> str:
        page, anchor, _ = self.std.labels.get(label, (self.name, label, ""))
        number = self.app.env.toc_fignumbers.get(page, {}).get("figure", {}).get(anchor)
        return self.app.config.numfig_format["figure"] % ".".join(map(str, number)) if number else ""

    def citation(self, key: str) -> tuple[str, str]:
        entry = self.app.env.get_domain("cite").bibdata.data.entries.get(key)
        if entry is None:
            return key, ""
        names = [plain(" ".join(person.last_names).replace("{", "").replace("}", ""))
                 for person in entry.persons.get("author", entry.persons.get("editor", []))]
        who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return who or key, entry.fields.get("year", "")

    def glued(self, name: str) -> str | None:
        data = glue_of(executed_folder(self.app) / f"{self.name}.glue.json").get(name)
        text = data["data"].get("text/plain") if data else None
        return None if text is None else "".join(text).strip().strip("'\"")

    def file(self, name: str) -> Path | None:
        root = Path(self.app.srcdir)
        file = root / name[1:] if name.startswith("/") else (root / self.name).parent / name
        return file if file.is_file() else None


def executed_folder(app) -> Path:
    return Path(app.outdir).parent / "jupyter_execute"


@cache
def glue_of(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf8")) if file.is_file() else {}


def write_notebooks(app, exception) -> None:
    """Write the notebook of each chapter to where the download button points."""
    if exception or app.builder.name != "html":
        return
    glue_of.cache_clear()
    for name in sorted(filter(lambda name: is_chapter(app, name), app.env.found_docs)):
        target = Path(app.outdir) / "_sources" / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith(EXERCISES):       # what students hand in must be what was released, to the byte
            shutil.copyfile(Path(app.srcdir) / f"{name}.ipynb", target)
            continue
        executed = nbformat.read(executed_folder(app) / f"{name}.ipynb", as_version=4)
        try:
            notebook = plain_notebook(executed, PageLookup(app, name), parity_lib.__version__)
        except Unknown as unknown:
            LOG.warning("%s has no plain form in the notebook to download; add one to plain_notebook.py",
                        unknown, location=name)
            continue
        nbformat.write(notebook, target)


# Claims

@cache
def claims(file: Path) -> frozenset[str]:
    """The ids of all claims that have evidence."""
    if not file.is_file():
        return frozenset()
    spec = importlib.util.spec_from_file_location("parity_book_claims", file,
                                                  submodule_search_locations=[str(file.parent)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its parts look their package up there
    spec.loader.exec_module(module)
    return frozenset(claim.id for claim in module.CLAIMS)


class Claim(SphinxRole):
    """{claim}`words of the text <id>`: the words lead to the evidence for them, and the evidence back to them."""

    def run(self):
        parts = re.match(r"^(.*?)\s*<([^<>]+)>$", self.text, re.DOTALL)
        words, name = parts.groups() if parts else (self.text, self.text)
        if name not in claims(Path(self.env.srcdir) / "book" / "claims" / "__init__.py"):
            LOG.warning("no claim has the id %r; those that exist are in book/claims", name,
                        location=self.get_location())
        said = self.env.temp_data.setdefault("parity_claims", Counter())
        said[name] += 1
        place = f"says-{name}" + f"--{said[name]}" * (said[name] > 1)
        reference = addnodes.pending_xref(
            self.rawtext, nodes.inline(words, words, classes=["claim"], ids=[place]),
            refdomain="", reftype="claim", reftarget=name, refexplicit=True, refdoc=self.env.docname)
        self.set_source_info(reference)
        return [reference], []


def resolve_claim(app, env, node, content):
    """Where a claim's words lead."""
    if node.get("reftype") != "claim":
        return None
    if EVIDENCE not in env.found_docs:
        return content
    return make_refnode(app.builder, node["refdoc"], EVIDENCE, f"claim-{node['reftarget']}", content,
                        "What this rests on")


def setup(app) -> dict[str, bool]:
    app.connect("config-inited", key_the_cache)
    app.connect("config-inited", calm_kernels)
    app.connect("config-inited", keep_static_folder)
    app.connect("env-before-read-docs", count_pages)
    app.connect("source-read", announce)
    app.connect("config-inited", silence_live_code)
    app.connect("html-page-context", drop_live_code_style, priority=900)
    app.connect("html-page-context", add_metadata, priority=900)
    app.connect("html-page-context", offer_notebook, priority=100)
    app.connect("html-page-context", add_citation)
    app.connect("build-finished", draw_picture)
    app.connect("build-finished", write_front_door, priority=900)
    app.connect("build-finished", finish_pages, priority=900)
    app.connect("build-finished", write_notebooks, priority=900)
    app.connect("build-finished", forget_if_warned, priority=999)
    app.connect("missing-reference", resolve_claim)
    app.add_role("claim", Claim())
    app.add_transform(OneCaption)
    app.add_post_transform(StillPictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": ENV_VERSION}
