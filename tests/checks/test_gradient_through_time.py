"""What the checks of *The gradient through time* are made of: references, versions of a script, nets, numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from parity_lib import checks
from parity_lib.checks.gradient_through_time import backward, breaking, differences, reference, script
from parity_lib.checks.reporting import CheckFailed
from tests.submissions import bank

SOURCE = (bank.ROOT / "solutions/gradient_through_time.md").read_text(encoding="utf8")


@pytest.mark.parametrize("case", backward.CASES)
def test_the_reference_is_autograds(case):
    for seed in range(20):
        given = backward.draw_case(*case, np.random.default_rng(seed))
        right, ours = reference.by_autograd(*given), reference.gradients(*given)
        for name in reference.NAMES:
            assert np.abs(ours[name] - right[name]).max() <= 1e-9 * np.abs(right[name]).max() + 1e-300


@pytest.mark.parametrize("slip", reference.SLIPS)
def test_every_slip_shows_in_some_case(slip):
    for seed in (0, 1, 2):
        rng, seen = np.random.default_rng(seed), False
        for case in backward.CASES:
            given = backward.draw_case(*case, rng)
            right, slipped = reference.gradients(*given), reference.gradients(*given, slip=slip)
            seen |= any(np.abs(slipped[name] - right[name]).max() > 1e-2 * np.abs(right[name]).max() for name in right)
        assert seen


def test_a_transposed_gradient_is_never_a_right_one_by_chance():
    """The first net of this generator has a gradient of V that is symmetric to a part in two thousand."""
    rng = np.random.default_rng(491)
    bits = rng.integers(2, size=(3, 6))
    slope = differences.network(bits, np.cumsum(bits, axis=1) % 2)[1]
    net, turned = differences._turned(slope, rng)
    right = slope(net)
    assert np.array_equal(turned[1], right[1].T)
    assert np.abs(turned[1] - right[1]).max() > 0.02 * np.abs(right[1]).max()


def test_the_claimed_gradients_are_right_or_wrong_as_they_say():
    for seed in range(10):
        kinds = {True: 0, False: 0}
        for case in differences.cases(np.random.default_rng(seed)):
            names = {"np": np}
            exec(case.source, names)
            off = 0.0
            for k, claimed in enumerate(case.gradient):
                found = np.zeros(claimed.shape)
                for place in np.ndindex(claimed.shape):
                    moved = [[one.copy() for one in case.weights] for _ in range(2)]
                    moved[0][k][place] += 1e-5
                    moved[1][k][place] -= 1e-5
                    found[place] = (names["loss"](moved[0]) - names["loss"](moved[1])) / 2e-5
                off = max(off, np.nan_to_num(np.abs(found - claimed).max(), nan=9) / (np.abs(found).max() + 1e-9))
            # From the thousandth that the task names as far as a crude difference is off, on either side.
            assert off < 0.75e-3 if case.right else off > 1.4e-3, case.about
            kinds[case.right] += 1
        assert min(kinds.values()) >= 5


def test_the_notebook_shows_the_version_that_the_checks_know():
    assert script.given().replace('"""', "'''").strip() in SOURCE
    assert len(script.SCRIPT.splitlines()) < 60


def test_each_fault_is_an_edit_of_one_function():
    right = _functions(script.SCRIPT)
    assert tuple(right) == script.FUNCTIONS
    for seed in range(20):
        for one in script.faults(np.random.default_rng(seed)):
            faulty = _functions(script.with_edits(one.edits))
            assert [name for name in right if faulty[name] != right[name]] == [one.function], one.name
            assert one.clue
    assert {one.function for one in script.faults(np.random.default_rng(0))} == set(script.FUNCTIONS)
    with pytest.raises(ValueError, match="an edit must be a part that the script has once"):
        script.with_edits((("no such line", ""),))


def _functions(text: str) -> dict[str, str]:
    parts = text.split("\ndef ")[1:]
    return {part.partition("(")[0]: part for part in parts}


@pytest.mark.parametrize("parameters", breaking.STURDY)
def test_a_sturdy_net_is_right_on_every_short_string(parameters):
    net = breaking.disguised(breaking.net_of(*parameters), np.random.default_rng(0))
    assert breaking.surely_right(net, breaking.LONG)
    assert breaking.search(net, breaking.LONG, keep=5) is None
    for bits in itertools.product((0, 1), repeat=9):
        assert breaking.first_error(net, np.array(bits)) is None


def test_a_net_that_errs_is_never_called_right():
    for parameters in breaking.BRITTLE + breaking.SLOW:
        net = breaking.net_of(*parameters)
        string = breaking.search(net, breaking.LONG)
        assert breaking.first_error(net, np.array(string))[0] == len(string)
        assert not breaking.surely_right(net, len(string))
        assert breaking.first_error(net, np.array(string[:-1])) is None


def test_a_disguise_changes_no_answer():
    net = breaking.net_of(*breaking.SLOW[0])
    for seed in range(8):
        other = breaking.disguised(net, np.random.default_rng(seed))
        string = np.array(breaking.search(other, breaking.LONG))
        assert breaking.first_error(net, string)[0] == len(string)


@pytest.mark.parametrize("entries", breaking.CROWDED)
def test_one_state_of_each_parity_is_too_few_for_some_nets(entries):
    net = breaking.rounded(*entries)
    assert breaking.search(net, breaking.LONG, keep=1) is None
    for keep in (16, 30, 60):
        string = breaking.search(net, breaking.LONG, keep=keep)
        assert abs(breaking.first_error(net, np.array(string))[1]) > breaking.MARGIN


@pytest.mark.parametrize("parameters", breaking.BRITTLE)
def test_a_shortest_error_is_an_error_and_shorter_there_is_none(parameters):
    net = breaking.net_of(*parameters)
    string = breaking.shortest_error(net, breaking.SHORT)
    assert breaking.first_error(net, np.array(string))[0] == len(string)
    for steps in range(1, len(string)):
        for bits in itertools.product((0, 1), repeat=steps):
            assert breaking.first_error(net, np.array(bits)) is None
    assert breaking.shortest_error(net, len(string) - 1) is None


@pytest.mark.parametrize("entries", breaking.HIDDEN)
def test_hidden_errors_are_on_no_simple_string(entries):
    net = breaking.rounded(*entries)
    string = breaking.search(net, breaking.LONG)
    assert len(string) > breaking.SHORT
    assert abs(breaking.first_error(net, np.array(string))[1]) > 10 * breaking.MARGIN
    for start, period in itertools.product(((), (1,), (1, 1)), ((0,), (1,), (0, 1))):
        bits = np.array([*start, *period * breaking.LONG][:breaking.LONG])
        assert breaking.first_error(net, bits) is None
    for bits in np.random.default_rng(0).integers(2, size=(200, breaking.LONG)):
        assert breaking.first_error(net, bits) is None
    with pytest.raises(ValueError, match="seed"):
        checks.number_for("what_truncation_cannot_teach", -1)


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(("result", "words"), [
    ([0, 1, 2], "bits, each 0 or 1"), ([], "a list of at least one bit"), (np.zeros((2, 2)), "one string"),
    ("0x1", "bits, each 0 or 1"), (lambda: 0, "a value of type function"),
])
def test_a_string_that_is_none_is_said_to_be_none(result, words):
    checks.bind({"find_error": lambda *_: result})
    try:
        with pytest.raises(CheckFailed, match=words):
            breaking.find_error_short()
    finally:
        checks.bind(None)
