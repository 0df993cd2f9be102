"""Functions that collect the pop-up notes for citations, terms and claims, and the texts that the search shows.

`notes.js` shows the notes, and `excerpts.js` the texts. All notes are in one script, and all texts in another, because
a page that is opened from a folder cannot fetch another page. The notes come from the built pages of the bibliography,
the glossary and the evidence.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from posixpath import relpath

BIBLIOGRAPHY, GLOSSARY, EVIDENCE = "book/bibliography", "book/glossary", "book/evidence"
NOTES, TEXTS = "_static/notes-data.js", "_static/search-texts.js"
NO_TEXT = re.compile(r'<(script|style|noscript|nav|h1|svg)\b.*?</\1>|<details class="parity-numbers.*?</details>'
                     r'|<a class="headerlink.*?</a>', re.DOTALL)
BLOCK_END = re.compile(r"</(?:p|li|d[dt]|t[dh]|h\d|pre|figcaption|summary|div)>")

CITATION = re.compile(r'<div class="citation" id="(?P<id>[^"]+)".*?<p>(?P<text>.*?)</p>', re.DOTALL)
TERM = re.compile(r'<dt id="(?P<id>term-[^"]+)">(?P<name>.*?)<a class="headerlink".*?</dt><dd><p>(?P<text>.*?)</p>',
                  re.DOTALL)
CLAIM = re.compile(r'(?P<start><div class="evidence" id="(?P<id>claim-[^"]+)">\s*<p><strong>(?P<says>.*?)</strong></p>'
                   r'\s*<p>(?P<figures>.*?)</p>.*?)</div>', re.DOTALL)
SURPLUS = re.compile(r' (?:id|title|xmlns)="[^"]*"')
MOST_FIGURES = 900      # characters of a claim's figures in its note
ADDRESS = re.compile(r'(?:URL: )?<a class="reference external" href="([^"]*)">(doi|arXiv)?[^<]*</a>')


def notes_of(page: str, text: str) -> dict[str, str]:
    """Extract the notes from a built page as HTML.

    They are keyed by the last part of their address, such as "glossary.html#term-mask". The first paragraph of a note
    also describes its links to screen readers.
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
    return {f"{name}.html#{anchor}": SURPLUS.sub("", f"<p>{note}</p>")
            for anchor, note in notes.items()}


def text_of(page: str) -> str:
    """Return the text of a built page as HTML that has no elements but the sections.

    >>> text_of('<article><section id="a"><p>A <em>bit</em>.</p><p>Two.</p></section></article>')
    '<section id="a">A bit. Two. </section>'
    """
    article = NO_TEXT.sub("", page.partition("<article")[2].partition(">")[2].partition("</article>")[0])
    return " ".join(re.sub(r"<(?!/?section)[^>]*>", "", BLOCK_END.sub(" ", article)).split())


def shortened(figures: str, most: int = MOST_FIGURES) -> str:
    """Cut the figures of a claim after ``most`` characters, between two rows.

    >>> shortened("A: 5 of 20; B: 0 of 20; C: 1 of 20.", most=25)
    'A: 5 of 20; B: 0 of 20; and more on the page Evidence.'
    """
    if len(figures) <= most:
        return figures
    return f"{figures[:most].rpartition('; ')[0]}; and more on the page Evidence."


def write_scripts(folder: Path, notes: dict[str, str], texts: dict[str, str]) -> None:
    """Write all notes and texts to JavaScript files that define `parityNotes` and `parityTexts`."""
    for file, name, values in ((NOTES, "parityNotes", notes), (TEXTS, "parityTexts", texts)):
        script = f"globalThis.{name} = {json.dumps(values, ensure_ascii=False)};\n"
        (folder / file).write_text(script, encoding="utf8")


def with_places(text: str, env) -> str:
    """Return the HTML of the evidence page with links from each claim to the pages where it is made."""
    links: dict[str, list[str]] = {}

    def number(page: str) -> tuple:
        return env.toc_secnumbers.get(page, {}).get("", ())

    def place(page: str) -> tuple:
        """Return a sort key that puts numbers first, then letters, and then pages that have neither."""
        return not number(page), [(isinstance(part, str), part) for part in number(page)], page

    for page in sorted(env.parity_claims, key=place):
        title = f"{'.'.join(map(str, number(page)))} {env.titles[page].astext()}".strip()
        for anchor in env.parity_claims[page]:
            name, _, repeated = anchor.removeprefix("says-").partition("--")
            words = "again" if repeated else escape(title)
            links.setdefault(f"claim-{name}", []).append(f'<a href="{relpath(page, "book")}.html#{anchor}">{words}</a>')

    def with_line(entry: re.Match) -> str:
        places = ", ".join(links.get(entry["id"], []))
        return f'{entry["start"]}<p class="claimed">Claimed in {places}</p>\n</div>' if places else entry[0]

    return CLAIM.sub(with_line, text)
