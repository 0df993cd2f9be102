"""Playground in Python: its settings as the engine takes them, and what is not allowed."""

import re

import pytest

from parity_figures.widgets import Playground
from parity_figures.widgets.base import front_end
from parity_lib.data import Curriculum
from parity_study.experiments import load


def test_the_settings_are_those_of_the_book_s_recipe():
    assert Playground().settings == {
        "cell": "relu", "hidden": 32, "lengths": 50, "label": "every", "batch": 32, "optimizer": "adam",
        "rate": 0.005, "clip": 0.25, "forgetBias": None, "seed": 0}


@pytest.mark.parametrize(("lengths", "plain", "words"), [
    (20, 20, "20 bits"), ((1, 20), [1, 20], "1 to 20 bits"),
    (Curriculum(2, 20), {"curriculum": [2, 20]}, "at most 2 and, as it learns, at most 20 bits")])
def test_lengths_become_plain_and_are_said(lengths, plain, words):
    playground = Playground("gru", lengths=lengths, label="end")
    assert playground.settings["lengths"] == plain
    assert words in playground.summary()
    assert "a label at the end" in playground.summary()


@pytest.mark.parametrize(("arguments", "message"), [
    ({"cell": "rnn"}, "cell must be"), ({"hidden_size": 0}, "hidden_size must be"),
    ({"hidden_size": 65}, "hidden_size must be at most 64"), ({"lengths": (5, 2)}, "lengths must be"),
    ({"lengths": 101}, "lengths must be"), ({"label": "every"}, "label must be"),
    ({"batch_size": 0}, "batch_size must"),
    ({"batch_size": "some"}, "batch_size must be"), ({"batch_size": "all"}, "lengths must be one number up to 10"),
    ({"optimizer": "rmsprop"}, "optimizer must be"), ({"lr": 0}, "lr must be"), ({"clip": 0}, "clip must be"),
    ({"forget_bias": 1}, "forget_bias must be None for the cell 'relu'"), ({"seed": -1}, "seed must be"),
    ({"figures": ("weights",)}, "figures must be")])
def test_what_is_not_allowed_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Playground(**arguments)


def test_each_trap_says_when_one_may_stop_and_what_the_recorded_runs_had_done_by_then():
    source = front_end("playground")[0]
    presets = re.findall(r'^  "(.*)": \{', source[source.index("const PRESETS"):source.index("export default")], re.M)
    stops = Playground().stops
    assert set(stops) <= set(presets)
    assert {name for name in presets if name.startswith("Trap")} <= set(stops)
    table = load("two_by_two")
    row, cap = table["conditions"]["end, 50, lstm"], table["defaults"]["max_steps"]
    assert f"{cap:,} updates: by then {row['solved']} of {row['seeds']}" in stops["LSTM: a label at the end, 50 bits"]
    assert Playground(chosen=False).stops == {}
