"""Test that the checker rejects altered boxes, weights and strings, and that its sets contain PyTorch's states."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from torch.nn.utils import parameters_to_vector

from parity_book.cli import main
from parity_lib.models import ParityRNN, by_hand
from parity_study import boxes, certify, verify
from parity_study.certificate_store import STORE, StoredNetwork, fingerprint, read_store, write_store
from parity_study.experiments.verdicts import decide
from tests.study.networks import CELLS, make_wide_network, next_states

arb = pytest.importorskip("flint").arb


def as_stored(model, seed=0):
    """Return a model, in float32, with its verdict."""
    model = model.float()
    certificate = certify.certify(model)
    proof = certificate.boxes and {name: getattr(certificate.boxes, name) for name in ("low", "high", "odd")}
    weights = parameters_to_vector(model.parameters()).detach().numpy()
    return StoredNetwork("kind", model.cell, model.hidden_size, seed, weights, certificate.verdict,
                         certificate.string, **(proof or {}))


@pytest.fixture(scope="module")
def right():
    return as_stored(by_hand("tanh"))


@pytest.fixture(scope="module")
def wrong():
    return as_stored(by_hand("tanh", 1.1), seed=1)


def box(centre, radius):
    slopes = [[arb(float(radius[row])) if row == column else arb(0) for column in range(len(radius))]
              for row in range(len(radius))]
    return verify.AffineSet(np.array([arb(float(number)) for number in centre]), np.array(slopes))


def network_of(model):
    return verify.Network(model.cell, model.hidden_size, parameters_to_vector(model.parameters()).detach().numpy())


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("width", [0.0, 0.01, 0.3])
def test_a_time_step_contains_what_pytorch_computes_in_float32(kind, width):
    for seed in range(3):
        model, rng = make_wide_network(kind, seed), np.random.default_rng(seed)
        network = network_of(model)
        centre, radius = rng.normal(size=network.size), width * rng.random(network.size)
        points = (centre + rng.uniform(-1, 1, size=(200, network.size)) * radius).astype(np.float32).astype(float)
        state = box(centre, radius + 1e-6)
        for bit in (0, 1, 1):
            points, state = next_states(model, points, bit), verify.step(network, state, bit)
            ranges = state.ranges()
            assert (points >= verify.lower_ends(ranges).astype(float)).all()
            assert (points <= verify.upper_ends(ranges).astype(float)).all()


def test_correct_verdicts_pass(right, wrong):
    assert (right.verdict, wrong.verdict) == ("certified", "refuted")
    assert verify.check(right) is None
    assert verify.check(wrong) is None
    assert verify.check(replace(wrong, verdict="undecided")) is None


def changed(verdict, name, by, place=...):
    """Return the verdict with ``by`` added to one of its arrays, or to one place in it."""
    array = getattr(verdict, name).copy()
    array[place] += by
    return replace(verdict, **{name: array})


def only(verdict, rows):
    return replace(verdict, low=verdict.low[rows], high=verdict.high[rows], odd=verdict.odd[rows])


@pytest.mark.parametrize("alter", [
    lambda verdict: only(verdict, ~verdict.odd),
    lambda verdict: only(verdict, slice(1)),
    lambda verdict: replace(verdict, odd=~verdict.odd),
    lambda verdict: changed(verdict, "low", 0.3),
    lambda verdict: changed(verdict, "high", -np.ptp(verdict.high) - 3),
    lambda verdict: changed(verdict, "high", np.nan),
    lambda verdict: replace(verdict, low=verdict.low[:, :1], high=verdict.high[:, :1]),
    lambda verdict: replace(verdict, low=None),
    lambda verdict: changed(verdict, "weights", -3.0, 2),
    lambda verdict: replace(verdict, verdict="refuted"),
    lambda verdict: replace(verdict, verdict="refuted", string="1"),
])
def test_altered_verdicts_fail(alter, right):
    assert verify.check(alter(right))


def test_a_wrong_network_is_not_certified_by_boxes_that_contain_all_states(wrong):
    everything = {"low": np.full((2, 2), -1.0), "high": np.full((2, 2), 1.0), "odd": np.array([False, True])}
    assert verify.check(replace(wrong, verdict="certified", **everything))


def test_the_store_returns_what_was_written_and_keeps_other_kinds(right, wrong, tmp_path):
    undecided = replace(wrong, kind="open", verdict="undecided", string=None, blocked="effort",
                        weights=wrong.weights * 2)
    write_store([right, wrong], tmp_path)
    write_store([undecided], tmp_path)
    for written, read in zip((right, wrong, undecided), read_store(tmp_path), strict=True):
        assert (read.kind, read.seed, read.verdict) == (written.kind, written.seed, written.verdict)
        assert (read.string, read.blocked) == (written.string, written.blocked)
        assert np.array_equal(read.weights, written.weights)
        assert written.low is None or np.array_equal(read.low, written.low)


@pytest.mark.parametrize("alter", [
    lambda certificate: replace(certificate, boxes=boxes.Boxes(certificate.boxes.low, certificate.boxes.high,
                                                               ~certificate.boxes.odd)),
    lambda certificate: replace(certificate, verdict="refuted", string="1"),
])
def test_a_verdict_that_fails_the_check_is_published_as_undecided(alter, right, monkeypatch):
    certificate = certify.certify(by_hand("tanh").float())
    monkeypatch.setattr(certify, "certify", lambda model, effort: alter(certificate))
    undecided = decide(replace(right, low=right.low + 0.3), 30_000)
    assert (undecided.verdict, undecided.blocked) == ("undecided", "checker")
    assert undecided.string is undecided.low is None
    assert decide(right, 30_000) is right, "a stored verdict that holds is kept"


def test_products_that_underflow_are_allowed_for():
    model = ParityRNN(1, "relu")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.rnn.weight_hh_l0.fill_(1e-3)
    state = verify.step(network_of(model), box([1e-38], [0.0]), 0)
    assert state.ranges()[0].contains(arb(0)), "a product that is flushed to zero is contained"


def test_the_command_reports_verdicts_that_do_not_hold(right, wrong, tmp_path):
    write_store([right, wrong], tmp_path)
    result = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "1 certified, 1 refuted, 0 undecided" in result.output
    write_store([right, replace(wrong, string="1")], tmp_path)
    result = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert result.exit_code == 1
    assert "kind, seed 1: the network's answer is correct in float32" in result.output


def test_the_published_store_is_complete():
    verdicts = list(read_store())
    assert len({fingerprint(verdict.weights) for verdict in verdicts}) == len(verdicts) > 100
    assert all((verdict.low is not None) == (verdict.verdict == "certified") for verdict in verdicts)
    assert all(bool(verdict.string) == (verdict.verdict == "refuted") for verdict in verdicts)
    assert sum(path.stat().st_size for path in STORE.iterdir() if path.is_file()) < 5_000_000


def test_some_published_verdicts_hold():
    small = [verdict for verdict in read_store() if verdict.hidden_size <= 4 and verdict.verdict == "certified"][:4]
    refuted = [verdict for verdict in read_store() if verdict.verdict == "refuted"][:4]
    assert len(small) == len(refuted) == 4
    for verdict in (*small, *refuted):
        assert verify.check(verdict) is None, (verdict.kind, verdict.seed)


def error(values, exact):
    """Return the largest error of float32 values, in units of 2**-24."""
    return (np.abs(values.double().numpy() - exact) / verify.ROUNDING).max()


def sigmoid(z):
    return 0.5 + 0.5 * np.tanh(0.5 * z)


@pytest.mark.weekly      # the next test has a sample of them
def test_pytorchs_tanh_and_sigmoid_keep_the_bound_at_every_float32_from_2_to_the_minus_24_to_32():
    for first in range(0x33800000, 0x42000000, 1 << 22):  # the bits of 2**-24 and of 32
        positive = torch.from_numpy(np.arange(first, first + (1 << 22), dtype=np.uint32).view(np.float32))
        for z in (positive, -positive):
            assert error(torch.tanh(z), np.tanh(z.double().numpy())) <= verify.ACTIVATION_ERROR
            assert error(torch.sigmoid(z), sigmoid(z.double().numpy())) <= verify.ACTIVATION_ERROR


def test_pytorchs_tanh_and_sigmoid_keep_the_bound_on_a_dense_sample():
    z = torch.cat([torch.linspace(-40, 40, 2_000_001), torch.linspace(-1e-3, 1e-3, 200_001), torch.tensor([0.0, 1e30])])
    assert error(torch.tanh(z), np.tanh(z.double().numpy())) <= verify.ACTIVATION_ERROR / 2
    assert error(torch.sigmoid(z), sigmoid(z.double().numpy())) <= verify.ACTIVATION_ERROR / 2


@torch.no_grad()
def test_the_lstms_own_sigmoid_and_tanh_keep_the_bound_too():
    # All gates but one are fully open, so that c = sigmoid(z) or c = tanh(z).
    z = torch.linspace(-30, 30, 300_001)[:, None, None]
    model = ParityRNN(1, "lstm")
    for gate, function in ((0, sigmoid), (2, np.tanh)):
        for parameter in model.rnn.parameters():
            parameter.zero_()
        model.rnn.bias_ih_l0.copy_(torch.tensor([60.0, -60.0, 60.0, 60.0]))
        model.rnn.bias_ih_l0[gate], model.rnn.weight_ih_l0[gate] = 0.0, 1.0
        c = model.rnn(z)[1][1][0, :, 0]
        assert error(c, function(z[:, 0, 0].double().numpy())) <= verify.ACTIVATION_ERROR
