"""The checker believes no verdict: tampered boxes, weights and strings fail, and its sets hold what PyTorch does."""

import ast
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from torch.nn.utils import parameters_to_vector

from parity_lib import ParityRNN, boxes, by_hand, certify, verify
from parity_lib.certificates import STORE, Stored, fingerprint, stored, write_store
from parity_lib.cli import main
from parity_lib.experiments.certificates import decide
from tests.nets import CELLS, next_states, wide_net

arb = pytest.importorskip("flint").arb


def as_stored(model, seed=0, effort=30_000):
    """A model, in float32, with its verdict."""
    model = model.float()
    found = certify.certify(model, effort=effort)
    proved = found.boxes and {name: getattr(found.boxes, name) for name in ("low", "high", "odd")}
    weights = parameters_to_vector(model.parameters()).detach().numpy()
    return Stored("some", model.cell, model.hidden_size, seed, weights, found.verdict, found.string, **(proved or {}))


@pytest.fixture(scope="module")
def right():
    return as_stored(by_hand("tanh"))


@pytest.fixture(scope="module")
def wrong():
    return as_stored(by_hand("tanh", 1.1), seed=1)


def set_of(centre, radius):
    slopes = [[arb(float(r)) if row == column else arb(0) for column in range(len(radius))]
              for row, r in enumerate(radius)]
    return verify.Numbers([arb(float(each)) for each in centre], slopes)


def net_of(model):
    return verify.Net(model.cell, model.hidden_size, parameters_to_vector(model.parameters()).detach().numpy())


def test_verify_shares_no_code_with_what_it_checks():
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.startswith("parity_lib")} == {"parity_lib.errors",
                                                                         "parity_lib.certificates"}


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("width", [0.0, 0.01, 0.3])
def test_a_step_holds_what_pytorch_computes_in_float32(kind, width):
    for seed in range(3):
        model, rng = wide_net(kind, seed), np.random.default_rng(seed)
        net = net_of(model)
        centre, radius = rng.normal(size=net.size), width * rng.random(net.size)
        points = (centre + rng.uniform(-1, 1, size=(200, net.size)) * radius).astype(np.float32).astype(float)
        state = set_of(centre, radius + 1e-6)
        for bit in (0, 1, 1):
            points, state = next_states(model, points, bit), verify.step(net, state, bit)
            ranges = state.ranges()
            low, high = [float(each.lower()) for each in ranges], [float(each.upper()) for each in ranges]
            assert (points >= low).all()
            assert (points <= high).all()


def test_a_step_without_rounding_is_narrow():
    net = net_of(wide_net("lstm", 0))
    state = verify.step(net, set_of(np.zeros(net.size), np.zeros(net.size)), 1, rounding=0.0)
    assert max(float(each.rad()) for each in state.ranges()) < 1e-14
    assert max(float(each.rad()) for each in verify.step(
        net, set_of(np.zeros(net.size), np.zeros(net.size)), 1).ranges()) > 1e-7


def test_right_verdicts_pass(right, wrong):
    assert (right.verdict, wrong.verdict) == ("certified", "refuted")
    assert verify.check(right) is None
    assert verify.check(wrong) is None
    assert verify.check(replace(wrong, verdict="undecided")) is None


def changed(each, name, by, place=...):
    """The net with ``by`` added to one of its arrays, or to a place in it."""
    array = getattr(each, name).copy()
    array[place] += by
    return replace(each, **{name: array})


def only(each, chosen):
    return replace(each, low=each.low[chosen], high=each.high[chosen], odd=each.odd[chosen])


