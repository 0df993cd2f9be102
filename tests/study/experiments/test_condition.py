"""Test the tasks and networks of training conditions, and the summaries of their results."""

import numpy as np
import pytest
import torch

from parity_lib.data import ParityTask
from parity_study import experiments
from parity_study.ensemble import EnsembleTraining
from parity_study.experiments import condition
from parity_study.experiments.condition import Condition, Enumerated
from parity_study.experiments.series import SERIES
from parity_study.experiments.tasks import CarriedTask, ScoredTask


@pytest.fixture
def few_strings(monkeypatch):
    """Let trained networks be evaluated on few and short strings."""
    monkeypatch.setattr(condition, "EVALUATION", {"strings": 20, "far": 60, "far_strings": 2})


@pytest.mark.parametrize("name", SERIES)
def test_every_condition_makes_its_networks_and_its_strings(name):
    for row in experiments.conditions(name).values():
        model = row.models(range(3, 4))[0]
        assert (model.cell, model.hidden_size, model.num_layers) == (row.cell, row.hidden_size, row.num_layers)
        if isinstance(row, Condition):
            batch = row.task().batch(2, np.random.default_rng(0))
            assert model(batch.inputs).shape == batch.targets.shape


@pytest.mark.parametrize("name", SERIES)
def test_conditions_of_a_series_have_different_settings(name):
    changes = [repr(row.changes()) for row in experiments.conditions(name).values()]
    assert len(set(changes)) == len(changes)


def test_padding_of_a_scored_string_has_labels():
    bits = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=np.uint8)
    batch = ScoredTask((1, 4)).assemble(bits, np.array([4, 2]))
    assert batch.inputs[..., 0].tolist() == [[1, 1, 0, 1], [1, 0, 0, 0]], "zeros after the string"
    assert batch.targets[..., 0].tolist() == [[1, 0, 0, 1], [1, 1, 1, 1]]
    assert batch.mask.all()
    assert experiments.conditions("published")["hedgehoglabs, varying"].changes()["padding"] == "scored"


def test_a_carried_answer_has_its_label_at_the_last_column():
    bits = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=np.uint8)
    batch = CarriedTask((1, 4), "end").assemble(bits, np.array([4, 2]))
    assert batch.inputs[..., 0].tolist() == [[1, 1, 0, 1], [1, 0, 0, 0]], "zeros after the string"
    assert batch.mask.tolist() == [[False, False, False, True]] * 2
    assert batch.targets[:, -1, 0].tolist() == [1, 1]


@pytest.mark.parametrize("lengths", [50, (2, 50)])
def test_a_share_of_the_training_strings_is_cut_to_one_bit(lengths):
    task = Condition(lengths=lengths, one_bit_share=1 / 8).task()
    batch = task.batch(4000, np.random.default_rng(0))
    one_bit = batch.mask[:, 0]
    assert 0.10 < one_bit.float().mean() < 0.15
    assert not batch.inputs[one_bit, 1:].any()
    assert torch.equal(batch.targets[one_bit, 0], batch.inputs[one_bit, 0])
    assert task.stretched(1.0) == ParityTask(lengths, "end").stretched(1.0)


def test_seeds_give_different_networks_and_the_forget_bias_is_set():
    plain, biased = Condition().models(range(2)), Condition(forget_bias=3.0).models(range(2))
    assert not torch.equal(plain[0].rnn.weight_hh_l0, plain[1].rnn.weight_hh_l0)
    for before, after in zip(plain, biased, strict=True):
        assert torch.equal(before.rnn.weight_hh_l0, after.rnn.weight_hh_l0)
        total = after.rnn.bias_ih_l0 + after.rnn.bias_hh_l0
        assert total[8:16].tolist() == [3.0] * 8
        assert torch.equal(total[:8], (before.rnn.bias_ih_l0 + before.rnn.bias_hh_l0)[:8])


def test_training_a_condition_returns_a_row_for_each_seed(few_strings):
    rows = Condition(cell="tanh", lengths=1, hidden_size=4, max_updates=200).train(range(5, 8))
    assert len(rows) == 3
    assert all(row["steps"] and row["sequence_accuracy"] == 1.0 for row in rows), "one bit is its own parity"
    for row in rows:
        assert row["by_length"]["from"][0] == 1
        assert len(row["by_length"]["from"]) == len(row["by_length"]["right"])
        assert 0 <= row["far"] <= 1
    unsolved = Condition(cell="tanh", lengths=20, hidden_size=1, max_updates=2).train(range(1))
    assert (unsolved[0]["steps"], unsolved[0]["far"]) == (None, None)


def test_an_interrupted_training_has_no_results(few_strings, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt
    monkeypatch.setattr(EnsembleTraining, "update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Condition(lengths=5, max_updates=60).train(range(1))


def test_a_summary_of_rows():
    rows = [{"steps": steps, "bit_accuracy": 1.0, "sequence_accuracy": 0.5, "far": far,
             "by_length": {"from": [1, 6], "right": [1.0, share]}}
            for steps, far, share in ((100, 1.0, 0.5), (None, None, 0.25), (300, 0.75, 1.0))]
    summary = Condition(cell="gru", max_updates=7).summarise(rows)
    assert summary["settings"] == {"cell": "gru", "max_updates": 7}
    assert (summary["seeds"], summary["solved"], summary["steps"]) == (3, 2, [100, None, 300])
    assert summary["by_length"] == {"from": [1, 6], "mean": [1.0, 0.583333], "least": [1.0, 0.25]}
    assert (summary["far"], summary["far_exact"]) == ([1.0, 0.75], 1)


def test_conditions_on_all_strings_are_trained_and_summarised():
    row = Enumerated(cell="gru", bits=2, batch_size=8, max_updates=400)
    summary = row.summarise(row.train(range(3)))
    assert summary["settings"] == {"cell": "gru", "bits": 2, "batch_size": 8, "max_updates": 400}
    assert summary["seeds"] == len(summary["steps"]) == len(summary["sequence_accuracy"]) == 3
    assert summary["solved"] == sum(step is not None for step in summary["steps"]) > 0


@pytest.mark.parametrize("optimizer", ["adam", "sign"])
def test_conditions_that_are_trained_together_have_the_results_of_each(optimizer):
    conditions = [Enumerated(bits=2, batch_size=size, optimizer=optimizer, max_updates=100) for size in (4, 64, None)]
    assert len({row.group() for row in conditions}) == 1
    assert conditions[0].group() != Enumerated(bits=2, lr=0.1, optimizer=optimizer, max_updates=100).group()
    together = conditions[0].train(range(2), *conditions[1:])
    assert together == [row for condition in conditions for row in condition.train(range(2))]


def test_one_group_of_weights_can_be_enlarged():
    plain, scaled = (Enumerated(weight_scale=scale, scaled="rnn.weight_ih").models(range(1))[0] for scale in (1, 6))
    for (name, before), after in zip(plain.named_parameters(), scaled.parameters(), strict=True):
        assert torch.equal(after, 6 * before if name == "rnn.weight_ih_l0" else before)
