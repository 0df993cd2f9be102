"""Notes that open in place: what a citation, a term or a claim leads to stands in the page that names it.

A page opened from a folder may not read another page, so each page carries the entries that its links lead to,
hidden and once each; `notes.js` shows them beside the link. The page *Evidence* leads back to where a claim is made.
Everything here is read from the built pages and written into them, and a second time changes nothing.
"""

from __future__ import annotations

import re
from html import escape, unescape
from posixpath import dirname, join, normpath, relpath

BIBLIOGRAPHY, GLOSSARY, EVIDENCE = (f"book/{name}.html" for name in ("bibliography", "glossary", "evidence"))
MOST_FIGURES = 140      # letters of a claim's figures in its note; the entry has all

CITATION = re.compile(r'<div class="citation" id="(?P<id>[^"]+)".*?<p>(?P<text>.*?)</p>', re.DOTALL)
TERM = re.compile(r'<dt id="(?P<id>term-[^"]+)">(?P<name>.*?)<a class="headerlink".*?</dt><dd><p>(?P<text>.*?)</p>',
                  re.DOTALL)
CLAIM = re.compile(
    r'<div class="evidence" id="(?P<id>claim-[^"]+)">\s*<p><strong>(?P<says>.*?)</strong></p>\s*<p>(?P<shows>.*?)</p>'
    r".*?<summary>(?P<count>\d+ conditions?).*?</details>\s*(?:<p class=\"claimed\">.*?</p>\s*)?"
    r"<p><small><code>[^<]*</code> (?P<verdict>.*?) on .*?<code>(?P<command>[^<]*)</code></small></p>", re.DOTALL)
AWAY = re.compile(r'(?:URL: )?<a class="reference external" href="([^"]*)">(doi|arXiv)?[^<]*</a>')
LINK = re.compile(r'<a class="reference internal" href="(?P<page>[^"#]*)#(?P<id>[^"]+)"')
STORE = re.compile(r'<div class="parity-notes" hidden>.*?</div><!-- notes -->\n', re.DOTALL)
CLAIMED = re.compile(r'<p class="claimed">.*?</p>\n', re.DOTALL)
SAYS = re.compile(r'<span class="claim" id="says-(?P<name>[a-z0-9-]+?)(?P<again>--\d+)?">')
HEADING = re.compile(r'<h1>(?:<span class="section-number">(?P<number>\d+)\. </span>)?(?P<title>.*)<a class="headerl')


def without_ids(text: str) -> str:
    """A piece of a page that may stand in another one: an id is no other's, and a note needs no tooltip."""
    return re.sub(r' (?:id|title)="[^"]*"', "", text)


def shortened(text: str) -> str:
    """The first figures of a claim: whole ones, as many as there is room for."""
    words = unescape(text)
    if len(words) <= MOST_FIGURES:
        return text
    cut = words[:MOST_FIGURES]
    ends = max(cut.rfind("; "), cut.rfind(". "))
    return escape(cut[:ends] if ends > MOST_FIGURES // 2 else cut.rpartition(" ")[0]) + " …"


def note(anchor: str, text: str, more: str = "") -> str:
    """One entry: its text, which also describes the link to those who do not see it, and what stands below.

    The way to the whole entry is added by `notes.js`, which has it from the link.
    """
    return f'<div class="parity-note"><p id="note-{anchor}">{text}</p>{more}</div>'


def entries(pages: dict[str, str]) -> dict[tuple[str, str], str]:
    """The note for each place of the bibliography, the glossary and the evidence, its links as on that page."""
    found = {}
    for one in CITATION.finditer(pages.get(BIBLIOGRAPHY, "")):
        # The number, or the address, stands in the link already.
        text = AWAY.sub(lambda link: f'<a href="{link[1]}">{link[2] or "link"}</a>', without_ids(one["text"]))
        found[BIBLIOGRAPHY, one["id"]] = note(one["id"], text)
    for one in TERM.finditer(pages.get(GLOSSARY, "")):
        text = f"<strong>{one['name']}</strong>: {without_ids(one['text'])}"
        found[GLOSSARY, one["id"]] = note(one["id"], text)
    for one in CLAIM.finditer(pages.get(EVIDENCE, "")):
        verdict = "hold" if one["verdict"] == "holds" and one["count"] != "1 condition" else one["verdict"]
        more = (f'<p>{shortened(one["shows"])}</p><p>{one["count"]} {verdict} on the results of '
                f'<code>{one["command"]}</code>.</p>')
        found[EVIDENCE, one["id"]] = note(one["id"], one["says"], more)
    return found


def target(page: str, address: str) -> str:
    """The page of the book that an address on another page means."""
    return normpath(join(dirname(page), address)) if address else page


def moved(text: str, source: str, page: str) -> str:
    """A piece of one page with its links as they must be on another one."""
    def link(match: re.Match) -> str:
        address, _, anchor = match[1].partition("#")
        return f'href="{relpath(target(source, address), dirname(page) or ".")}#{anchor}"'
    return re.sub(r'href="(?![a-z]+:)([^"]*)"', link, text)


def with_notes(page: str, text: str, known: dict[tuple[str, str], str]) -> str:
    """A page that carries the notes which its links lead to, each once, after everything that is read."""
    text = STORE.sub("", text)
    named = dict.fromkeys((target(page, link["page"]), link["id"]) for link in LINK.finditer(text) if link["page"])
    notes = "".join(moved(known[place], place[0], page) for place in named if place in known)
    store = f'<div class="parity-notes" hidden>{notes}</div><!-- notes -->\n' if notes else ""
    before, end, after = text.rpartition("</body>")
    return before + store + end + after


def places(pages: dict[str, str]) -> dict[str, list[str]]:
    """Links to where each claim is made, chapters first and in their order."""
    def order(page: str) -> tuple[float, str]:
        heading = HEADING.search(pages[page])
        return float(heading["number"] or "inf") if heading else float("inf"), page

    found: dict[str, list[str]] = {}
    for page in sorted(pages, key=order):
        for one in SAYS.finditer(pages[page]):
            heading = HEADING.search(pages[page])
            title = " ".join(filter(None, (heading["number"], re.sub(r"<[^>]*>", "", heading["title"]))))
            words = "again" if one["again"] else title
            address = f'{relpath(page, dirname(EVIDENCE))}#says-{one["name"]}{one["again"] or ""}'
            found.setdefault(f"claim-{one['name']}", []).append(f'<a href="{address}">{words}</a>')
    return found


def leading_back(text: str, back: dict[str, list[str]]) -> str:
    """The page *Evidence* with a line under each claim that says where it is made."""
    def with_line(match: re.Match) -> str:
        links = back.get(match["id"])
        line = f'<p class="claimed">Claimed in {", ".join(links)}</p>\n' if links else ""
        before, last, after = match[0].rpartition("<p><small>")
        return before + line + last + after
    return CLAIM.sub(with_line, CLAIMED.sub("", text))


def with_places(pages: dict[str, str]) -> dict[str, str]:
    """All pages with their notes, and the evidence with its ways back; `pages` maps addresses to HTML."""
    if EVIDENCE in pages:
        pages = pages | {EVIDENCE: leading_back(pages[EVIDENCE], places(pages))}
    known = entries(pages)
    return {page: with_notes(page, text, known) for page, text in pages.items()}
