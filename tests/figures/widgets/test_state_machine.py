"""StateMachine has the states of NumpyNetwork, PyTorch's answers and the library's machine, on the same bits."""

import re
from functools import cache

import numpy as np
import pytest
import torch

from parity_figures.widgets import StateMachine
from parity_lib.models import ParityRNN, by_hand
from parity_study.certificate_store import read_store
from parity_study.certify import certify, first_error
from parity_study.extraction import extract
from parity_study.trained_networks import as_model
from tests.figures.widgets.static_page import choose, click, number, table
from tests.parameters import longer_after
from tests.study.networks import make_wide_network

BITS = "".join(map(str, np.random.default_rng(3).integers(2, size=60)))


def leaking_gru() -> ParityRNN:
    """Return a trained GRU that forgets a 1 over a run of zeros. It is stored, so it is the same on every machine."""
    return as_model(next(net for net in read_store()
                         if net.kind == "gru 8" and net.string and re.fullmatch("10+", net.string)))


@cache
def networks() -> dict[str, ParityRNN]:
    return {"by hand": by_hand("tanh", 1.5), "leaks": by_hand("tanh", 1.15), "GRU": leaking_gru(),
            "LSTM": make_wide_network("lstm", 1), "one unit": by_hand("lstm"), "one gate": by_hand("gru")}


LABELS = ("by hand", "leaks", "GRU", "LSTM", "one unit", "one gate")


def test_the_plane_is_that_of_two_numbers_or_of_the_readout_and_the_largest_variance_beside_it():
    widget = StateMachine(networks())
    for label in ("by hand", "leaks", "one unit"):
        assert (widget.networks[label]["mean"], widget.networks[label]["axes"]) == ([0, 0], [[1, 0], [0, 1]])
    for label in ("GRU", "LSTM"):
        states, model = extract(networks()[label], most=6).states, networks()[label]
        readout = np.zeros(states.shape[1])
        readout[:model.hidden_size] = model.hidden_to_logits.weight.detach().numpy()[0]
        readout /= np.linalg.norm(readout)
        aside = states - np.outer(states @ readout, readout)
        _, vectors = np.linalg.eigh(np.cov(aside.T))
        axes = np.array(widget.networks[label]["axes"])
        np.testing.assert_allclose(axes[0], readout, atol=1e-6)
        np.testing.assert_allclose(np.abs(axes[1] @ vectors[:, -1]), 1, atol=1e-6)
        np.testing.assert_allclose(widget.networks[label]["mean"], states.mean(axis=0))
    for label in LABELS:    # the sign of the logit is the side of the line
        net, model, bits = widget.networks[label], networks()[label], BITS
        states = StateMachine({label: model}, bits=bits).states
        with torch.no_grad():
            logits = model.double()(torch.tensor([[[float(bit)] for bit in bits]]))[0, :, 0].numpy()
        plane = (states - net["mean"]) @ np.array(net["axes"]).T
        np.testing.assert_allclose(plane[1:] @ net["border"][:2] + net["border"][2], logits, atol=1e-6)
    even, odd = (np.array(points) for points in widget.networks["GRU"]["points"])
    assert odd[:, 0].min() > even[:, 0].max()   # apart on the first axis, with odd on the right
    assert len(str(widget.networks["GRU"])) < 16_000


def sentence(page) -> str:
    return page.locator(".pw-parted").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("label", longer_after(1, LABELS[2:] + LABELS[:2]))
def test_states_logits_and_answers_are_pytorchs_and_the_machine_is_the_librarys(show, label):
    model, bits = networks()[label], BITS + 40 * "0"
    widget = StateMachine({label: model}, bits=bits)
    rows = table(show(widget))[1:]
    with torch.no_grad():
        logits = model.double()(torch.tensor([[[float(bit)] for bit in bits]]))[0, :, 0].numpy()
    plane = (widget.states - widget.networks[label]["mean"]) @ np.array(widget.networks[label]["axes"]).T
    np.testing.assert_allclose([[number(cell) for cell in row[2:4]] for row in rows], plane, atol=6e-4)
    np.testing.assert_allclose([number(row[4]) for row in rows[1:]], logits, rtol=6e-3, atol=6e-4)
    names = np.array(["even", "odd"])
    assert [row[5] for row in rows[1:]] == names[(logits > 0).astype(int)].tolist()
    automaton, path = extract(model, most=6).automaton, [0]
    for bit in bits:
        path.append(int(automaton.successors[path[-1], int(bit)]))
    assert [row[6] for row in rows] == ["ABCDEFG"[state] for state in path]
    assert widget.path == path
    assert [row[7] for row in rows] == names[automaton.odd[path].astype(int)].tolist()
    assert [row[8] for row in rows] == names[np.cumsum([0, *map(int, bits)]) % 2].tolist()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("label", ["leaks", "GRU"])
def test_the_first_error_of_a_network_is_named(show, label):
    model = networks()[label].double()
    step = int(first_error(model, np.array([[1] + 200 * [0]]))[0])
    assert step > 10
    page = show(StateMachine({label: model}, bits="1" + (step - 2) * "0"))
    assert "correct after every bit" in sentence(page)
    assert page.locator(".pw-step-wrong").count() == 0
    click(page, "0")
    assert "makes its first error: it answers even, not odd." in sentence(page)
    click(page, "0")
    assert f"The network made its first error at bit {step}." in sentence(page)
    assert page.locator(".pw-step-wrong").count() == 2
    assert page.locator(".pw-answer").all_inner_texts() == ["odd", "even\n✗", "odd\n✓"]
    click(page, "Back", "Back")
    assert "correct after every bit" in sentence(page)


@pytest.mark.browser
def test_boxes_of_a_proof_are_drawn_if_there_is_one_and_nothing_moves(show):
    model = by_hand("tanh", 1.25)
    boxes = certify(model).boxes
    widget = StateMachine({"proved": model, "not": by_hand("tanh", 1.15)}, boxes={"proved": boxes, "not": None})
    page = show(widget)
    frames = page.locator(".pw-proof")
    assert frames.count() == len(boxes.odd)
    assert page.locator(".pw-proof-odd").count() == int(boxes.odd.sum())
    height = page.locator(".parity-widget").bounding_box()["height"]
    choose(page, "not")
    assert (frames.count(), page.locator(".parity-widget").bounding_box()["height"]) == (0, height)
    assert "Solid frames" in page.locator(".pw-key").inner_text()
    page = show(StateMachine({"one": model, "another": by_hand("tanh", 1.15)}))
    assert "Solid frames" not in page.locator(".pw-key").inner_text()
