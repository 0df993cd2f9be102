"""Numbered figures: every picture of a chapter is a figure with one caption and a number, which text can refer to."""

from __future__ import annotations

import re

import pytest

from tests.figures.test_figures import ON_A_PHONE

from .conftest import ROOT, pages_in_toc

CHAPTERS = [name for name in pages_in_toc(ROOT) if (ROOT / f"{name}.md").is_file()]
FIGURE = re.compile(r"<figure\b[^>]*>(?:(?!<figure\b).)*?</figure>", re.DOTALL)
PICTURES = re.compile(r'class="parity-figure"><div class="parity-drawing"[^>]*><svg')
NUMBER = re.compile(r'<span class="caption-number">Figure (\w+)\.(\d+) </span>')


@pytest.mark.book
def test_every_picture_has_one_caption_and_the_next_number_of_its_chapter(html):
    total = 0
    for name in CHAPTERS:
        text = (html / f"{name}.html").read_text(encoding="utf8")
        figures = [figure for figure in FIGURE.findall(text) if PICTURES.search(figure)]
        assert len(PICTURES.findall(text)) == len(figures), f"{name}: a picture outside of a figure"
        chapter = re.search(r'<h1><span class="section-number">(\w+)\.', text)
        for place, figure in enumerate(figures, 1):
            captions = re.findall(r"<figcaption>(.*?)</figcaption>", figure, re.DOTALL)
            assert len(captions) == 1, f"{name}, picture {place}"
            assert NUMBER.search(captions[0]).groups() == (chapter[1], str(place)), name
            words = re.sub(r"<[^>]*>", " ", captions[0].partition('<div class="legend">')[0]).split()
            assert 6 <= len(words) <= 60, f"{name}, picture {place}: {' '.join(words)}"
        total += len(figures)
    assert total > 35


@pytest.mark.book
def test_a_figure_is_named_by_its_number_on_the_page_and_in_the_notebook(html):
    page = (html / "book/the-experiment.html").read_text(encoding="utf8")
    pattern = r'<figure[^>]* id="fig-order-of-lengths">.*?caption-number">(Figure [\d.]+) '
    number = re.search(pattern, page, re.DOTALL)[1]
    assert f'href="#fig-order-of-lengths"><span class="std std-numref">{number}</span>' in page
    notebook = (html / "_sources/book/the-experiment.ipynb").read_text(encoding="utf8")
    assert f"**{number}.** " in notebook
    assert len(re.findall(rf"{number}\b", notebook)) > 1


# A drawing that another one stands for is a pixel wide.
TOO_WIDE = "all => all.filter(box => box.clientWidth > 1 && box.scrollWidth > box.clientWidth).length"


@pytest.mark.slow        # opens every chapter
@pytest.mark.book
@pytest.mark.browser
def test_every_picture_fits_on_a_phone_and_all_its_text_can_be_read(browser, html):
    page, seen = browser.new_page(viewport={"width": 390, "height": 900}), 0
    for name in CHAPTERS:
        page.goto((html / f"{name}.html").as_uri())
        page.locator("details.hide").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
        sizes = page.locator(".parity-drawing").evaluate_all(ON_A_PHONE)
        assert [size for _, size in sizes if size < 11] == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
        assert page.locator(".parity-drawing").evaluate_all(TOO_WIDE) == 0, name
        seen += len(sizes)
    page.close()
    assert seen > 0
