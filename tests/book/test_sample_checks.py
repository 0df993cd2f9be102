"""An exercise's page shows what its first check prints for the correct answer and for a typical mistake."""

from __future__ import annotations

import copy
import re
import sys
from html import unescape

import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_output
from sphinx.errors import ExtensionError

from .conftest import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from sample_checks import SAMPLES, SAMPLES_NOTEBOOK, sample_messages

EXERCISES = sorted(path.stem for path in (ROOT / "solutions").glob("*.md"))


@pytest.fixture(scope="session")
def messages(html):
    return sample_messages(str(html.parent / ".jupyter_cache"))


@pytest.mark.book
def test_every_exercise_has_a_sample(messages):
    assert sorted(SAMPLES) == sorted(messages) == EXERCISES


@pytest.mark.book
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_page_shows_both_messages_and_offers_the_notebook_in_its_text(html, messages, exercise):
    correct, wrong = messages[exercise]
    assert correct.startswith("✓")
    assert {"expected:", "got:", "likely:", "read:"} <= set(wrong.split())
    page = (html / "exercises" / exercise / f"{exercise}.html").read_text(encoding="utf8")
    box = re.search(r'<div class="sample-check.*?</div>\s*</div>\s*</div>', page, re.DOTALL)[0]
    words = unescape(re.sub(r"<[^>]*>", "", box))
    assert correct in words
    assert all(line in words for line in wrong.splitlines())
    link = re.search(r'class="get-notebook"><a href="([^"]*)" download', page)[1]
    assert (html / "exercises" / exercise / link).resolve().is_file()
    assert "colab" not in page, "the repository has no address"
    sections = re.findall(r"section[^<]*<a [^>]*href=\"([^\"]*)", page)
    assert sections
    assert all(link.startswith("../../book/") for link in sections)


@pytest.mark.parametrize("samples", ['{"unrolling": ["✗ no", "✗ no"]}', '{"unrolling": ["✓ yes", "✓ yes"]}'])
def test_a_sample_that_does_not_show_what_it_should_stops_the_build(tmp_path, samples):
    executed = copy.deepcopy(SAMPLES_NOTEBOOK)
    executed.cells[0].outputs = [new_output("stream", text=samples)]
    get_cache(tmp_path).cache_notebook_bundle(CacheBundleIn(executed, "samples"), check_validity=False)
    with pytest.raises(ExtensionError, match="the check of unrolling prints"):
        sample_messages(str(tmp_path))
