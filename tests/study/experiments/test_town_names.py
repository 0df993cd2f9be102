"""The measures of written and read names: n-grams, countries, and invented names."""

import numpy as np
import pytest
import torch
from joblib import parallel_config

from parity_study.experiments import town_names
from parity_study.results import load
from parity_study.town_names import CHARACTERS, COUNTRIES, NameNetwork, encode

PARTS = {"training": [("FI", "oulu"), ("FI", "oulu a"), ("DE", "bonn")], "validation": [("DE", "bonn")],
         "test": [("FI", "oula"), ("DE", "bo"), ("FI", "o")]}


CHARACTER_COUNT = len(CHARACTERS)


def always(character, outputs=CHARACTER_COUNT):
    """Return a network that gives one character or country a probability near 1."""
    model = NameNetwork(4, outputs=outputs)
    with torch.no_grad():
        model.readout.weight.zero_()
        model.readout.bias.zero_()
        model.readout.bias[character] = 50.0
    return model


def test_bits_of_n_grams_are_a_mean_over_characters_and_ends_and_validation_chooses_the_best():
    found, best = town_names.count_all(PARTS)
    names = PARTS["test"]
    for words, each_country in (("one table", False), ("a table for each country", True)):
        tables = town_names.count_tables(PARTS["training"], 2, each_country)
        bits = [bit for country, name in names for bit in tables[country].bits(name)]
        assert found["bits"][words]["test"][2] == pytest.approx(sum(bits) / len(bits), rel=1e-5)
    every = [(bits["validation"][order], words, order) for words, bits in found["bits"].items() for order in range(6)]
    _, words, order = min(every)
    assert best.sum() / 10 == pytest.approx(found["bits"][words]["test"][order], rel=1e-5)


def test_bayes_rule_weighs_the_countries_by_their_training_names():
    tables = dict.fromkeys(COUNTRIES, town_names.count_tables(PARTS["training"], 1, False)["FI"])
    assert town_names.most_likely(tables, PARTS["training"], "bonn") == "FI"
    assert town_names.most_likely(tables, [("DE", "a"), ("DE", "b"), ("FI", "c")], "oulu") == "DE"
    tables = town_names.count_tables(PARTS["training"], 2)
    assert town_names.most_likely(tables, PARTS["training"], "bonn") == "DE"


def test_a_country_is_right_after_some_characters_of_the_names_that_have_them():
    model = always(list(COUNTRIES).index("DE"), len(COUNTRIES))
    shares = [town_names.right_countries(model, PARTS["test"], count) for count in (None, 1, 2, 3, 9)]
    assert shares == pytest.approx([1 / 3, 1 / 3, 1 / 2, 0, 0], abs=1e-5)


def test_written_names_are_looked_up_in_the_parts():
    parts = PARTS | {"training": [("FI", "a" * 30)], "validation": [("FI", "")]}
    models = [always(encode("a").item()), always(0)]
    assert town_names.count_invented(models, parts, (0.5, 1.0)) == {
        "temperature": [0.5, 1.0], "written": 3, "training": [[3, 0], [3, 0]], "held_out": [[0, 3], [0, 3]]}


def test_the_gap_to_counts_is_that_of_all_characters_together():
    best = np.array([20.0, 10.0, 5.0])
    _, found = town_names.train_writer(PARTS, best, "gru", 0.01, 2, 4, seed=0)
    assert found["gap"] == pytest.approx(best.sum() / 10 - found["test"], rel=1e-4)
    assert len(found["validation"]) == 2
    assert found["validation"][found["best_epoch"] - 1] == min(found["validation"])


def test_a_quick_run_has_every_part_of_the_stored_results():
    stored = load("town_names")
    with parallel_config(backend="sequential"):
        found = town_names.run(**town_names.QUICK)
    assert list(found) == list(stored)
    for part in ("writing", "reading"):
        assert {key: list(of) for key, of in found[part].items()} == {key: list(of) for key, of in stored[part].items()}
