"""Test the strings, the equations of the guessed networks, and how guesses are counted."""

import numpy as np
import pytest

from parity_study.experiments import guessing

# If the units are switches, the hidden unit is "bit and output", and the output is "bit or output, but not hidden".
A1_BY_HAND = np.array([60, 0, 80, -100, 20, -90, 50], dtype=np.float32)


def test_balanced_strings_have_the_documented_code_and_labels():
    strings, lengths, labels = guessing.draw_balanced_strings(40, 7, 13, np.random.default_rng(0))
    assert set(np.unique(strings)) == {-1, 1}
    assert strings.shape == (40, 13)
    assert {7, 13} <= set(lengths.tolist()) <= set(range(7, 14))
    assert labels.sum() == 20
    assert [int((row[:length] == 1).sum() % 2) for row, length in zip(strings, lengths)] == labels.tolist()


def one_step_at_a_time(name, weights, string):
    """Compute a network number by number, and return the outputs after each bit, scaled to 0..1."""
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))
    w, outputs = weights.astype(float), []
    h, o = (np.zeros(10) if name.startswith("A2") else 0.0), 0.0
    first = second = 0.0
    for x in string:
        if name == "A1":
            h = sigmoid(w[0] * x + w[1] * h + w[2] * o + w[3])
            o = sigmoid(w[4] * x + w[5] * h + w[6] * o)
        elif name == "A1 at once":
            h, o = sigmoid(w[0] * x + w[1] * h + w[2] * o + w[3]), sigmoid(w[4] * x + w[5] * h + w[6] * o)
        elif name == "two tanh units":
            first, second = (np.tanh(w[0] * x + w[1] * first + w[2] * second + w[3]),
                             np.tanh(w[4] * x + w[5] * first + w[6] * second + w[7]))
            o = (np.tanh(w[8] * first + w[9] * second + w[10]) + 1) / 2
        else:
            own = w[42:52] if name == "A2" else np.zeros(10)
            h = sigmoid(w[:10] * x + w[10:20] * o + w[20:30] + own * h)
            o = sigmoid(w[30:40] @ h + w[40] * x + w[41])
        outputs.append(o)
    return outputs


@pytest.mark.parametrize("name", list(guessing.GUESSED_NETWORKS))
def test_guessed_networks_follow_their_equations(name):
    rng = np.random.default_rng(3)
    weights = guessing.draw_weights(name, 3.0, 5, rng)
    strings, lengths, _ = guessing.draw_balanced_strings(6, 4, 9, rng)
    outputs = guessing.last_outputs(name, weights, strings, lengths)
    expected = [[one_step_at_a_time(name, w, row[:length])[-1] for row, length in zip(strings, lengths)]
                for w in weights]
    np.testing.assert_allclose(outputs, expected, atol=2e-5)


def test_a_network_by_hand_passes_every_test_and_the_answer_even_none():
    rng = np.random.default_rng(0)
    both = np.stack([A1_BY_HAND * 0 - 100, A1_BY_HAND])
    for strings in (guessing.draw_balanced_strings(100, 500, 600, rng), guessing.regular_strings(5000)):
        assert guessing.find_correct_guesses("A1", both, strings).tolist() == [1]
    assert guessing.is_correct_with_switches("A1", A1_BY_HAND, 1)
    assert not guessing.is_correct_with_switches("A1", both[0], 1)


def test_switches_are_tested_from_the_first_length_on(monkeypatch):
    def late(weights, x, units, activation):  # answers "even" to the first bit, and the parity from then on
        parity, begun, _ = units
        parity = np.where(x > 0, 1 - parity, parity)
        return parity, np.ones_like(parity), parity * begun
    monkeypatch.setitem(guessing.GUESSED_NETWORKS, "late", guessing.GuessedNetwork(late, 0, ((), (), ()), None, None))
    weights = np.empty(0, dtype=np.float32)
    correct = {first: guessing.is_correct_with_switches("late", weights, first) for first in (1, 2, 500)}
    assert correct == {1: False, 2: True, 500: True}


def test_a_guess_with_a_single_error_is_dropped():
    strings, lengths, labels = guessing.draw_balanced_strings(100, 20, 30, np.random.default_rng(0))
    for wrong in (0, 1, 3, 50, 99):
        altered = labels.copy()
        altered[wrong] ^= 1
        assert len(guessing.find_correct_guesses("A1", A1_BY_HAND[None], (strings, lengths, altered))) == 0
    assert len(guessing.find_correct_guesses("A1", A1_BY_HAND[None], (strings, lengths, labels))) == 1


def test_the_number_of_the_guess_counts_those_before_it(monkeypatch):
    guesses = np.tile(A1_BY_HAND * 0, (1000, 1))
    calls = []

    def draw(name, scale, count, rng):
        calls.append(count)
        drawn = guesses[:count].copy()
        if len(calls) == 3:
            drawn[[7, 9]] = A1_BY_HAND
        return drawn
    monkeypatch.setattr(guessing, "draw_weights", draw)
    trials, weights = guessing.guess_until_correct("A1", 100.0, 10_000, np.random.default_rng(0))
    assert trials == 2008
    assert weights.tolist() == A1_BY_HAND.tolist()
    calls.clear()
    assert guessing.guess_until_correct("A1", 100.0, 2000, np.random.default_rng(0)) is None
    assert calls == [1000, 1000]


def test_a_summary_of_guesses_tests_the_solved_only():
    unsolved = guessing.summarise("A1", [None, None], np.random.default_rng(0))
    assert (unsolved["solved"], unsolved["trials"], unsolved["mean"]) == (0, [None, None], None)
    row = guessing.summarise("A1", [(10, A1_BY_HAND), None, (30, A1_BY_HAND)], np.random.default_rng(0))
    assert row["trials"] == [10, None, 30]
    assert (row["mean"], row["median"], row["standard_error"]) == (20, 20, 10)
    assert {row[test] for test in ("fresh", "long", "unkind", "switches", "switches_from_1")} == {2}
