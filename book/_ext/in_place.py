"""Notes that open in place: the entries to which citations, terms and claims lead, for `notes.js` to show.

All notes are in one script, because a page that is opened from a folder cannot fetch another page. The entries come
from the built pages of the bibliography, the glossary and the evidence.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape
from pathlib import Path
from posixpath import relpath

BIBLIOGRAPHY, GLOSSARY, EVIDENCE = "book/bibliography", "book/glossary", "book/evidence"
SCRIPT = "_static/notes-data.js"
MOST_LETTERS = 140      # of a claim's figures in its note

CITATION = re.compile(r'<div class="citation" id="(?P<id>[^"]+)".*?<p>(?P<text>.*?)</p>', re.DOTALL)
TERM = re.compile(r'<dt id="(?P<id>term-[^"]+)">(?P<name>.*?)<a class="headerlink".*?</dt><dd><p>(?P<text>.*?)</p>',
                  re.DOTALL)
CLAIM = re.compile(r'(?P<start><div class="evidence" id="(?P<id>claim-[^"]+)">\s*<p><strong>(?P<says>.*?)</strong></p>'
                   r'\s*<p>(?P<figures>.*?)</p>.*?)</div>', re.DOTALL)
ADDRESS = re.compile(r'(?:URL: )?<a class="reference external" href="([^"]*)">(doi|arXiv)?[^<]*</a>')
TAG = re.compile(r"<[^>]*>")


def shortened(text: str) -> str:
    """Return the first figures of a claim, cut between two of them if possible."""
    words = unescape(text)
    if len(words) <= MOST_LETTERS:
        return text
    cut = words[:MOST_LETTERS]
    end = max(cut.rfind("; "), cut.rfind(". "))
    return escape(cut[:end] if end > MOST_LETTERS // 2 else cut.rpartition(" ")[0]) + " …"


def notes_of(page: str, text: str) -> dict[str, str]:
    """Return the notes that a built page holds, as HTML, by the last part of their address ("glossary.html#term-mask").

    The first paragraph of a note also describes its links to screen readers.
    """
    notes = {}
    if page == BIBLIOGRAPHY:    # the link itself names a DOI or an address, so its text can be short
        notes = {entry["id"]: ADDRESS.sub(lambda link: f'<a href="{link[1]}">{link[2] or "link"}</a>', entry["text"])
                 for entry in CITATION.finditer(text)}
    elif page == GLOSSARY:
        notes = {entry["id"]: f"<strong>{entry['name']}</strong>: {entry['text']}" for entry in TERM.finditer(text)}
    elif page == EVIDENCE:
        notes = {entry["id"]: f"{entry['says']}</p><p>{shortened(entry['figures'])}" for entry in CLAIM.finditer(text)}
    name = page.rpartition("/")[2]
    return {f"{name}.html#{anchor}": re.sub(r' (?:id|title)="[^"]*"', "", f"<p>{note}</p>")
            for anchor, note in notes.items()}


def write_notes(folder: Path, notes: dict[str, str]) -> None:
    """Write the script that defines `parityNotes`."""
    (folder / SCRIPT).write_text(f"globalThis.parityNotes = {json.dumps(notes)};\n", encoding="utf8")


def with_places(text: str, app) -> str:
    """Return the page of the evidence with links from each claim to the places in the book that make it."""
    places: dict[str, list[str]] = {}
    numbers, claimed = app.env.toc_secnumbers, app.env.parity_claims

    def position(page: str) -> tuple:
        return numbers.get(page, {}).get("", (float("inf"),)), page     # numbered chapters first

    for page in sorted(claimed, key=position):
        title = " ".join([".".join(map(str, numbers.get(page, {}).get("", ()))), app.env.titles[page].astext()]).strip()
        for count, name in enumerate_repeats(claimed[page]):
            address = f"{relpath(page, 'book')}.html#{place(name, count)}"
            link = f'<a href="{address}">{escape(title) if count == 1 else "again"}</a>'
            places.setdefault(f"claim-{name}", []).append(link)

    def with_line(entry: re.Match) -> str:
        links = places.get(entry["id"])
        line = f'<p class="claimed">Claimed in {", ".join(links)}</p>\n' if links else ""
        return f"{entry['start']}{line}</div>"

    return CLAIM.sub(with_line, text)


def enumerate_repeats(names: list[str]) -> list[tuple[int, str]]:
    """Number each name by how often it has occurred so far.

    >>> enumerate_repeats(["a", "b", "a"])
    [(1, 'a'), (1, 'b'), (2, 'a')]
    """
    return [(names[:position + 1].count(name), name) for position, name in enumerate(names)]


def place(name: str, count: int) -> str:
    """Return the id of the words on a page that make a claim for the `count`-th time."""
    return f"says-{name}" + f"--{count}" * (count > 1)
