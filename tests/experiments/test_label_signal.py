"""What labels say: the signal is the labels' part of the gradient, and the noise knows no parity."""

import copy
import itertools

import pytest
import torch

from parity_lib import ParityRNN, by_hand
from parity_lib.experiments import label_signal


def slope(net, string):
    """do/dw at the last step of one string, as one vector."""
    net.zero_grad()
    net(torch.tensor(string, dtype=torch.float64).reshape(1, -1, 1))[0, -1, 0].backward()
    return torch.cat([p.grad.flatten() for p in net.parameters()])


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_the_signal_is_the_labels_part_of_the_whole_gradient(cell):
    net = ParityRNN(3, cell, seed=1)
    strings = list(itertools.product([0, 1], repeat=4))
    double = copy.deepcopy(net).double()
    signed = sum((-1) ** (sum(string) % 2) * slope(double, string) for string in strings) / len(strings)
    assert label_signal.signal_of(net, 4) == pytest.approx(signed.norm().item(), rel=1e-9)

    def whole(flip):
        """The gradient of the mean loss, with true labels or with all of them flipped."""
        double.zero_grad()
        inputs = torch.tensor(strings, dtype=torch.float64).unsqueeze(-1)
        labels = torch.tensor([float((sum(string) + flip) % 2) for string in strings], dtype=torch.float64)
        torch.nn.functional.binary_cross_entropy_with_logits(double(inputs)[:, -1, 0], labels).backward()
        return torch.cat([p.grad.flatten() for p in double.parameters()])

    torch.testing.assert_close(whole(0) - whole(1), signed)    # half the signal each, with opposite signs


def test_the_noise_falls_with_the_root_of_the_batch_and_knows_no_parity():
    net = ParityRNN(4, "tanh", seed=0)
    few, many = (label_signal.noise_of(net, 6, batch, 200, 0) for batch in (16, 256))
    assert few / many == pytest.approx(4, rel=0.15)
    assert label_signal.noise_of(net, 6, 64, 5, 0) == label_signal.noise_of(net, 6, 64, 5, 0)


def test_a_net_by_hand_hears_labels_of_any_length_and_a_fresh_one_does_not():
    fresh, knows = ParityRNN(2, "relu", seed=0), by_hand("relu")
    assert label_signal.signal_of(knows, 10) > 0.5 * label_signal.signal_of(knows, 2)
    assert label_signal.signal_of(fresh, 10) < 1e-3 * label_signal.signal_of(fresh, 1)
