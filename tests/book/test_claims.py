"""Every measured claim holds, can be falsified, is used on a page, and has its place on the page Evidence."""

import html
import json
import re

import numpy as np
import pytest

from parity_study import claims, experiments
from parity_study.claims import CLAIMS, words
from parity_study.results import FOLDER, evidence, load

from .conftest import ROOT

BOOK = ROOT / "book"
ROLE = re.compile(r"\{claim\}`([^`]+)`")
SERIES = sorted(experiments.names())
# What the pages read; a test below compares it with the results.
PUBLISHED = {claim["id"]: claim for claims in load("claims", "claims").values() for claim in claims}
# Claims on series of trainings that are not about a success rate.
NO_RATE = {"end-fixed-is-a-coin", "solved-nets-at-10000", "smaller-rate-moves-no-less"}


def claims_on(source):
    return [claim for claim in CLAIMS if claim.source == source]


def used(text):
    """Return the ids to which a page refers with the role {claim}."""
    targets = (re.sub(r"\s+", " ", content) for content in ROLE.findall(text))
    return {(re.search(r"<([^<>]+)>\s*$", target) or re.search(r"(.*)", target))[1].strip() for target in targets}


def test_each_claim_holds_on_the_committed_results():
    assert {name: claim["failing"] for name, claim in PUBLISHED.items() if claim["failing"]} == {}


def altered(value, rng, share, most=100):
    """Return a copy of results in which about a ``share`` of the numbers and of the lists of numbers are others.

    A count becomes at most ``most``, which is the number of seeds of its row.
    """
    if isinstance(value, dict):
        return {key: altered(part, rng, share / 5 if key == "seeds" else share, value.get("seeds", most))
                for key, part in value.items()}
    if isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value):
        return [altered(part, rng, share, most) for part in value]
    if isinstance(value, (str, bool, type(None))) or rng.random() > share:
        return value
    if isinstance(value, list):
        numbers = [altered(0 if rng.random() < 0.5 else 0.5, rng, 1, most) for _ in range(len(value) + rng.integers(2))]
        return numbers if rng.random() < 0.5 else numbers[:1] * len(numbers)
    if isinstance(value, int):
        return int(rng.choice([0, most, rng.integers(most + 1)]))
    return rng.normal() * 10.0 ** rng.uniform(-9, 6)


def fails(condition, results):
    """Return whether a condition does not hold for altered results, and False if it cannot be evaluated."""
    try:
        return not condition.holds(results)
    except Exception:       # for example, more networks solved the task than were trained
        return False


@pytest.mark.parametrize("source", SERIES)
def test_each_condition_fails_on_altered_results(source):
    results, rng = load(source), np.random.default_rng(0)
    waiting = {(claim.id, condition.name): condition for claim in claims_on(source) for condition in claim.conditions}
    assert len(waiting) == sum(len(claim.conditions) for claim in claims_on(source)), "the names differ"
    for _ in range(300):
        if not waiting:
            break
        others = altered(results, rng, rng.choice([0.03, 0.1, 0.5, 1]))
        waiting = {name: condition for name, condition in waiting.items() if not fails(condition, others)}
    assert not waiting


def rows(value, path=()):
    """Yield every row of a file that counts successes, with its path."""
    if isinstance(value, dict):
        if {"seeds", "solved", "steps"} <= value.keys() and isinstance(value["steps"], list):
            yield path, value
        for key, part in value.items():
            yield from rows(part, (*path, key))


@pytest.mark.parametrize("source", SERIES)
def test_a_row_counts_what_it_lists_and_rests_on_enough_seeds(source):
    for path, row in rows(load(source)):
        assert row["seeds"] == len(row["steps"]), path
        assert row["solved"] == sum(step is not None for step in row["steps"]), path
        assert row["seeds"] >= (5 if source == "published" else 20), path


def test_the_pages_read_the_claims_as_they_are():
    current = json.loads(json.dumps(claims.as_data()))
    assert json.loads((FOLDER / "claims.json").read_text(encoding="utf-8")) == current, (
        "write the file again with: python -m parity_study.claims")


def test_no_page_needs_the_code_of_an_experiment_or_of_a_claim():
    for page in BOOK.glob("*.md"):
        code = "\n".join(re.findall(r"```\{code-cell\}.*?```", page.read_text(encoding="utf-8"), re.DOTALL))
        assert not re.search(r"parity_study(\.| import )(experiments|claims|recheck)", code), page.name


def test_every_experiment_has_claims_with_different_ids():
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids)
    assert {claim.source for claim in CLAIMS} == set(SERIES)


def test_every_id_on_a_page_exists_and_every_claim_is_on_a_page():
    pages = [path.read_text(encoding="utf-8") for path in BOOK.glob("*.md") if path.name != "evidence.md"]
    assert set().union(*map(used, pages)) == {claim.id for claim in CLAIMS}


@pytest.mark.parametrize("source", SERIES)
def test_evidence_shows_each_claim_in_a_sentence_with_numbers_its_file_and_its_command(source):
    page = evidence.show_claims(source)._repr_html_()
    assert "does not hold" not in page
    for claim in claims_on(source):
        assert page.count(f'id="claim-{claim.id}"') == 1
        assert f"parity experiment {source}</code>" in page
        assert f"packages/parity_study/results/{source}.json" in page
        assert html.escape(claim.says) in page
        assert claim.says.endswith(".")
        assert re.search(r"\d", PUBLISHED[claim.id]["shows"])


def test_a_success_rate_is_shown_with_its_interval():
    rates = {"course_loop", *experiments.SERIES}
    for claim in CLAIMS:
        if (claim.source in rates or claim.id.endswith("solves")) and claim.id not in NO_RATE:
            shown = PUBLISHED[claim.id]["shows"]
            assert re.search(r"\d+ of \d+ seeds \(95 % interval \d+ to \d+ %\)", shown), claim.id


def test_evidence_has_a_heading_for_each_file_of_results():
    text = (BOOK / "evidence.md").read_text(encoding="utf-8")
    shown = re.findall(r"^## [^\n]+\n\n```\{code-cell\} ipython3\n:tags: \[remove-input\]\n(?:[^`]*\n)?"
                       r"show_claims\(\"(\w+)\"\)\n```$", text, re.MULTILINE)
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(shown)
    assert sorted(shown) == SERIES


def test_a_claim_that_fails_says_which_condition_does():
    claim = load("claims", "claims")["pools"][0]
    failing = claim | {"failing": ["more < often"]}
    assert "more &lt; often" in evidence.as_html("pools", failing).partition("does not hold")[2]


def test_numbers_of_every_size_are_readable():
    numbers = {0: "0", 0.123: "0.12", 6.8: "6.8", 724.4: "724", 6100: "6,100", 3e-14: "3·10⁻¹⁴", 2e5: "2·10⁵"}
    assert {number: words.power(number) for number in numbers} == numbers


@pytest.mark.parametrize(("condition", "words"), [
    ({"allways": ["lstm"]}, "a condition must be"), ({"gradient left": ["tanh 16"]}, "gradient left must be above or"),
    ({"always": ["lstm"], "above": 0.5}, "always must be"), ({"always": ["lstm"], "unless": 1}, "unless")])
def test_a_condition_that_is_not_understood_is_refused(condition, words):
    with pytest.raises((ValueError, TypeError), match=words):
        list(claims.read_conditions([condition], (), {}))
