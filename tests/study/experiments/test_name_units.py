"""A unit is held at its value at every time step, and the counted letters are those that the results name."""

from functools import partial

import pytest
import torch

from parity_study.experiments import name_units
from parity_study.experiments.name_units import UNITS, hold, kind_of, run
from parity_study.town_names import encode, read_names, stored_writer


@torch.no_grad()
def test_a_held_unit_keeps_its_value_and_changes_the_states_that_follow():
    model = stored_writer()
    free, _ = model(encode(["FI", "k", "a"])[None])
    held = []
    model.rnn.register_forward_hook(partial(hold, unit=5, value=0.25))
    model.rnn.register_forward_hook(lambda module, inputs, output: held.extend([output[0], output[1]]))
    state = None
    for symbol in encode(["FI", "k", "a"]):
        logits, state = model(symbol[None, None], state=state)
    assert {states[..., 5].item() for states in held} == {0.25}
    assert not torch.allclose(logits[0, -1], free[0, -1], atol=0.01)


@pytest.mark.parametrize(("about", "country", "read", "kind"), [
    ("consonants", "FI", "oul", "consonant"), ("consonants", "FI", "ou", "vowel"), ("consonants", "FI", "sy", ""),
    ("consonants", "FR", "saint-", ""), ("length", "FR", "saint-je", "first or second"),
    ("length", "FR", "saint-jea", ""), ("length", "GB", "edinbur", "seventh or later"), ("length", "GB", "bad ", ""),
    ("French", "FR", "p", "French"), ("French", "ES", "p", "foreign")])
def test_a_letter_is_counted_by_what_has_been_read(about, country, read, kind):
    assert kind_of(about, country, read) == kind


def test_a_quick_run_counts_the_letters_of_the_test_names(monkeypatch):
    monkeypatch.setattr(name_units, "read_names", lambda *arguments: read_names(*arguments)[:200])
    found = run(names=1, order=1)
    assert {about: row["unit"] for about, row in found.items()} == UNITS
    assert sum(row["letters"] for row in found["French"]["after"].values()) == 200
