"""Compare the tree of all strings of n bits with PyTorch, which reads the strings separately, and train on it."""

from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector

from parity_lib import ParityRNN
from parity_study.full_batch import (
    NOISE,
    ExactlyScaledAdam,
    StringTree,
    keep_noise,
    string_weights,
    train_on_all_strings,
)

CELLS = ("tanh", "relu", "lstm", "gru")


def strings(bits):
    """Return all strings ``[2^bits, bits]`` in the tree's order."""
    return np.arange(2**bits)[:, None] >> np.arange(bits) & 1


def torch_gradient(model, bits, weights):
    """Return the loss, the logits and the gradient over all strings; PyTorch runs each string on its own row."""
    rows = strings(bits)
    logits = model(torch.from_numpy(rows).double().unsqueeze(-1))[:, -1, 0]
    labels = torch.from_numpy(rows.sum(1) % 2).double()
    loss = (torch.from_numpy(weights) * binary_cross_entropy_with_logits(logits, labels, reduction="none")).sum()
    model.zero_grad()
    loss.backward()
    return loss.item(), logits.detach().numpy(), parameters_to_vector([p.grad for p in model.parameters()]).numpy()


@pytest.mark.parametrize("cell", CELLS)
def test_loss_logits_and_gradient_are_those_of_pytorch(cell):
    models = [ParityRNN(5, cell, seed=seed).double() for seed in range(3)]
    weights = np.random.default_rng(0).dirichlet(np.ones(16), size=3)
    tree = StringTree(models, 4)
    losses, gradients = tree.loss_and_gradient(weights)
    logits = tree.final_logits()
    for row, model in enumerate(models):
        loss, expected, gradient = torch_gradient(model, 4, weights[row])
        assert losses[row] == pytest.approx(loss, abs=1e-13)
        np.testing.assert_allclose(logits[row], expected, atol=1e-13)
        np.testing.assert_allclose(gradients[row], gradient, atol=1e-13)


def noisy_batch(cell, bits=3, batch_size=5):
    """Return a tree and the gradients of drawn batches and of all strings."""
    tree = StringTree([ParityRNN(4, cell, seed=seed).double() for seed in range(3)], bits)
    weights = np.stack([next(string_weights(tree.odd, batch_size, True, seed)) for seed in range(3)])
    drawn = tree.loss_and_gradient(weights)[1]
    return tree, drawn, tree.loss_and_gradient(np.full((3, 2**bits), 2.0**-bits))[1]


@pytest.mark.parametrize("cell", CELLS)
def test_two_parts_of_the_noise_are_at_right_angles_and_add_up(cell):
    tree, drawn, exact = noisy_batch(cell)
    along, off, shortened = (keep_noise(tree, drawn, exact, part) - exact for part in NOISE[1:])
    np.testing.assert_allclose(along + off, drawn - exact, atol=1e-15)
    np.testing.assert_allclose((along * off).sum(1), 0, atol=1e-15)
    signal = tree.signal()
    np.testing.assert_allclose((off * signal).sum(1), 0, atol=1e-15)
    length = np.linalg.norm(along, axis=1) * np.linalg.norm(signal, axis=1)
    np.testing.assert_allclose(abs((along * signal).sum(1)), length, rtol=1e-9)
    lengths = [np.linalg.norm(part, axis=1, keepdims=True) for part in (along, off)]
    np.testing.assert_allclose(shortened, off * lengths[0] / lengths[1], atol=1e-15)


def test_adam_that_divides_by_its_own_gradient_is_pytorchs():
    ours, theirs = (torch.ones(2, 3, dtype=torch.float64) for _ in range(2))
    settings = {"lr": 0.05, "betas": (0.9, 0.99), "eps": 1e-6}
    adam, scaled = torch.optim.Adam([theirs], **settings), ExactlyScaledAdam([ours], **settings)
    rng = np.random.default_rng(0)
    for _ in range(20):
        ours.grad = theirs.grad = ours.scale_gradient = torch.from_numpy(rng.normal(size=(2, 3)))
        adam.step()
        scaled.step()
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-14)
    ours.scale_gradient = 10 * ours.grad
    adam.step()
    scaled.step()
    assert not torch.allclose(ours, theirs)


