"""Test which networks count as correct on longer strings."""

import torch

from parity_lib.models import ParityRNN, by_hand
from parity_study.experiments import longer_strings


def test_exact_networks_are_counted_at_each_length():
    perfect, always_even = by_hand("tanh").float(), ParityRNN(1, "tanh")
    with torch.no_grad():
        always_even.hidden_to_logits.weight.zero_()
        always_even.hidden_to_logits.bias.fill_(-1.0)
    summary = longer_strings.evaluate_all([perfect, always_even], (5, 9), (30, 20))
    assert summary["solved"] == 2
    assert summary["exact"] == [1, 1]
    assert summary["bit_accuracy"][0] == [1.0, 1.0]
