"""Test which networks count as correct on longer strings."""

import torch

from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import History
from parity_study.experiments import longer_strings


def test_exact_networks_are_counted_at_each_length(monkeypatch):
    perfect, always_even = by_hand("tanh").float(), ParityRNN(1, "tanh")
    with torch.no_grad():
        always_even.hidden_to_logits.weight.zero_()
        always_even.hidden_to_logits.bias.fill_(-1.0)
    networks = [perfect, always_even, perfect], [History(solved_at=1), History(solved_at=1), History()]
    monkeypatch.setattr(longer_strings, "trained", lambda *recipe: networks)
    results = longer_strings.run(3, 1, (5, 9), (30, 20))
    assert results["nets"]["tanh 16"] == {"seeds": 3, "solved": 2, "exact": [1, 1]}