def test_with_all_strings_no_noise_is_removed_and_the_scale_is_the_gradients_own():
    models = [[ParityRNN(4, "lstm", seed=1).double()] for _ in range(3)]
    for model, options in zip(models, ({}, {"noise": "off the signal"}, {"exact_scale": True}), strict=True):
        train_on_all_strings(model, 3, max_steps=60, seeds=[0], **options)
    for same in zip(*(model[0].parameters() for model in models), strict=True):
        torch.testing.assert_close(same[1], same[0], rtol=0, atol=1e-10)
        torch.testing.assert_close(same[2], same[0], rtol=0, atol=1e-10)


def test_adam_can_forget_earlier_gradients():
    model, twin = (ParityRNN(4, "gru", seed=3).double() for _ in range(2))
    train_on_all_strings([model], 3, max_steps=20, seeds=[0], reset_after=8)
    for count in (8, 12):
        train_on_all_strings([twin], 3, max_steps=count, seeds=[0])
    for ours, theirs in zip(model.parameters(), twin.parameters()):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("batch_size", "replace"), [(None, True), (3, True), (40, True), (8, False), (3, False)])
def test_a_batch_is_a_weight_for_each_string(batch_size, replace):
    weights = np.stack(list(islice(string_weights(np.arange(8) % 2 == 0, batch_size, replace, seed=0), 500)))
    np.testing.assert_allclose(weights.sum(1), 1)
    np.testing.assert_allclose(weights.mean(0), 1 / 8, atol=0.05)
    if batch_size is not None:
        counts = weights * batch_size
        np.testing.assert_allclose(counts, counts.round(), atol=1e-12)
        assert (counts.max() > 1) == replace
        assert not np.array_equal(weights[0], weights[1]) or batch_size == 8


def test_a_balanced_batch_has_as_many_even_as_odd_strings():
    odd = np.array([False, True, True, False])
    weights = np.stack(list(islice(string_weights(odd, 6, True, seed=0, balanced=True), 300)))
    np.testing.assert_allclose(weights[:, odd].sum(1), 0.5)
    np.testing.assert_allclose(weights.sum(1), 1)
    np.testing.assert_allclose(weights.mean(0), 1 / 4, atol=0.03)
    with pytest.raises(ValueError, match=r"^balanced must be False"):
        train_on_all_strings([ParityRNN(4, "gru", seed=0)], 2, max_steps=1, seeds=[0], batch_size=5, balanced=True)


def test_solved_means_that_every_answer_is_correct_and_the_weights_are_written_back():
    models = [ParityRNN(8, "lstm", seed=seed) for seed in range(4)]
    histories = train_on_all_strings(models, 2, max_steps=1000, seeds=range(4))
    assert all(history.solved for history in histories)
    for model, history in zip(models, histories):
        assert history.validation[-1] == {"step": history.solved_at, "bit_accuracy": 1.0, "sequence_accuracy": 1.0,
                                          "strings": 4}
        assert len(history.loss) == history.solved_at
        assert StringTree([model], 2).accuracy().tolist() == [1.0]


@pytest.mark.parametrize(("change", "words"), [
    ({"bits": 0}, "bits must be an integer of at least 1"),
    ({"bits": 17}, "bits must be at most 16"),
    ({"seeds": [0, 1]}, "seeds must be a seed for each of the 1 models"),
    ({"batch_size": 9, "replace": False}, "batch_size must be at most 8 without replacement"),
    ({"optimizer": "lion"}, "optimizer must be"),
    ({"max_steps": 0}, "max_steps must be an integer of at least 1"),
])
def test_wrong_arguments_are_named(change, words):
    arguments = {"bits": 3, "max_steps": 1, "seeds": [0]} | change
    with pytest.raises(ValueError, match=words):
        train_on_all_strings([ParityRNN(2, "tanh", seed=0)], **arguments)


def test_networks_of_several_layers_are_refused():
    with pytest.raises(ValueError, match="networks of one layer"):
        StringTree([ParityRNN(2, "tanh", num_layers=2, seed=0)], 3)
