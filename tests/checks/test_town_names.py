"""The references of the checks of *Town names* agree with the chapter's functions, and mistakes differ from them."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from parity_checks.no_teacher_forcing import training_reference as reference
from parity_checks.town_names import inventing
from parity_study import town_names
from parity_study.town_names import to_write


@pytest.mark.parametrize("layer", [nn.GRU, nn.LSTM])
def test_the_loss_is_that_of_the_chapter_and_no_mistake_has_the_same(layer):
    rng = np.random.default_rng(0)
    network, names = inventing.draw_network(layer, rng), inventing.draw_names(rng, 9)
    inputs, labels, lengths = to_write(names)
    logits, last = inventing.run(network, inputs)
    loss = inventing.mean_loss(logits, labels, lengths)
    torch.testing.assert_close(loss, town_names.writing_loss(lambda inputs, lengths: (logits, last), names))
    assert all(abs(float(wrong - loss)) > 1e-3 for wrong, _ in inventing.loss_mistakes(logits, labels, lengths))


@pytest.mark.parametrize("layer", [nn.GRU, nn.LSTM])
@pytest.mark.parametrize("seed", range(5))
def test_a_network_that_knows_a_name_by_heart_writes_no_other(layer, seed):
    network, country, name = inventing._draw_writer(layer, np.random.default_rng(seed))

    def model(inputs, state=None):
        return inventing.run(network, inputs, state)

    generator = torch.Generator().manual_seed(seed)
    assert set(town_names.write_names(model, [country] * 20, generator, temperature=0.3)) == {name}


def test_a_mistake_in_an_update_changes_the_weights():
    rng = np.random.default_rng(0)
    steps = {words[1:].partition("]")[0]: step for words, _, step in reference.of_update()}
    for mistake in ("zero-grad-missing", "not-clipped", "clipped-apart"):
        networks = [inventing.draw_network(nn.LSTM, np.random.default_rng(3), 3.0) for _ in range(2)]
        for _ in range(2):
            inputs, *rest = to_write(inventing.draw_names(rng, 5))
            batch = one_hot(inputs, len(town_names.SYMBOLS)).float(), *rest
            for network, step in zip(networks, (reference.update, steps[mistake]), strict=True):
                optimizer = torch.optim.SGD(reference.parameters(network), lr=0.5)
                step(network, optimizer, batch, inventing.mean_loss)
        assert float((inventing.weights_of(networks[0]) - inventing.weights_of(networks[1])).abs().max()) > 0.01