@pytest.mark.parametrize("tampered", [
    lambda each: only(each, each.odd),
    lambda each: only(each, ~each.odd),
    lambda each: only(each, slice(1)),
    lambda each: replace(each, odd=~each.odd),
    lambda each: changed(each, "low", 0.3),
    lambda each: changed(each, "high", 3.0),
    lambda each: changed(each, "high", -np.ptp(each.high) - 3),
    lambda each: changed(each, "high", np.nan),
    lambda each: replace(each, low=each.low[:, :1], high=each.high[:, :1]),
    lambda each: replace(each, low=None),
    lambda each: replace(each, weights=-each.weights),
    lambda each: changed(each, "weights", -3.0, 2),
    lambda each: replace(each, verdict="refuted"),
    lambda each: replace(each, verdict="refuted", string="1"),
])
def test_what_is_tampered_with_fails(tampered, right):
    assert verify.check(tampered(right))


@pytest.mark.parametrize("string", ["", "1", "10", "12", "11111111"])
def test_other_strings_refute_nothing(string, wrong):
    assert verify.check(replace(wrong, string=string))


def test_a_net_that_is_wrong_is_not_certified_with_any_boxes(wrong, right):
    assert verify.check(replace(wrong, verdict="certified", low=right.low, high=right.high, odd=right.odd))
    all_of_it = {"low": np.full((2, 2), -1.0), "high": np.full((2, 2), 1.0), "odd": np.array([False, True])}
    assert verify.check(replace(wrong, verdict="certified", **all_of_it))


def test_the_store_gives_back_what_it_was_given(right, wrong, tmp_path):
    write_store([right, wrong], tmp_path)
    for given, got in zip((right, wrong), stored(tmp_path)):
        assert (got.kind, got.seed, got.verdict, got.string) == (given.kind, given.seed, given.verdict, given.string)
        assert np.array_equal(got.weights, given.weights)
        assert given.low is None or np.array_equal(got.low, given.low)


def test_kinds_that_are_not_given_stay_in_the_store(right, wrong, tmp_path):
    write_store([right], tmp_path)
    write_store([replace(wrong, kind="others"), replace(wrong, kind="open", verdict="undecided", string=None,
                                                        blocked="effort")], tmp_path)
    found = {each.kind: each for each in stored(tmp_path)}
    assert {kind: each.verdict for kind, each in found.items()} == {
        "some": "certified", "others": "refuted", "open": "undecided"}
    assert (found["open"].blocked, found["some"].blocked) == ("effort", None)


@pytest.mark.parametrize("tampered", [
    lambda found: replace(found, verdict="certified", boxes=boxes.Boxes(found.boxes.low, found.boxes.high,
                                                                        ~found.boxes.odd)),
    lambda found: replace(found, verdict="refuted", string="1"),
])
def test_what_the_checker_does_not_accept_is_published_as_undecided(tampered, right, monkeypatch):
    assert decide(right, 30_000).verdict == "certified"
    found = certify.certify(by_hand("tanh").float())
    monkeypatch.setattr(certify, "certify", lambda model, effort: tampered(found))
    undecided = decide(right, 30_000)
    assert (undecided.verdict, undecided.blocked) == ("undecided", "checker")
    assert undecided.string is undecided.low is None


def test_products_that_underflow_are_allowed_for():
    tiny = verify.Numbers([arb(1e-38)], [[arb(0)]])
    sum_of_one, = verify._rounded_sum(np.array([[1e-3]]), tiny, np.zeros(1), np.zeros(1), verify.ROUNDING).ranges()
    assert sum_of_one.contains(arb(0)), "what is flushed to zero is held"


def test_other_weights_than_those_listed_are_refused(right, tmp_path):
    write_store([right], tmp_path)
    listing = json.loads((tmp_path / "verdicts.json").read_text())
    listing["some"]["nets"][0]["sha256"] = fingerprint(np.zeros(3, dtype=np.float32))
    (tmp_path / "verdicts.json").write_text(json.dumps(listing))
    with pytest.raises(ValueError, match="weights of some, seed 0, must be those with SHA-256"):
        list(stored(tmp_path))


