"""Compare training in an ensemble with separate training: updates, stopping and errors."""

from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib.data import Curriculum, ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, masked_loss, train, training_batches
from parity_study import ensemble
from parity_study.cells import CELLS
from parity_study.ensemble import EnsembleTraining, pooled_batches, train_together

SHORT = {"max_updates": 20, "validate_every": 8, "validation_size": 200, "progress": False}
TASKS = {
    "every step": ParityTask(12),
    "lengths": ParityTask((1, 12)),
    "end": ParityTask((1, 12), "end"),
    "before": ParityTask((1, 12), "end", "before"),
    "curriculum": ParityTask(Curriculum(1, 9, threshold=0.5), "end"),
}


def networks(cell, count=3, hidden=4, layers=1):
    return [ParityRNN(hidden, cell, layers, seed=seed).double() for seed in range(count)]


def parameters(models):
    return torch.stack([nn.utils.parameters_to_vector(model.parameters()).detach() for model in models])


def assert_same_history(expected, history):
    assert expected.validation == history.validation
    assert expected.accuracy == history.accuracy
    assert expected.solved_at == history.solved_at
    np.testing.assert_allclose(expected.loss, history.loss, rtol=1e-9)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cell", CELLS)
def test_twenty_updates_are_those_of_separate_runs(cell, task):
    layers = 2 if task == "lengths" else 1
    alone, together = networks(cell, layers=layers), networks(cell, layers=layers)
    settings = SHORT | {"batch_size": 20, "lr": 0.02, "clip": 0.1}
    expected = [train(model, TASKS[task], seed=seed, **settings) for seed, model in enumerate(alone)]
    histories = train_together(together, TASKS[task], seeds=range(3), **settings)
    for separate, batched in zip(expected, histories, strict=True):
        assert_same_history(separate, batched)
    torch.testing.assert_close(parameters(together), parameters(alone), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("settings", [
    {"optimizer": "sgd", "lr": 0.5}, {"optimizer": "sgd", "lr": 0.5, "clip": None}, {"clip": None}, {"clip": 1e-3},
], ids=str)
def test_updates_are_those_of_separate_runs_with_each_optimizer_and_clipping(settings):
    alone, together = networks("tanh", layers=2), networks("tanh", layers=2)
    for seed, model in enumerate(alone):
        train(model, TASKS["lengths"], seed=seed, **SHORT | settings)
    train_together(together, TASKS["lengths"], seeds=range(3), **SHORT | settings)
    torch.testing.assert_close(parameters(together), parameters(alone), rtol=1e-8, atol=1e-10)


def test_each_seed_stops_on_its_own_and_keeps_its_weights(monkeypatch):
    scores = iter([1.0, 0.0, 0.0, 1.0, 0.0, 1.0])   # of three networks, then of two, then of the last
    monkeypatch.setattr(ensemble, "validate", lambda model, batches: {
        "bit_accuracy": 1.0, "sequence_accuracy": next(scores), "strings": 1})
    models, settings = networks("lstm"), {"validate_every": 2, "batch_size": 8, "progress": False}
    histories = train_together(models, ParityTask(8), max_updates=20, seeds=range(3), **settings)
    assert [history.solved_at for history in histories] == [history.updates for history in histories] == [2, 4, 6]
    monkeypatch.undo()
    for seed, (alone, model) in enumerate(zip(networks("lstm"), models, strict=True)):
        train(alone, ParityTask(8), max_updates=2 * (seed + 1), seed=seed, **settings)
        torch.testing.assert_close(parameters([model]), parameters([alone]), rtol=1e-8, atol=1e-10)


def test_momentum_is_that_of_pytorch():
    alone, together = networks("tanh", 1)[0], networks("tanh", 1)
    optimizer = torch.optim.SGD(alone.parameters(), lr=0.1, momentum=0.9)
    rng = np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0])
    for batch in islice(training_batches(TASKS["end"], 8, rng, History(accuracy=[0.0])), 20):
        optimizer.zero_grad()
        masked_loss(alone(batch.inputs), batch.targets, batch.mask).backward()
        optimizer.step()
    train_together(together, TASKS["end"], seeds=[0], max_updates=20, batch_size=8, optimizer="sgd", lr=0.1, clip=None,
                   momentum=0.9, validation_size=8, progress=False)
    torch.testing.assert_close(parameters(together), parameters([alone]), rtol=1e-9, atol=1e-12)


def test_a_pool_is_passed_over_again_and_again():
    batches = pooled_batches(ParityTask(16), 5, np.random.default_rng(0), 12)
    passes = [[tuple(row) for batch in islice(batches, 2) for row in batch.inputs[..., 0].tolist()] for _ in range(9)]
    assert all(len(set(rows)) == 10 for rows in passes), "10 of 12 fill whole batches"
    assert len(set().union(*passes)) == 12
    assert passes[0] != passes[1] != passes[2]


def test_validation_strings_can_be_as_long_as_training_strings():
    validations = [train_together(networks("tanh", 1), ParityTask(10), max_updates=1, seeds=[0], validation_size=50,
                                  stretch=factor, progress=False)[0].validation[0] for factor in (1.0, 1.5)]
    assert validations[0] != validations[1]


def test_ctrl_c_ends_the_run_and_keeps_the_weights(monkeypatch):
    models, calls = networks("tanh"), []
    before, update = parameters(models), EnsembleTraining.update

    def interrupt_the_third(self, losses):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        update(self, losses)

    monkeypatch.setattr(EnsembleTraining, "update", interrupt_the_third)
    histories = train_together(models, ParityTask(8), seeds=range(3), **SHORT)
    assert [history.updates for history in histories] == [2, 2, 2]
    assert (parameters(models) != before).any(1).all()


@pytest.mark.parametrize(("change", "words"), [
    ({"seeds": [0]}, "seeds must be a seed for each of the 3 models"),
    ({"lr": 0.0}, "lr must be"),
    ({"momentum": 0.9}, "momentum must be a number from 0 to below 1, and 0 for Adam"),
    ({"pool": 3}, "pool must be an integer of at least 32"),
    ({"task": ParityTask(Curriculum(), "end", "before")}, "task.padding must be 'after' in a curriculum"),
    ({"task": ParityTask(Curriculum(), "end"), "pool": 100}, "pool must be None for a curriculum"),
    ({"models": [], "seeds": []}, "models must be at least one ParityRNN"),
    ({"models": [ParityRNN(2), ParityRNN(3), ParityRNN(2)]}, "models must be alike in cell, hidden_size"),
])
def test_wrong_arguments_are_named(change, words):
    arguments = {"models": [ParityRNN(2, seed=seed) for seed in range(3)], "task": ParityTask(4), "seeds": range(3),
                 "max_updates": 1} | change
    with pytest.raises(ValueError, match=f"^{words}"):
        train_together(arguments.pop("models"), arguments.pop("task"), progress=False, **arguments)
