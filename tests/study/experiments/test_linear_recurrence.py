"""Compare linear recurrences with a loop in NumPy, and test that positive factors cannot compute parity."""

import numpy as np
import pytest
import torch

from parity_study.experiments.linear_recurrence import LinearRecurrence, find_correct_bits, train_recurrence


@pytest.mark.parametrize("factor", ["sigmoid", "tanh"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_linear_recurrence_agrees_with_a_loop_in_numpy(factor, channels):
    network = LinearRecurrence(channels, factor, seeds=2, seed=5)
    bits = np.random.default_rng(0).integers(2, size=(4, 9))
    logits = network(torch.from_numpy(bits).float()).detach().numpy()
    weights = {name: p.detach().numpy().reshape(2, -1) for name, p in network.named_parameters()}
    squash = np.tanh if factor == "tanh" else lambda z: 1 / (1 + np.exp(-z))
    for seed in range(2):
        for row, string in enumerate(bits):
            h = np.ones(channels)
            for t, bit in enumerate(string):
                h = squash(weights[f"after_{bit}"][seed]) * h
                h = h + (weights[f"add_{bit}"][seed] if channels > 1 else 0)
                logit = weights["readout"][seed] @ h + weights["threshold"][seed, 0]
                assert logits[seed, row, t] == pytest.approx(logit, abs=1e-5)


def test_a_single_channel_computes_parity_with_the_factors_1_and_minus_1_and_not_with_positive_factors():
    network = LinearRecurrence(1, "tanh")
    with torch.no_grad():
        for name, value in (("after_0", 20.0), ("after_1", -20.0), ("readout", -1.0), ("threshold", 0.0)):
            getattr(network, name).fill_(value)
    assert find_correct_bits(network, 3000, 10).all()
    positive = LinearRecurrence(1, "sigmoid", seeds=500)
    with torch.no_grad():
        for weight in positive.parameters():
            weight *= 20
        says_odd = positive(torch.ones(1, 3))[:, 0] > 0
    assert len({tuple(row) for row in says_odd.tolist()}) >= 4
    assert not (says_odd == torch.tensor([True, False, True])).all(dim=1).any()


def test_seeds_of_a_linear_recurrence_are_trained_independently():
    together = train_recurrence(LinearRecurrence(2, "tanh", seeds=3), 3, 0.03, 0.25)
    alone = LinearRecurrence(2, "tanh", seeds=1)
    start = LinearRecurrence(2, "tanh", seeds=3)
    with torch.no_grad():
        for name, weight in alone.named_parameters():
            weight.copy_(getattr(start, name)[1:2])
    train_recurrence(alone, 3, 0.03, 0.25)
    for name, weight in alone.named_parameters():
        torch.testing.assert_close(weight, getattr(together, name)[1:2], atol=1e-5, rtol=0)
