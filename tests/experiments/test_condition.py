"""Conditions: what is learned, the networks from each seed, and what their rows say together."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from parity_lib import experiments
from parity_lib.data import ParityTask, running_parity
from parity_lib.experiments.condition import (
    CarriedTask,
    Condition,
    Examination,
    ScoredTask,
    gathered,
    train_and_test,
)
from parity_lib.experiments.enumerated import Enumerated
from parity_lib.models import ParityRNN

SERIES = tuple(filter(experiments.is_series, experiments.names()))
TINY = Examination(strings=20, far=60, far_strings=2)


def conditions(name):
    return experiments.conditions(name, experiments.defaults(name))


def test_the_two_by_two_has_every_combination_once():
    every = conditions("two_by_two")
    assert len(every) == 16
    assert len({(one.label, one.lengths, one.cell) for one in every.values()}) == 16
    rest = {replace(one, label="end", lengths=1, cell="tanh") for one in every.values()}
    assert len(rest) == 1, "nothing else differs"
    assert experiments.defaults("two_by_two")["seeds"] == 50


@pytest.mark.parametrize("name", SERIES)
def test_every_condition_makes_its_networks_and_its_strings(name):
    for condition in conditions(name).values():
        model = condition.models(range(3, 4))[0]
        if of_all_strings(name):
            assert (model.cell, model.hidden_size, model.num_layers) == (condition.cell, condition.hidden_size, 1)
            continue
        batch = condition.task().batch(2, np.random.default_rng(0))
        assert (model.cell, model.num_layers) == (condition.cell, condition.num_layers)
        assert model(batch.inputs, batch.run_lengths).shape == batch.targets.shape


def of_all_strings(name):
    return isinstance(next(iter(conditions(name).values())), Enumerated)


@pytest.mark.parametrize("name", SERIES)
def test_settings_tell_every_two_conditions_apart_that_learn_different_things(name):
    every = list(conditions(name).values())
    learned = (lambda one: one) if of_all_strings(name) else lambda one: one.task()
    tasks = [(type(learned(one)), learned(one), one) for one in every]
    for i, one in enumerate(tasks):
        for other in tasks[:i]:
            assert one == other or one[2].changed() != other[2].changed()


def test_scored_padding_says_so_in_its_settings():
    scored, masked = (Condition(lengths=(1, 4), label="every_step", padding=padding) for padding in ("scored", "after"))
    assert scored.changed()["padding"] == "scored"
    assert asdict(scored) != asdict(masked)
    assert conditions("published")["hedgehoglabs, varying"].changed()["padding"] == "scored"


def test_labels_go_on_behind_the_end_of_a_scored_string():
    bits = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=np.uint8)
    batch = ScoredTask((1, 4)).assemble(bits, running_parity(bits), np.array([4, 2]))
    assert batch.inputs[..., 0].tolist() == [[1, 1, 0, 1], [1, 0, 0, 0]], "zeros behind the string"
    assert batch.targets[..., 0].tolist() == [[1, 0, 0, 1], [1, 1, 1, 1]]
    assert batch.mask.all()
    longer = Condition(lengths=(1, 4), padding="scored").task().stretched(2)
    assert (type(longer), longer.shortest, longer.longest) == (ScoredTask, 1, 8)


def test_seeds_give_different_networks_and_a_forget_bias_is_set():
    plain, biased = Condition().models(range(2)), Condition(forget_bias=3.0).models(range(2))
    assert not torch.equal(plain[0].rnn.weight_hh_l0, plain[1].rnn.weight_hh_l0)
    for one, other in zip(plain, biased, strict=True):
        assert torch.equal(one.rnn.weight_hh_l0, other.rnn.weight_hh_l0)
        total = other.rnn.bias_ih_l0 + other.rnn.bias_hh_l0
        assert total[8:16].tolist() == [3.0] * 8
        assert torch.equal(total[:8], (one.rnn.bias_ih_l0 + one.rnn.bias_hh_l0)[:8])


def test_a_carried_answer_is_asked_for_at_the_last_column():
    bits = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=np.uint8)
    batch = CarriedTask((1, 4), "end").assemble(bits, np.bitwise_xor.accumulate(bits, axis=1), np.array([4, 2]))
    assert batch.inputs[..., 0].tolist() == [[1, 1, 0, 1], [1, 0, 0, 0]], "zeros behind the string"
    assert batch.mask.tolist() == [[False, False, False, True]] * 2
    assert batch.targets[:, -1, 0].tolist() == [1, 1]
    assert batch.run_lengths.tolist() == [4, 4]
    longer = CarriedTask((1, 4), "end").stretched(2)
    assert (type(longer), longer.shortest, longer.longest) == (CarriedTask, 1, 8)


def test_a_trained_condition_has_a_row_for_each_seed():
    rows = train_and_test(Condition("tanh", 1, hidden_size=4, max_steps=200), range(5, 8), TINY)
    assert len(rows) == 3
    assert all(row["steps"] and row["sequence_accuracy"] == 1.0 for row in rows), "one bit is its own parity"
    for row in rows:
        assert row["by_length"]["from"][0] == 1
        assert len(row["by_length"]["from"]) == len(row["by_length"]["right"])
        assert 0 <= row["far"] <= 1
    unsolved = train_and_test(Condition("tanh", 20, hidden_size=1, max_steps=2), range(1), TINY)
    assert (unsolved[0]["steps"], unsolved[0]["far"]) == (None, None)


def test_what_the_rows_say_together():
    rows = [{"steps": steps, "bit_accuracy": 1.0, "sequence_accuracy": 0.5, "far": far,
             "by_length": {"from": [1, 6], "right": [1.0, share]}}
            for steps, far, share in ((100, 1.0, 0.5), (None, None, 0.25), (300, 0.75, 1.0))]
    found = gathered(Condition(cell="gru", max_steps=7), rows)
    assert found["settings"] == {"cell": "gru", "max_steps": 7}
    assert (found["seeds"], found["solved"], found["steps"]) == (3, 2, [100, None, 300])
    assert (found["median_steps"], found["quartiles"]) == (200, [150, 250])
    assert found["by_length"] == {"from": [1, 6], "mean": [1.0, 0.583333], "least": [1.0, 0.25]}
    assert (found["far"], found["far_exact"]) == ([1.0, 0.75], 1)


def test_condition_of_the_default_is_the_second_of_openais():
    assert Condition().task() == ParityTask((1, 50), "end")
    assert isinstance(Condition().models(range(1))[0], ParityRNN)


@pytest.mark.parametrize("lengths", [50, (2, 50)])
def test_a_share_of_the_strings_is_cut_to_one_bit_and_the_test_asks_the_others(lengths):
    task = Condition(lengths=lengths, one_bit_share=1 / 8).task()
    batch = task.batch(4000, np.random.default_rng(0))
    one_bit = batch.mask[:, 0]
    assert 0.10 < one_bit.float().mean() < 0.15
    assert not batch.inputs[one_bit, 1:].any()
    assert torch.equal(batch.targets[one_bit, 0], batch.inputs[one_bit, 0])
    assert task.stretched(1.0) == ParityTask(lengths, "end").stretched(1.0)


def test_conditions_of_all_strings_train_and_are_gathered():
    condition = Enumerated("gru", bits=2, batch_size=8, forget_bias=None, max_steps=400)
    rows = condition.rows(range(3))
    found = condition.gathered(rows)
    assert found["settings"] == {"cell": "gru", "bits": 2, "batch_size": 8, "max_steps": 400}
    assert found["seeds"] == len(found["steps"]) == len(found["sequence_accuracy"]) == 3
    assert found["solved"] == sum(step is not None for step in found["steps"]) > 0
