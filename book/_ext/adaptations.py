"""A Sphinx extension that adapts Jupyter Book to this book.

Its pages load nothing from other hosts, and screen readers understand them. It adds a description and social metadata
to each page, a notebook of each chapter to download, the address of the repository, and the role {claim}. The other
modules of this folder are connected here too, except for those that `_config.yml` names.
"""

from __future__ import annotations

import re
import shutil
from functools import cache
from html import escape, unescape
from pathlib import Path
from textwrap import shorten

import nbformat
from captions import OneCaption
from docutils import nodes
from exercise_page import EXERCISES
from figure_archive import collect_figures, write_figures
from live_figures import CodeBelowFigures, LiveFigures
from myst_parser.mdit_to_docutils.base import default_slugify
from notes_and_excerpts import EVIDENCE, notes_of, text_of, with_places, write_scripts
from plain_notebook import Markdown, Unknown, plain_notebook
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from parity_lib.version import __version__
from parity_study.results import load
from parity_teaching.addresses import addresses

LOG = logging.getLogger(__name__)
PICTURE = "_static/social.png"      # what a chat or a timeline shows next to a link to the book
EXAMPLE = "https://github.com/OWNER/one-bit-of-memory"     # in pages, the address of the repository
GENERATED = {"genindex": "Index", "search": "Search"}    # pages without a source, and so without a title


# --- builds ---

def begin(app, env, names: list[str]) -> None:
    """Collect the claims and the figures of all pages from now on, because every build reads every page."""
    env.parity_claims, app.parity_figures = {}, {}


# --- pages ---

SCRIPT = r'\s*<script[^>]*\ssrc="[^"]*(?:{})[^"]*"[^>]*></script>'
MENDED = {
    # The sidebar is no landmark, and its triangles have no names.
    r'<div id="pst-primary-sidebar"': '<div id="pst-primary-sidebar" role="complementary" aria-label="Book"',
    r'<summary><span class="toctree-toggle"': '<summary aria-label="Pages of this part"><span class="toctree-toggle"',
    # ARIA has deprecated these roles of a bibliography: https://www.w3.org/TR/dpub-aria-1.1/#doc-biblioentry
    r'<div role="list" class="citation-list">': '<div class="citation-list">',
    r' role="doc-biblioentry"': "",
    # The empty corner of a table with named rows is not a header.
    r'<th class="head[^"]*">(?:<p></p>)?</th>': "<td></td>",
    # The theme has fonts for its icons, so it does not need this script of 1.5 MB, which draws them again.
    SCRIPT.format("scripts/fontawesome"): "",
}
SEARCH_SCRIPTS = re.compile(SCRIPT.format("searchtools|language_data|searchindex|excerpts"))


class FinishedPages(BuiltinTemplateLoader):
    """A template loader that corrects the HTML of each rendered page, and collects its `notes` and its text."""

    def init(self, builder, *args, **kwargs) -> None:
        super().init(builder, *args, **kwargs)
        self.env, self.notes, self.texts = builder.app.env, {}, {}

    def render(self, template: str, context: dict) -> str:
        text = super().render(template, context)
        if "</html>" not in text:      # a part of a page
            return text
        page = context["pagename"]
        for pattern, better in MENDED.items():
            text = re.sub(pattern, better, text)
        if page != "search":
            text = SEARCH_SCRIPTS.sub("", text)
        self.notes |= notes_of(page, text)
        self.texts[page] = text_of(text)
        return with_places(text, self.env) if page == EVIDENCE else text


def write_generated_files(app, exception) -> None:
    """Write the notes, the texts, the archive of figures, and index.html, which leads to the first page.

    index.html has the metadata of the first page, and a link in case a browser does not follow it by itself.
    """
    root, folder = app.config.root_doc, Path(app.outdir)
    if exception or app.builder.name != "html":
        return
    templates = app.builder.templates
    write_scripts(folder, templates.notes, templates.texts)
    write_figures(app)
    head = (folder / f"{root}.html").read_text(encoding="utf8").partition("</head>")[0]
    title = re.search(r"<title>.*?</title>", head, re.DOTALL)
    tags = re.findall(r'<meta (?:name="(?:description|twitter:\w+)"|property="og:\w+")[^>]*>', head)
    (folder / "index.html").write_text("\n".join([
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8" />', title[0], *tags,
        f'<meta http-equiv="refresh" content="0; url={root}.html" />', f'<link rel="canonical" href="{root}.html" />',
        "</head>", f'<body><h1><a href="{root}.html">{escape(app.config.html_title)}</a></h1></body>', "</html>", ""]),
        encoding="utf8")


# --- the addresses of the pages and of the repository ---

def name_pages(app, config) -> None:
    """Use the address of the pages in the environment variable PARITY_BOOK if `_config.yml` contains none."""
    config.html_baseurl = config.html_baseurl or addresses(Path(app.srcdir)).book


def name_repository(app, name: str, source: list[str]) -> None:
    """Replace the example address of the repository with the one in `_config.yml`, or else remove its lines."""
    if address := addresses(Path(app.srcdir)).repository:
        source[0] = source[0].replace(EXAMPLE, address)
    else:
        source[0] = re.sub(rf"^.*{re.escape(EXAMPLE)}.*\n", "", source[0], flags=re.MULTILINE)


