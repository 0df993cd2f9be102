"""Test the search for wrong strings, the snapping of factors and the proofs on layers with weights set by hand."""

import numpy as np
import pytest
import torch

from parity_lib.data import running_parity
from parity_study.certify import periodic_strings
from parity_study.experiments.layers import measure, train_layer
from parity_study.layer_verdicts import as_bits, as_stored, first_errors, machine_states, trained_layers, wrong_strings
from parity_study.recurrent_layers import BOTH, LAYERS, snap
from parity_study.results import load
from parity_study.trained_networks import as_model
from tests.parameters import longer_after


def by_hand(after_0=4.0, after_1=-4.0, seeds=1):
    """Return minGRUs with a sign whose first channel holds the parity with the factors tanh(2), about 0.96, and -0.96.

    The other channels are not read. The channel adds 1 at each 1, so its states are 0 and about 1.
    """
    network = LAYERS["minGRU with a sign"](range(seeds))
    with torch.no_grad():
        for name, value in (("b_z", after_0), ("U_z", after_1 - after_0), ("b_n", 0.0), ("U_n", 1.0)):
            getattr(network, name)[:, :, 0] = value
        network.W[:], network.c[:] = 0.0, -4.0
        network.W[:, 0] = 8.0
    return network


def test_a_trained_factor_forgets_and_a_snapped_one_does_not():
    network, strings = by_hand(), periodic_strings(200)
    string, = wrong_strings(network, strings)
    assert first_errors(network, as_bits(string)).tolist() == [[len(string)]]
    assert first_errors(network, as_bits(string[:-1])).tolist() == [[0]]
    assert first_errors(network, strings[:, :len(string) - 1]).any() == 0, "no other string is shorter"
    assert machine_states(network)[0] is not None
    network.snapped = "all"
    assert wrong_strings(network, strings) == [None]


@pytest.mark.parametrize("change", [{"after_1": 4.0}, {"after_0": 0.0}, {"after_0": -4.0}])
def test_snapped_factors_that_are_wrong_give_no_proof(change):
    assert machine_states(by_hand(**change)) == [None]


def test_a_wrong_readout_or_too_many_states_give_no_proof():
    network = by_hand(seeds=2)
    assert machine_states(network, most=1) == [None, None]
    network.c.data[1] = 1.0
    assert [states is None for states in machine_states(network)] == [False, True]


def test_proved_networks_are_correct_on_random_strings_and_have_all_states_of_the_proof():
    network = by_hand(seeds=3)
    states = machine_states(network)
    network.snapped = "all"
    assert first_errors(network, np.random.default_rng(0).integers(2, size=(20, 500), dtype=np.uint8)).any() == 0
    reached, h = set(), None
    for bit in np.random.default_rng(1).integers(2, size=300):
        _, h = network(torch.full((1, 3, 1, 1), float(bit)), h)
        reached.add(tuple(h[0, 0].tolist()))
    assert 2 <= len(reached) <= states[0]


def test_factors_are_moved_to_the_nearest_of_three_and_keep_or_add():
    a = torch.tensor([0.9, 0.6, 0.4, -0.7]).expand(2, -1)
    snapped, added = snap(torch.stack([a[0], -a[0]]), torch.ones(2, 4), also_added=True)
    assert snapped.tolist() == [[1, 1, 0, -1], [-1, -1, 0, 1]]
    assert added.tolist() == [[0, 0, 1, 0], [1, 1, 1, 0]]
    assert LAYERS["complex"](range(1)).factors().shape == BOTH.expand(2, 1, 1, 8).shape


def test_first_errors_agree_with_one_pass_over_the_strings():
    strings = np.random.default_rng(3).integers(2, size=(40, 30), dtype=np.uint8)
    for name in ("GRU", "complex", "DeltaNet", "mLSTM", "transformer"):
        network = LAYERS[name](range(3))
        logits, _ = network(torch.from_numpy(strings.T[:, None, :, None]).float().expand(-1, 3, -1, -1))
        wrong = (logits > 0).numpy() != (running_parity(strings) == 1).T[:, None]
        for labelled in (1, 10, 30):
            wrong[:labelled - 1] = False
            expected = np.where(wrong.any(axis=0), 1 + wrong.argmax(axis=0), 0)
            np.testing.assert_array_equal(first_errors(network, strings, chunk=7, labelled=labelled), expected)


def test_seeds_are_trained_independently_and_measured():
    steps, both = train_layer("GRU", 0.01, range(2), updates=2)
    _, first = train_layer("GRU", 0.01, range(1), updates=2)
    np.testing.assert_allclose(first.vectors()[0], both.vectors()[0], atol=1e-5)
    row, decided = measure("GRU, rate 0.01", both, steps)
    assert (row["seeds"], row["solved"], row["wrong"], row["exact"], decided) == (2, 0, [None, None], [0, 0], [])
    row, _ = measure("by hand", by_hand(seeds=2), [50, None])
    assert (row["solved"], row["refuted"], row["steps"]) == (0, 0, [None, None])
    row, _ = measure("by hand", by_hand(8.0, -8.0, seeds=2), [50, 100])
    assert (row["solved"], row["steps"], row["refuted"]) == (2, [50, 100], 2)
    assert (row["snapped"]["all"], row["snapped"]["proved"]) == ([2, 2], 2)


def test_only_labelled_answers_are_trained():
    before, (_, after) = LAYERS["GRU"](range(9)), train_layer("GRU", 0.01, range(9), updates=1, labelled=50)
    strings = np.stack([np.random.default_rng(seed).integers(2, size=(32, 50), dtype=np.uint8) for seed in range(9)])
    logits, _ = before(torch.from_numpy(strings).float().permute(2, 0, 1)[..., None])
    error = torch.sigmoid(logits[-1]) - torch.from_numpy(strings.sum(axis=2) % 2)
    torch.testing.assert_close((after.c - before.c)[:, 0, 0], -0.01 * error.mean(dim=1).sign())


def test_tanh_networks_can_be_stored():
    network = LAYERS["tanh"](range(3))
    strings = np.random.default_rng(3).integers(2, size=(5, 9))
    bits = torch.from_numpy(strings[..., None]).float()
    for place, stored in enumerate(as_stored("kind", network, [4, 5, 6], ["100", None, None])):
        logits, _ = network.only([place])(bits.transpose(0, 1)[:, None])
        torch.testing.assert_close(as_model(stored)(bits)[..., 0], logits[:, 0].T, atol=1e-5, rtol=0)
        assert (stored.seed, stored.string) == (4 + place, None if place else "100")


@pytest.mark.parametrize("kind", longer_after(2, list(load("layers")["nets"])))
def test_stored_networks_err_on_their_stored_strings_in_both_precisions(kind):
    row = load("layers")["nets"][kind]
    assert sum(string is not None for string in row["wrong"]) == row["refuted"]
    if not row["refuted"]:      # no weights are stored, because there is no verdict on them
        assert not row["certified"]
        assert not (row["snapped"] and row["snapped"]["proved"])
        return
    network = trained_layers(kind)
    for seed, string in enumerate(row["wrong"]):
        for one in (network.only([seed]), network.only([seed]).double()) if string else ():
            assert first_errors(one, as_bits(string)).tolist() == [[len(string)]]
    if row["snapped"]:
        solved = network.only([step is not None for step in row["steps"]])
        assert machine_states(solved) == row["snapped"]["states"]