def test_the_command_tells_right_from_wrong(right, wrong, tmp_path):
    write_store([right, wrong], tmp_path)
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert "1 certified, 1 refuted, 0 undecided" in done.output
    write_store([right, replace(wrong, string="1")], tmp_path)
    done = CliRunner().invoke(main, ["verify", str(tmp_path), "--jobs", "1"])
    assert done.exit_code == 1
    assert "some, seed 1: in float32 the net is right" in done.output
    shutil.rmtree(tmp_path)


def test_the_store_in_the_package_is_whole():
    nets = list(stored())
    assert len({fingerprint(each.weights) for each in nets}) == len(nets) > 100
    assert all((each.low is not None) == (each.verdict == "certified") for each in nets)
    assert all(bool(each.string) == (each.verdict == "refuted") for each in nets)
    assert sum(file.stat().st_size for file in STORE.iterdir() if file.is_file()) < 5_000_000


def test_a_few_of_the_stored_verdicts_hold():
    small = [each for each in stored() if each.hidden_size <= 4 and each.verdict == "certified"][:4]
    assert small
    for each in [*small, *[each for each in stored() if each.verdict == "refuted"][:4]]:
        assert verify.check(each) is None, (each.kind, each.seed)


def off(values, exact):
    """The largest error of float32 values, in units of 2**-24."""
    return (np.abs(values.double().numpy() - exact) / verify.ROUNDING).max()


def test_the_page_shows_what_an_undecided_net_answers_to_a_string_that_does_not_refute_it():
    undecided = next(each for each in stored() if each.verdict == "undecided")
    assert verify.check(replace(undecided, verdict="refuted", string="1" + 40 * "0")) == "in float32 the net is right"


@pytest.mark.slow
def test_pytorchs_tanh_and_sigmoid_keep_the_bound_at_every_float32_from_2_to_the_minus_24_to_32():
    for first in range(0x33800000, 0x42000000, 1 << 22):  # the bits of 2**-24 and of 32
        positive = torch.from_numpy(np.arange(first, first + (1 << 22), dtype=np.uint32).view(np.float32))
        for z in (positive, -positive):
            exact = np.tanh(z.double().numpy())
            assert off(torch.tanh(z), exact) <= verify.ACTIVATION_ERROR
            assert off(torch.sigmoid(z), 0.5 + 0.5 * np.tanh(0.5 * z.double().numpy())) <= verify.ACTIVATION_ERROR


def test_pytorchs_tanh_and_sigmoid_keep_the_bound_on_a_dense_sample():
    z = torch.cat([torch.linspace(-40, 40, 2_000_001), torch.linspace(-1e-3, 1e-3, 200_001), torch.tensor([0.0, 1e30])])
    assert off(torch.tanh(z), np.tanh(z.double().numpy())) <= verify.ACTIVATION_ERROR / 2
    assert off(torch.sigmoid(z), 0.5 + 0.5 * np.tanh(0.5 * z.double().numpy())) <= verify.ACTIVATION_ERROR / 2


@torch.no_grad()
def test_the_lstms_own_sigmoid_and_tanh_keep_the_bound_too():
    # Gates that stand fully open let one gate through alone: c = sigmoid(z) and c = tanh(z), then h = tanh of 20.
    z = torch.linspace(-30, 30, 300_001)[:, None, None]
    model = ParityRNN(1, "lstm")
    for gate, curve in ((0, lambda z: 0.5 + 0.5 * np.tanh(0.5 * z)), (2, np.tanh)):
        for parameter in model.rnn.parameters():
            parameter.zero_()
        model.rnn.bias_ih_l0.copy_(torch.tensor([60.0, -60.0, 60.0, 60.0]))
        model.rnn.bias_ih_l0[gate], model.rnn.weight_ih_l0[gate] = 0.0, 1.0
        c = model.rnn(z)[1][1][0, :, 0]
        assert off(c, curve(z[:, 0, 0].double().numpy())) <= verify.ACTIVATION_ERROR
