"""The probabilities of n-gram models and networks, the bits per character, and the text that they are about."""

from math import log2

import pytest
import torch

from parity_study.characters import (
    CHARACTERS,
    CharacterNetwork,
    NGrams,
    bits_per_character,
    encode,
    read_text,
    train_on_text,
)

TEXT = read_text("training")[:3000]


def test_the_parts_of_the_text_share_their_characters_but_no_paragraph():
    training, held_out = read_text("training"), read_text("held-out")
    assert set(held_out) <= set(CHARACTERS) == set(training)
    assert len(CHARACTERS) == 48
    assert not {line for line in held_out.splitlines() if len(line) > 60} & set(training.splitlines())


def test_n_grams_mix_the_counts_of_a_context_with_those_of_the_shorter_one():
    model = NGrams("abac", order=1)     # after a: b and c, once each; in all, 2 of a, 1 of b, 1 of c
    shorter = (1 + 3 / 48) / (4 + 3)
    assert model.probability("b", "") == pytest.approx(shorter)
    assert model.probability("b", "a") == pytest.approx((1 + 2 * shorter) / (2 + 2))
    assert model.probability("b", "z") == pytest.approx(shorter)
    assert model.bits_per_character("zb") == pytest.approx(
        -(log2(model.probability("z", "")) + log2(model.probability("b", "z"))) / 2)


@pytest.mark.parametrize("context", ["", "t", "th", "qq", "the"])
def test_the_probabilities_of_an_n_gram_model_add_up_to_one(context):
    model = NGrams(TEXT, order=3)
    assert sum(model.probability(character, context) for character in CHARACTERS) == pytest.approx(1)


@pytest.mark.parametrize("cell", ["tanh", "lstm", "gru"])
def test_a_network_that_knows_nothing_needs_the_bits_of_a_uniform_guess_and_training_helps(cell):
    model = CharacterNetwork(hidden_size=16, cell=cell)
    with torch.no_grad():
        model.readout.weight.zero_()
        model.readout.bias.zero_()
    assert bits_per_character(model, TEXT) == pytest.approx(log2(48), abs=1e-5)
    train_on_text(model, TEXT, passes=15, pieces=4, lr=0.02)
    assert bits_per_character(model, TEXT) < NGrams(TEXT, order=0).bits_per_character(TEXT)


def test_a_context_is_what_is_read_before_a_prediction():
    model, text = CharacterNetwork(hidden_size=16, seed=1), "the gate is open"
    each = [torch.log_softmax(model(encode(text[place - 3:place])[None])[0][0, -1], 0)[encode(text[place])].item()
            for place in range(3, len(text))]
    assert bits_per_character(model, text, context=3) == pytest.approx(-sum(each) / len(each) * log2(2.718281828459))
