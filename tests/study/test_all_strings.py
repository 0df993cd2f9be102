"""Compare the gradient over all strings of n bits with PyTorch, and train on these strings."""

from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import parameters_to_vector

from parity_lib.models import ParityRNN
from parity_study.all_strings import AllStrings, string_weights, train_on_all_strings

CELLS = ("tanh", "relu", "lstm", "gru")


def torch_gradient(model, bits, weights):
    """Return the loss, the logits and the gradient over all strings; PyTorch runs each string on its own row."""
    rows = np.arange(2**bits)[:, None] >> np.arange(bits) & 1
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
    ensemble = AllStrings(models, 4)
    losses, logits = ensemble.losses(weights), ensemble.final_logits().detach()
    gradients, = torch.autograd.grad(losses.sum(), ensemble.parameters)
    for row, model in enumerate(models):
        loss, expected, gradient = torch_gradient(model, 4, weights[row])
        assert losses[row].item() == pytest.approx(loss, abs=1e-13)
        np.testing.assert_allclose(logits[row], expected, atol=1e-13)
        np.testing.assert_allclose(gradients[row], gradient, atol=1e-13)


@pytest.mark.parametrize("batch_size", [None, 3, 40])
def test_a_batch_is_a_weight_for_each_string(batch_size):
    weights = np.stack(list(islice(string_weights(8, batch_size, seed=0), 500)))
    np.testing.assert_allclose(weights.sum(1), 1)
    np.testing.assert_allclose(weights.mean(0), 1 / 8, atol=0.05)
    if batch_size is not None:
        counts = weights * batch_size
        np.testing.assert_allclose(counts, counts.round(), atol=1e-12)
        assert counts.max() > 1
        assert not np.array_equal(weights[0], weights[1])


def test_solved_means_that_every_answer_is_correct_and_the_weights_are_written_back():
    models = [ParityRNN(8, "lstm", seed=seed) for seed in range(4)]
    histories = train_on_all_strings(models, 2, max_updates=1000, seeds=range(4))
    assert all(history.solved for history in histories)
    for model, history in zip(models, histories):
        assert history.validation[-1] == {"update": history.solved_at, "bit_accuracy": 1.0, "sequence_accuracy": 1.0,
                                          "strings": 4}
        assert len(history.loss) == history.solved_at
        assert AllStrings([model], 2).accuracy().tolist() == [1.0]


@pytest.mark.parametrize(("change", "words"), [
    ({"bits": 0}, "bits must be an integer of at least 1"),
    ({"bits": 17}, "bits must be at most 16"),
    ({"seeds": [0, 1]}, "seeds must be a seed for each of the 1 models"),
    ({"max_updates": 0}, "max_updates must be an integer of at least 1"),
])
def test_wrong_arguments_are_named(change, words):
    arguments = {"bits": 3, "max_updates": 1, "seeds": [0]} | change
    with pytest.raises(ValueError, match=words):
        train_on_all_strings([ParityRNN(2, "tanh", seed=0)], **arguments)
