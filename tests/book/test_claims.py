"""Every measured claim holds, can be broken, is used on a page, and has its place on the page Evidence."""

import html
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from parity_study import experiments

BOOK = Path(__file__).resolve().parents[2] / "book"
EVIDENCE = BOOK / "evidence.md"
ROLE = re.compile(r"\{claim\}`([^`]+)`")


def registry():
    """The package book/claims, which pages import from their own folder."""
    file = BOOK / "claims" / "__init__.py"
    spec = importlib.util.spec_from_file_location("claims", file, submodule_search_locations=[str(file.parent)])
    module = importlib.util.module_from_spec(spec)
    sys.modules["claims"] = module
    spec.loader.exec_module(module)
    return module


CLAIMS = registry().CLAIMS
IDS = [claim.id for claim in CLAIMS]
CONDITIONS = [pytest.param(claim, condition, id=f"{claim.id}: {condition.name}")
              for claim in CLAIMS for condition in claim.conditions]
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
    assert claim.failing(claim.results()) == [], claim.shows(claim.results())


@pytest.mark.parametrize(("claim", "condition"), CONDITIONS)
def test_each_condition_fails_on_its_falsified_results_while_the_others_hold(claim, condition):
    results = claim.results()
    falsified = condition.falsify(results)
    assert results == claim.results(), "the results stay as they are"
    failing = claim.failing(falsified)
    assert condition.name in failing
    same_numbers = {other.name for other in claim.conditions if other.reads & condition.reads}
    assert set(failing) - {condition.name} <= same_numbers


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_conditions_have_names_of_their_own(claim):
    names = [condition.name for condition in claim.conditions]
    assert len(set(names)) == len(names) >= 1


def rows(value, path=()):
    """Every row of a file that counts successes, with its path."""
    if isinstance(value, dict):
        if {"seeds", "solved", "steps"} <= value.keys() and isinstance(value["steps"], list):
            yield path, value
        for key, part in value.items():
            yield from rows(part, (*path, key))


@pytest.mark.parametrize("source", sorted({claim.source for claim in CLAIMS}))
def test_a_row_counts_what_it_lists_and_rests_on_enough_seeds(source):
    for path, row in rows(experiments.load(source)):
        assert row["seeds"] == len(row["steps"]), path
        assert row["solved"] == sum(step is not None for step in row["steps"]), path
        assert row["seeds"] >= (5 if source == "published" else 20), path


@pytest.mark.parametrize("claim", CLAIMS, ids=IDS)
def test_claim_is_said_in_a_sentence_and_shown_in_figures(claim):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.id)
    assert claim.says.endswith(".")
    assert re.search(r"\d", claim.shows(claim.results()))
    assert claim.source in (*experiments.names(), "bench")


def written():
    """The experiments whose files of results are there."""
    folder = Path(experiments.__file__).parent / "results"
    return tuple(name for name in experiments.names() if (folder / f"{name}.json").exists())


def test_rows_that_are_called_the_same_runs_end_at_the_same_steps():
    registry()
    groups = sys.modules["claims.same_runs"].same_runs(written())
    for group in groups:
        rows = [(experiments.load(source), name) for source, name, _ in group]
        first, name = rows[0]
        for other, other_name in rows[1:]:
            ends = [tuple(results["conditions"][row]["settings"].get(key, results.get("defaults", {}).get(key, default))
                          for key, default in (("max_steps", 8000), ("backend", "numpy")))
                    for results, row in ((first, name), (other, other_name))]
            if ends[0][1] == ends[1][1]:        # other code rounds in another order
                cap = min(end[0] for end in ends)
                one, two = ([step if step and step <= cap else None for step in results["conditions"][row]["steps"]]
                            for results, row in ((first, name), (other, other_name)))
                assert one[:len(two)] == two[:len(one)], (name, other_name)
    assert {source for source, *_ in groups[0]} >= {"curriculum", "lengths_present", "optimizers_at_the_end",
                                                    "padding_side", "pools", "two_by_two"}


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
    assert not missing, f"in book/claims and on no page: {', '.join(missing)}"


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
            assert f"packages/parity_study/experiments/results/{source}.json" in page
            assert claim.says in repr(shown)
        assert "does not hold" not in page


def test_a_claim_that_fails_says_which_condition_does(monkeypatch):
    module = registry()
    claim = module.CLAIMS[0]
    condition = claim.conditions[0]
    falsified = condition.falsify(claim.results())
    monkeypatch.setattr(type(claim), "results", lambda self, folder=None: falsified)
    assert "does not hold" in module.as_html(claim)
    assert html.escape(condition.name) in module.as_html(claim).split("does not hold")[1]


@pytest.mark.parametrize(("source", "words"), [
    ("recipes", "1.5 times as long as those of training"), ("two_by_two", "own kind, as long as those of training"),
    ("guessing", ""),
])
def test_what_solved_means_is_said_for_each_file_that_trains_until_then(source, words):
    assert words in registry().solved_means(source)
    assert bool(registry().solved_means(source)) == bool(words)


@pytest.mark.parametrize(("value", "words"), [
    (0, "0"), (0.123, "0.12"), (6.8, "6.8"), (724.4, "724"), (6100, "6,100"), (3e-14, "3·10⁻¹⁴"), (2e5, "2·10⁵"),
])
def test_numbers_of_every_size_are_readable(value, words):
    assert sys.modules["claims.words"].power(value) == words


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim.source in
                                   ("two_by_two", "fixed_lengths", "lengths_present", "biases_and_batches")],
                         ids=lambda claim: claim.id)
def test_no_figure_of_a_condition_stands_without_its_unit(claim):
    shown = claim.shows(claim.results())
    assert not re.search(r"every_step|\d\.\.\d|(?:^|[;,] )\d+:|, \d+,|\d+ of \d+\b(?! (seeds|nets))", shown), shown
