"""Every measured claim holds, can be falsified, is used on a page, and has its place on the page Evidence."""

import functools
import html
import importlib.util
import itertools
import re
import sys

import pytest

from parity_study import experiments
from parity_study.experiments.comparisons import fisher_p
from parity_study.experiments.recheck import LEVEL

from .conftest import ROOT

BOOK = ROOT / "book"
ROLE = re.compile(r"\{claim\}`([^`]+)`")
SERIES = sorted([*experiments.names(), "bench"])
# Claims on series of trainings that are not about a success rate.
NO_RATE = {"end-fixed-is-a-coin", "plain-nets-stop-at-short-strings", "every-step-speed-alike", "solved-nets-at-10000"}


@functools.cache
def registry():
    """Return the package book/claims, which pages import from their own folder."""
    file = BOOK / "claims" / "__init__.py"
    spec = importlib.util.spec_from_file_location("claims", file, submodule_search_locations=[str(file.parent)])
    module = importlib.util.module_from_spec(spec)
    sys.modules["claims"] = module
    spec.loader.exec_module(module)
    return module


def claims_on(source):
    return [claim for claim in registry().CLAIMS if claim.source == source]


def used(text):
    """Return the ids to which a page refers with the role {claim}."""
    targets = (re.sub(r"\s+", " ", content) for content in ROLE.findall(text))
    return {(re.search(r"<([^<>]+)>\s*$", target) or re.search(r"(.*)", target))[1].strip() for target in targets}


@pytest.mark.parametrize("source", SERIES)
def test_each_claim_holds_on_the_committed_results(source):
    assert {claim.id: claim.shows(claim.results()) for claim in claims_on(source)
            if claim.failing(claim.results())} == {}


@pytest.mark.parametrize("source", SERIES)
def test_each_condition_fails_on_its_falsified_results_while_the_others_hold(source):
    for claim in claims_on(source):
        names = [condition.name for condition in claim.conditions]
        assert len(set(names)) == len(names) >= 1, claim.id
        results = claim.results()
        for condition in claim.conditions:
            failing = claim.failing(condition.falsify(results))
            same_numbers = {other.name for other in claim.conditions if set(other.reads) & set(condition.reads)}
            assert {condition.name} <= set(failing) <= same_numbers | {condition.name}, (claim.id, condition.name)
        assert results == claim.results(), "the results stay as they are"


def rows(value, path=()):
    """Yield every row of a file that counts successes, with its path."""
    if isinstance(value, dict):
        if {"seeds", "solved", "steps"} <= value.keys() and isinstance(value["steps"], list):
            yield path, value
        for key, part in value.items():
            yield from rows(part, (*path, key))


@pytest.mark.parametrize("source", SERIES)
def test_a_row_counts_what_it_lists_and_rests_on_enough_seeds(source):
    for path, row in rows(experiments.load(source)):
        assert row["seeds"] == len(row["steps"]), path
        assert row["solved"] == sum(step is not None for step in row["steps"]), path
        assert row["seeds"] >= (5 if source == "published" else 20), path


def ends(results, name, cap):
    """Return the updates after which each run of a row was solved, None for those that took longer than ``cap``."""
    return [step if step and step <= cap else None for step in results["conditions"][name]["steps"]]


def setting(results, name, key, default):
    return results["conditions"][name]["settings"].get(key, results.get("defaults", {}).get(key, default))


def rounding(place, row):
    """Return what decides how the sums of a row were rounded: the version of the code and the processor."""
    made = experiments.load(place[0], "provenance")
    return setting(*row, "backend", "numpy"), made.get("version"), made["cpu"]


def test_rows_that_are_called_the_same_runs_end_at_the_same_steps():
    registry()
    groups = sys.modules["claims.same_runs"].same_runs()
    assert {source for source, *_ in groups[0]} >= {"curriculum", "lengths_present", "padding_side", "two_by_two"}
    for group in groups:
        for one, other in itertools.combinations(group, 2):
            rows = [(experiments.load(source), name) for source, name, _ in (one, other)]
            cap = min(setting(*row, "max_steps", 8000) for row in rows)
            both = list(zip(*(ends(*row, cap) for row in rows)))
            assert len(both) >= 20
            if rounding(one, rows[0]) == rounding(other, rows[1]):
                assert all(step == other_step for step, other_step in both), (one, other)
            else:   # the same seeds may end differently, but not much more often
                counts = [(sum(step is not None for step in steps), len(both)) for steps in zip(*both)]
                assert fisher_p(*counts) > LEVEL, (one, other)


def test_every_experiment_and_the_benchmark_have_claims_with_different_ids():
    ids = [claim.id for claim in registry().CLAIMS]
    assert len(set(ids)) == len(ids)
    assert {claim.source for claim in registry().CLAIMS} == {*experiments.names(), "bench"} == set(SERIES)


def test_every_id_on_a_page_exists_and_every_claim_is_on_a_page():
    pages = [path.read_text(encoding="utf-8") for path in BOOK.glob("*.md") if path.name != "evidence.md"]
    assert set().union(*map(used, pages)) == {claim.id for claim in registry().CLAIMS}


@pytest.mark.parametrize("source", SERIES)
def test_evidence_shows_each_claim_in_a_sentence_with_numbers_its_file_and_its_command(source):
    page = registry().show_claims(source)._repr_html_()
    assert "does not hold" not in page
    for claim in claims_on(source):
        assert page.count(f'id="claim-{claim.id}"') == 1
        assert f"{claim.command}</code>" in page
        assert f"packages/parity_study/experiments/results/{source}.json" in page
        assert html.escape(claim.says) in page
        assert claim.says.endswith(".")
        assert re.search(r"\d", claim.shows(claim.results()))


def test_a_success_rate_is_shown_with_its_interval():
    rates = {"course_loop", "optimizers", "one_unit", *filter(experiments.is_series, experiments.names())}
    for claim in registry().CLAIMS:
        if (claim.source in rates or claim.id.endswith("solves")) and claim.id not in NO_RATE:
            shown = claim.shows(claim.results())
            assert re.search(r"\d+ of \d+ seeds \(95 % interval \d+ to \d+ %\)", shown), claim.id


def test_evidence_has_a_heading_for_each_file_of_results():
    text = (BOOK / "evidence.md").read_text(encoding="utf-8")
    shown = re.findall(r"^## [^\n]+\n\n```\{code-cell\} ipython3\n:tags: \[remove-input\]\n(?:[^`]*\n)?"
                       r"show_claims\(\"(\w+)\"\)\n```$", text, re.MULTILINE)
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(shown)
    assert sorted(shown) == SERIES


def test_a_claim_that_fails_says_which_condition_does(monkeypatch):
    claim = registry().CLAIMS[0]
    condition = claim.conditions[0]
    falsified = condition.falsify(claim.results())
    monkeypatch.setattr(type(claim), "results", lambda self, folder=None: falsified)
    assert html.escape(condition.name) in registry().as_html(claim).partition("does not hold")[2]


@pytest.mark.parametrize(("source", "words"), [
    ("recipes", "1.5 times as long as those in training"), ("two_by_two", "own kind, as long as those in training")])
def test_a_file_that_counts_solved_runs_says_what_solved_means(source, words):
    assert words in registry().solved_means(source)
    assert registry().solved_means("guessing") == ""


def test_numbers_of_every_size_are_readable():
    registry()
    numbers = {0: "0", 0.123: "0.12", 6.8: "6.8", 724.4: "724", 6100: "6,100", 3e-14: "3·10⁻¹⁴", 2e5: "2·10⁵"}
    assert {number: sys.modules["claims.words"].power(number) for number in numbers} == numbers
