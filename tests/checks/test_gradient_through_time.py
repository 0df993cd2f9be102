"""The references and claimed gradients that the checks of *The gradient through time* use."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_checks import gradient_through_time as checks


def by_autograd(bits, labels, mask, weights):
    """Return PyTorch's gradients of the mean cross-entropy over the mask, by name."""
    U, V, b, W, c, h0 = own = [torch.from_numpy(weights[name]).clone().requires_grad_()
                               for name in checks.NAMES]
    h, logits = h0.expand(len(bits), -1), []
    for x in torch.from_numpy(bits).double().T:
        h = torch.tanh(x[:, None] @ U.T + h @ V.T + b)
        logits.append(h @ W[0] + c[0])
    chosen = torch.from_numpy(mask)
    loss = binary_cross_entropy_with_logits(torch.stack(logits, dim=1)[chosen],
                                            torch.from_numpy(labels).double()[chosen])
    gradients = torch.autograd.grad(loss, own)
    return dict(zip(checks.NAMES, (gradient.numpy() for gradient in gradients), strict=True))


@pytest.mark.parametrize("case", checks.CASES)
def test_the_references_are_equal_to_autograd(case):
    for seed in range(5):
        given = checks.draw_case(*case, np.random.default_rng(seed))
        expected = by_autograd(*given)
        gradients = checks.gradients_of(*given)
        for name in checks.NAMES:
            limit = 1e-9 * np.abs(expected[name]).max() + 1e-300
            assert np.abs(gradients[name] - expected[name]).max() <= limit


def test_the_claimed_gradients_are_correct_or_wrong_as_stated():
    for seed in range(10):
        verdicts = []
        for case in checks.cases(np.random.default_rng(seed)):
            names = {"np": np}
            exec(case.source, names)
            off = 0.0
            for k, claimed in enumerate(case.gradient):
                measured = np.zeros(claimed.shape)
                for place in np.ndindex(claimed.shape):
                    moved = [[weight.copy() for weight in case.weights] for _ in range(2)]
                    moved[0][k][place] += 1e-5
                    moved[1][k][place] -= 1e-5
                    measured[place] = (names["loss"](moved[0]) - names["loss"](moved[1])) / 2e-5
                off = max(off, np.nan_to_num(np.abs(measured - claimed).max(), nan=9) / (np.abs(measured).max() + 1e-9))
            # The limit is a thousandth. These differences are less exact, but by less than the margin on either side.
            assert off < 0.75e-3 if case.correct else off > 1.4e-3, case.description
            verdicts.append(case.correct)
        assert min(verdicts.count(True), verdicts.count(False)) >= 5
