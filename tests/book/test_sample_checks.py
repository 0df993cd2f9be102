"""What an exercise's page says of its first check is what that check says."""

from __future__ import annotations

import re
import sys
from html import unescape

import pytest

from .conftest import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from sample_checks import SAMPLES, said, shown

EXERCISES = sorted(path.stem for path in (ROOT / "solutions").glob("*.md"))


def test_every_exercise_has_a_sample():
    assert sorted(SAMPLES) == EXERCISES


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_right_answer_passes_and_the_wrong_one_is_told_its_mistake(exercise):
    right, wrong = said(ROOT, exercise)
    assert right.startswith("✓")
    assert {"expected:", "got:", "likely:", "read:"} <= set(wrong.split())
    assert shown(right, wrong).astext().count(wrong) == 1


def test_a_sample_that_does_not_fail_stops_the_build(monkeypatch):
    monkeypatch.setitem(SAMPLES, "unrolling", ("parity-check", "right_loops"))
    with pytest.raises(ValueError, match="unrolling: the check says"):
        said.__wrapped__(ROOT, "unrolling")


@pytest.mark.book
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_page_shows_both_and_offers_the_notebook_in_its_text(html, exercise):
    page = (html / "exercises" / exercise / f"{exercise}.html").read_text(encoding="utf8")
    box = re.search(r'<div class="sample-check.*?</div>\s*</div>\s*</div>', page, re.DOTALL)[0]
    words = unescape(re.sub(r"<[^>]*>", "", box))
    assert all(message.splitlines()[-1] in words for message in said(ROOT, exercise))
    link = re.search(r'class="get-notebook"><a href="([^"]*)" download', page)[1]
    assert (html / "exercises" / exercise / link).resolve().is_file()
