"""The names and their parts, the networks that write and read them, their losses, and the models that count."""

from math import log, log2

import pytest
import torch
from torch.nn.functional import cross_entropy

from parity_study.town_names import (
    CHARACTERS,
    COUNTRIES,
    END,
    PARTS,
    NameNetwork,
    NGrams,
    bits_per_character,
    encode,
    read_names,
    reading_loss,
    stored_writer,
    train_epochs,
    write_names,
    writing_loss,
)

NAMES = [("FI", "oulu"), ("DE", "bonn"), ("GB", "stoke-on-trent"), ("TR", "van")]


def test_every_name_is_in_one_part_and_in_one_country():
    parts = [[name for _, name in read_names(part)] for part in PARTS]
    assert [len(part) for part in parts] == [11_866, 1483, 1484]
    assert len({name for part in parts for name in part}) == sum(map(len, parts))
    assert {country for country, _ in read_names("training")} == set(COUNTRIES)
    assert set("".join(map("".join, parts))) == set(CHARACTERS) - {END}
    assert {country for country, _ in read_names("test", ["PL", "JP"])} == {"PL", "JP"}


@pytest.mark.parametrize(("arguments", "message"), [(("held-out",), "part"), (("test", ["SE"]), "country")])
def test_unknown_parts_and_countries_are_errors(arguments, message):
    with pytest.raises(ValueError, match=f"{message} must be"):
        read_names(*arguments)


@pytest.mark.parametrize("cell", ["tanh", "lstm", "gru"])
def test_losses_of_a_batch_are_those_of_its_names_one_by_one(cell):
    writer, reader = NameNetwork(8, cell), NameNetwork(8, cell, len(COUNTRIES))
    written, read, read_every = [], [], []
    for country, name in NAMES:
        logits = writer(encode([country, *name])[None])[0][0]
        written.append(cross_entropy(logits, encode(name + END), reduction="none"))
        logits, place = reader(encode(name)[None])[0][0], list(COUNTRIES).index(country)
        read_every.append(cross_entropy(logits, torch.full([len(name)], place), reduction="none"))
        read.append(read_every[-1][-1:])
    for losses, found in ((written, writing_loss(writer, NAMES)), (read, reading_loss(reader, NAMES)),
                          (read_every, reading_loss(reader, NAMES, every_step=True))):
        torch.testing.assert_close(found, torch.cat(losses).mean())
    assert bits_per_character(writer, NAMES) == pytest.approx(writing_loss(writer, NAMES).item() / log(2))


def test_a_network_that_knows_nothing_needs_the_bits_of_a_uniform_guess_and_training_helps():
    model, names, epochs = NameNetwork(16), read_names("training")[:120], []
    with torch.no_grad():
        model.readout.weight.zero_()
        model.readout.bias.zero_()
    assert bits_per_character(model, names) == pytest.approx(log2(30), abs=1e-5)
    train_epochs(model, names, writing_loss, 10, seed=0, batch_size=20, after=epochs.append)
    assert epochs == list(range(1, 11))
    counted = [bit for _, name in names for bit in NGrams([name for _, name in names], order=0).bits(name)]
    assert bits_per_character(model, names) < sum(counted) / len(counted)


def test_a_name_is_drawn_from_the_probabilities_at_a_temperature():
    model, generator = NameNetwork(8), torch.Generator().manual_seed(0)
    with torch.no_grad():
        model.readout.weight.zero_()
        model.readout.bias.fill_(-30.0)
        model.readout.bias[encode("a").item()] = 2 * log(3.0)   # three to one at a temperature of 2
        model.readout.bias[encode(END).item()] = 0.0
    lengths = [len(name) for name in write_names(model, ["FI"] * 500, generator, temperature=2.0)]
    assert abs(sum(lengths) / 500 - 3) < 0.6
    assert write_names(model, ["FI", "DE"], generator, 0.01, most=9) == ["aaaaaaaaa"] * 2
    fresh, countries = NameNetwork(8), ["FI", "DE", "GB"] * 20
    first, again = (write_names(fresh, countries, torch.Generator().manual_seed(1)) for _ in range(2))
    assert first == again
    assert len(set(first)) > 40
    with pytest.raises(ValueError, match="temperature must be"):
        write_names(model, ["FI"], generator, temperature=0)


def test_n_grams_mix_the_counts_of_a_context_with_those_of_the_shorter_one():
    model = NGrams(["abac"], order=1)       # after a: b and c, once each; in all, 2 of a and 1 of b, c and the end
    shorter = (1 + 4 / 30) / (5 + 4)
    assert model.probability("b", "") == pytest.approx(shorter)
    assert model.probability("b", "a") == pytest.approx((1 + 2 * shorter) / (2 + 2))
    assert model.probability("b", "z") == pytest.approx(shorter)
    assert model.bits("ba") == pytest.approx([-log2(model.probability(character, after))
                                              for character, after in ((("b", END), ("a", "b"), (END, "a")))])


@pytest.mark.parametrize("context", ["", END, "o", "ou", "qqq", "the"])
def test_the_probabilities_of_n_grams_add_up_to_one(context):
    model = NGrams([name for _, name in read_names("test")], order=3)
    assert sum(model.probability(character, context) for character in CHARACTERS) == pytest.approx(1)


def test_the_stored_network_writes_better_than_counts_and_is_not_trained_on_the_test_names():
    names, writer = read_names("test"), stored_writer()
    counted = NGrams([name for _, name in read_names("training")], order=3)
    bits = [bit for _, name in names for bit in counted.bits(name)]
    assert bits_per_character(writer, names) < sum(bits) / len(bits) - 0.2
    assert bits_per_character(writer, names) > bits_per_character(writer, read_names("training")[:3000])