def link_exercise(app, name: str, source: list[str]) -> None:
    """Turn the words that name a section, a chapter or a page in the notebook of an exercise into links."""
    for page in Path(app.srcdir).glob("book/*.md") if name.startswith(EXERCISES) else ():
        title = re.search("^# (.*)", page.read_text(encoding="utf8"), re.MULTILINE)
        address, title = f"../../book/{page.name}", re.escape(title[1])
        source[0] = re.sub(rf'\\"([^"\\]+)\\"(?= \(chapter \d+, \*{title}\*)',
                           lambda words, to=address: f"[{words[0]}]({to}#{default_slugify(words[1])})", source[0])
        source[0] = re.sub(rf"(\d, |page )(\*{title}\*)", rf"\1[\2]({address})", source[0])


# --- metadata ---

def plain(text: str) -> str:
    """Convert HTML text to plain text on a single line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


def describe(doctree) -> str:
    """Return the description in a page's front matter, the goal of an exercise, or an empty string."""
    metas = [meta["content"] for meta in doctree.findall(nodes.meta) if meta.get("name") == "description"]
    texts = [plain(paragraph.astext()) for paragraph in doctree.findall(nodes.paragraph)]
    goals = [shorten(text[6:], 160, placeholder=" …") for text in texts if text.startswith("Goal. ")]
    return next(iter(metas + goals), "")


def add_metadata(app, pagename, templatename, context, doctree) -> None:
    """Add a title, a description and social media tags to a page."""
    book = app.config.html_title
    title = plain(context.get("title") or GENERATED.get(pagename) or book)
    description = (doctree and describe(doctree)) or f"{title}: a page of the book {book}."
    first = pagename == app.config.root_doc
    if first:
        context["docstitle"] = "" if title == book else context["docstitle"]
    base = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else ""
    address = base and base + app.builder.get_target_uri(pagename)
    written = 'name="description"' in context.get("metatags", "")
    pairs = [("name", "description", "" if written else description),
             ("property", "og:title", title), ("property", "og:description", description),
             ("property", "og:type", "website" if first else "article"), ("property", "og:site_name", book),
             ("name", "twitter:card", "summary_large_image" if base else "summary"), ("name", "twitter:title", title),
             ("name", "twitter:description", description),
             ("property", "og:url", address),
             ("property", "og:image", base and base + PICTURE)]
    tags = [f'<meta {kind}="{name}" content="{escape(value)}" />' for kind, name, value in pairs if value]
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags, ""])


# --- notebooks to download ---

def write_notebook(app, pagename, templatename, context, doctree) -> None:
    """Write the notebook of a page that contains code, to which the theme's download button leads."""
    if not doctree or pagename == EVIDENCE or "kernelspec" not in app.env.metadata.get(pagename, {}):
        return      # the cells of the evidence show what is in this folder
    context["ipynb_source"] = f"{pagename}.ipynb"
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    if pagename.startswith(EXERCISES):       # students' notebooks must be the released ones, to the byte
        shutil.copyfile(Path(app.srcdir) / f"{pagename}.ipynb", target)
        return

    def number_of(node: nodes.Element, kind: str) -> str:
        numbers = app.env.toc_fignumbers.get(pagename, {}).get(kind, {})
        parts = next((numbers[name] for name in node["ids"] if name in numbers), ())
        return ".".join(map(str, parts)) or str(node.get("number") or "")

    executed = nbformat.read(Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb", as_version=4)
    try:
        notebook = plain_notebook(doctree, executed.cells, Markdown(number_of), addresses(Path(app.srcdir)),
                                  __version__)
    except Unknown as unknown:
        LOG.warning("%s cannot be written into the notebook to download; plain_notebook.py has to learn how", unknown,
                    location=pagename)
    else:
        nbformat.write(notebook, target)


# --- claims ---

@cache
def claim_ids() -> frozenset[str]:
    """Return the ids of all claims."""
    return frozenset(claim["id"] for claims in load("claims", "claims").values() for claim in claims)


class Claim(XRefRole):
    """A Sphinx role that links a statement in the text to its evidence.

    It is used as {claim}`words of the text <id>`. The words lead to the evidence, and the evidence leads back to them.
    """

    innernodeclass = nodes.inline

    def result_nodes(self, document, env, node, is_ref):
        anchor, anchors = f"says-{node['reftarget']}", env.parity_claims.setdefault(env.docname, [])
        count = 1 + sum(earlier.partition("--")[0] == anchor for earlier in anchors)
        anchors.append(anchor + f"--{count}" * (count > 1))
        node[0]["classes"], node[0]["ids"] = ["claim"], [anchors[-1]]
        return [node], []


def resolve_claim(app, env, node, content):
    """Resolve a reference to the evidence of a claim, and return None for any other reference and unknown ids."""
    if node.get("reftype") != "claim" or node["reftarget"] not in claim_ids():
        return None
    if EVIDENCE not in env.found_docs:
        return content
    return make_refnode(app.builder, node["refdoc"], EVIDENCE, f"claim-{node['reftarget']}", content)


def setup(app) -> dict[str, object]:
    app.setup_extension("execution")
    app.setup_extension("letters")
    app.connect("config-inited", name_pages)
    app.connect("env-before-read-docs", begin)
    app.connect("source-read", name_repository)
    app.connect("source-read", link_exercise)
    app.connect("missing-reference", resolve_claim)
    app.connect("html-page-context", add_metadata, priority=900)
    app.connect("html-page-context", write_notebook, priority=100)
    app.connect("html-page-context", collect_figures)
    app.connect("build-finished", write_generated_files, priority=900)
    app.add_role("claim", Claim(warn_dangling=True))
    app.add_transform(OneCaption)
    app.add_post_transform(LiveFigures)
    app.add_post_transform(CodeBelowFigures)
    return {"parallel_read_safe": False, "parallel_write_safe": False}
