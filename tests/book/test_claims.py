"""Every measured claim holds, can be broken, is used on a page, and has its place on the page Evidence."""

import importlib.util
import re
from pathlib import Path

import pytest

from parity_lib import experiments

BOOK = Path(__file__).resolve().parents[2] / "book"
EVIDENCE = BOOK / "evidence.md"
ROLE = re.compile(r"\{claim\}`([^`]+)`")


def registry():
    """The module book/claims.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("claims", BOOK / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CLAIMS = registry().CLAIMS
IDS = [claim.id for claim in CLAIMS]
NO_RATE = {"end-fixed-is-a-coin", "plain-nets-stop-at-short-strings", "every-step-speed-alike",
           "solved-nets-at-10000"}    # on series, and on no rate of success


def used(text):
    """The ids that a page refers to with the role {claim}."""
    targets = (re.sub(r"\s+", " ", content) for content in ROLE.findall(text))
    return {(re.search(r"<([^<>]+)>\s*$", target) or re.search(r"(.*)", target)).group(1).strip() for target in targets}


def pages():
    """The text of every page but Evidence, by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(BOOK.glob("*.md")) if path != EVIDENCE}


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_claim_holds_on_the_committed_results(claim):
    assert claim.holds(claim.results()) is True, claim.shows(claim.results())


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_claim_fails_on_falsified_results_and_the_results_stay_as_they_are(claim):
    results = claim.results()
    falsified = claim.falsify(results)
    assert results == claim.results()
    assert falsified != results
    assert claim.holds(falsified) is False


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_claim_is_said_in_a_sentence_and_shown_in_figures(claim):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.id)
    assert claim.says.endswith(".")
    assert re.search(r"\d", claim.shows(claim.results()))
    assert claim.source in (*experiments.names(), "bench")


def test_ids_are_different():
    assert len(set(IDS)) == len(IDS)


def test_every_experiment_every_series_and_the_benchmark_carry_a_claim():
    assert {claim.source for claim in CLAIMS} == {*experiments.names(), "bench"}


def test_a_success_rate_is_shown_with_its_interval():
    rates = {"course_loop", "optimizers", "one_unit", *filter(experiments.is_series, experiments.names())}
    for claim in CLAIMS:
        if (claim.source in rates or claim.id.endswith("solves")) and claim.id not in NO_RATE:
            shown = claim.shows(claim.results())
            assert re.search(r"\d+ of \d+ seeds \(95 % interval \d+ to \d+ %\)", shown), claim.id


@pytest.mark.parametrize(("text", "ids"), [
    ("{claim}`it always works <always-works>`", {"always-works"}),
    ("{claim}`words over\ntwo lines\n<two-lines>` and {claim}`bare`", {"two-lines", "bare"}),
    ("{ref}`it <always-works>`, `claim`", set()),
])
def test_uses_are_found(text, ids):
    assert used(text) == ids


def test_every_id_on_a_page_exists():
    unknown = {name: sorted(used(text) - set(IDS)) for name, text in pages().items()}
    assert not {name: ids for name, ids in unknown.items() if ids}


def test_every_claim_is_used_on_a_page():
    everywhere = set().union(*(used(text) for text in pages().values()))
    missing = [claim_id for claim_id in IDS if claim_id not in everywhere]
    assert not missing, f"in book/claims.py and on no page: {', '.join(missing)}"


def test_evidence_shows_each_file_of_results_once_under_a_heading_of_its_own():
    text = EVIDENCE.read_text(encoding="utf-8")
    shown = re.findall(r"^## [^\n]+\n\n```\{code-cell\} ipython3\n:tags: \[remove-input\]\n(?:[^`]*\n)?"
                       r"show_claims\(\"(\w+)\"\)\n```$", text, re.MULTILINE)
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(shown)
    assert sorted(shown) == sorted({claim.source for claim in CLAIMS})


def test_what_is_shown_has_an_anchor_the_figures_the_file_and_the_command():
    module = registry()
    for source in {claim.source for claim in CLAIMS}:
        shown = module.show_claims(source)
        page = shown._repr_html_()
        for claim in shown.claims:
            assert page.count(f'id="claim-{claim.id}"') == 1
            assert f"{claim.command}</code>" in page
            assert f"parity_lib/experiments/results/{source}.json" in page
            assert claim.says in repr(shown)
        assert "does not hold" not in page


def test_a_claim_that_fails_says_so_where_it_is_shown(monkeypatch):
    module = registry()
    claim = module.CLAIMS[0]
    falsified = claim.falsify(claim.results())
    monkeypatch.setattr(module.Claim, "results", lambda self, folder=None: falsified)
    assert "does not hold" in module._as_html(claim)


@pytest.mark.parametrize(("value", "words"), [
    (0, "0"), (0.123, "0.12"), (6.8, "6.8"), (724.4, "724"), (6100, "6,100"), (3e-14, "3·10⁻¹⁴"), (2e5, "2·10⁵"),
])
def test_numbers_of_every_size_are_readable(value, words):
    assert registry()._power(value) == words
