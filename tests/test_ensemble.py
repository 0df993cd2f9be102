"""The ensemble does to every network what separate training does: gradients, steps, stopping, and the errors."""

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import ensemble
from parity_lib import nets as parity_nets
from parity_lib.data import Curriculum, ParityTask
from parity_lib.ensemble import train_together
from parity_lib.models import CELLS, ParityRNN
from parity_lib.nets import Compiled, Ensemble, OneByOne
from parity_lib.statistics import wilson_interval
from parity_lib.strings import Stream, Validation, side_by_side
from parity_lib.training import History, masked_loss, train

FEW = {"max_steps": 50, "validate_every": 20, "validation_size": 600, "progress": False}
TASKS = {
    "every step": ParityTask(12),
    "lengths": ParityTask((1, 12)),
    "end": ParityTask((1, 12), "end"),
    "before": ParityTask((1, 12), "end", "before"),
    "curriculum": ParityTask(Curriculum(1, 9, threshold=0.5), "end"),
}


def nets(cell, count=3, hidden=4, layers=1):
    return [ParityRNN(hidden, cell, layers, seed=seed).double() for seed in range(count)]


def batches(task, count, size=5):
    """A batch for each network, as PyTorch has it and side by side."""
    drawn = [task.draw(size, np.random.default_rng(seed)) for seed in range(count)]
    return [task.assemble(*one) for one in drawn], side_by_side(task, drawn, np.float64)


def parameters(models):
    return torch.stack([nn.utils.parameters_to_vector(model.parameters()).detach() for model in models])


def same_histories(one, other):
    assert one.validation == other.validation
    assert one.accuracy == other.accuracy
    assert one.settings == other.settings
    assert one.solved_at == other.solved_at
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-9)


# Gradients


@pytest.mark.parametrize("way", [Ensemble, Compiled, OneByOne])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", ["every step", "lengths", "end"])
def test_gradients_are_those_of_autograd(way, layers, cell, task):
    models = nets(cell, layers=layers)
    apart, together = batches(TASKS[task], len(models))
    losses, logits, gradients = way(models).gradients(*together)
    for row, (model, batch) in enumerate(zip(models, apart, strict=True)):
        expected = model(batch.inputs, batch.run_lengths)
        loss = masked_loss(expected, batch.targets, batch.mask)
        loss.backward()
        assert losses[row] == pytest.approx(loss.item(), rel=1e-12)
        np.testing.assert_allclose(logits[:, row].T, expected.detach()[..., 0], rtol=1e-10, atol=1e-12)
        of_torch = nn.utils.parameters_to_vector([p.grad for p in model.parameters()])
        np.testing.assert_allclose(gradients[row], of_torch, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("way", [Ensemble, Compiled, OneByOne])
def test_one_network_has_no_part_in_another(way):
    models, (_, batch) = nets("lstm"), batches(TASKS["end"], 3)
    before = way(models).gradients(*batch)
    batch.inputs[:, 1] = 1 - batch.inputs[:, 1]
    models[1] = ParityRNN(4, "lstm", seed=9).double()
    after = way(models).gradients(*batch)
    for one, other in zip(before, after, strict=True):
        axis = 1 if one.ndim == 3 else 0
        assert np.array_equal(np.delete(one, 1, axis), np.delete(other, 1, axis))
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("way", [Ensemble, Compiled, OneByOne])
@pytest.mark.parametrize("cell", CELLS)
def test_logits_are_those_of_the_models_in_their_dtype(way, cell):
    models = [ParityRNN(3, cell, 2, seed=seed) for seed in range(2)]
    inputs = np.random.default_rng(0).integers(2, size=(9, 2, 1, 4)).astype(np.float32)
    logits = way(models).logits(inputs)
    assert logits.dtype == np.float32
    for row, model in enumerate(models):
        expected = model(torch.from_numpy(inputs[:, row, 0].T.copy())[..., None]).detach()[..., 0]
        np.testing.assert_allclose(logits[:, row].T, expected, rtol=1e-4, atol=1e-6)


def test_some_networks_can_be_chosen_and_written_back():
    models = nets("gru", 4)
    whole = Ensemble(models)
    part = whole.chosen(np.array([False, True, False, True]))
    assert (len(whole), len(part)) == (4, 2)
    part.parameters += 1
    assert np.array_equal(whole.parameters, parameters(models)), "a part has weights of its own"
    before = parameters(models)
    part.copy_to([models[1], models[3]])
    moved = (parameters(models) - before).sum(1) != 0
    assert moved.tolist() == [False, True, False, True]


# Which of them computes


def test_the_compiled_path_is_taken_where_it_is_there_and_the_history_says_so(monkeypatch):
    def backend_of(net, **settings):
        return train_together([net], ParityTask(4), seeds=[0], **FEW | {"max_steps": 1} | settings)[0].backend

    assert backend_of(ParityRNN(2, "gru")) == "numba"
    assert backend_of(ParityRNN(2, "gru"), backend="numpy") == "numpy"
    assert backend_of(ParityRNN(2, "gru").double()) == "numpy"
    assert backend_of(ParityRNN(64, "lstm"), batch_size=64) == "torch"
    monkeypatch.setattr(parity_nets, "find_spec", lambda name: None)
    assert backend_of(ParityRNN(2, "gru")) == "numpy"
    assert train(ParityRNN(2, "gru"), ParityTask(4), seed=0, **FEW).backend == "torch"


# Training


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cell", CELLS)
def test_fifty_steps_are_those_of_separate_runs(cell, task, backend):
    apart, together = nets(cell), nets(cell)
    settings = FEW | {"batch_size": 20, "lr": 0.02, "clip": 0.1}
    expected = [train(model, TASKS[task], seed=seed, **settings) for seed, model in enumerate(apart)]
    found = train_together(together, TASKS[task], seeds=range(3), backend=backend, **settings)
    for one, other in zip(expected, found, strict=True):
        same_histories(one, other)
    torch.testing.assert_close(parameters(together), parameters(apart), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("settings", [
    {"optimizer": "sgd", "lr": 0.5}, {"optimizer": "sgd", "lr": 0.5, "clip": None}, {"clip": None}, {"clip": 1e-3},
], ids=str)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_so_they_are_with_each_optimizer_and_clipping(settings, backend):
    apart, together = nets("tanh", layers=2), nets("tanh", layers=2)
    for seed, model in enumerate(apart):
        train(model, TASKS["lengths"], seed=seed, **FEW | settings)
    train_together(together, TASKS["lengths"], seeds=range(3), backend=backend, **FEW | settings)
    torch.testing.assert_close(parameters(together), parameters(apart), rtol=1e-8, atol=1e-10)


def test_large_lstms_are_computed_one_by_one_and_come_to_the_same(monkeypatch):
    monkeypatch.setattr(parity_nets, "LARGE_LSTM", 4 * 32)
    monkeypatch.setattr(Ensemble, "_forward", None)
    apart, together = nets("lstm"), nets("lstm")
    expected = [train(model, TASKS["end"], seed=seed, **FEW) for seed, model in enumerate(apart)]
    found = train_together(together, TASKS["end"], seeds=range(3), **FEW)
    for one, other in zip(expected, found, strict=True):
        same_histories(one, other)
    torch.testing.assert_close(parameters(together), parameters(apart), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_each_seed_stops_on_its_own_with_the_weights_it_had(backend, monkeypatch):
    monkeypatch.setattr(Validation, "scores", lambda self, nets: [
        {"bit_accuracy": 1.0, "sequence_accuracy": float(row == 0), "strings": 1} for row in range(len(nets))])
    models, settings = nets("lstm"), {"validate_every": 2, "batch_size": 8, "progress": False}
    histories = train_together(models, ParityTask(8), max_steps=20, seeds=range(3), backend=backend, **settings)
    assert [history.solved_at for history in histories] == [history.steps for history in histories] == [2, 4, 6]
    for seed, (alone, model) in enumerate(zip(nets("lstm"), models, strict=True)):
        train(alone, ParityTask(8), max_steps=2 * (seed + 1), seed=seed, **settings)
        torch.testing.assert_close(parameters([model]), parameters([alone]), rtol=1e-8, atol=1e-10)


def test_momentum_is_that_of_pytorch():
    apart, together = nets("tanh", 1)[0], nets("tanh", 1)
    optimizer = torch.optim.SGD(apart.parameters(), lr=0.1, momentum=0.9)
    stream = Stream(TASKS["end"], 8, np.random.SeedSequence(0).spawn(2)[0], None)
    for _ in range(20):
        batch = TASKS["end"].assemble(*stream.next())
        optimizer.zero_grad()
        masked_loss(apart(batch.inputs), batch.targets, batch.mask).backward()
        optimizer.step()
    train_together(together, TASKS["end"], seeds=[0], max_steps=20, batch_size=8, optimizer="sgd", lr=0.1, clip=None,
                   momentum=0.9, validation_size=8, progress=False)
    torch.testing.assert_close(parameters(together), parameters([apart]), rtol=1e-9, atol=1e-12)


def test_a_pool_is_passed_over_again_and_again():
    stream = Stream(ParityTask(16), 5, np.random.SeedSequence(0), 12)
    passes = [[tuple(row) for _ in range(2) for row in stream.next()[0]] for _ in range(3)]
    pool = {tuple(row) for row in stream.pool[0]}
    assert len(pool) == 12
    assert all(len(set(one)) == 10 and set(one) <= pool for one in passes), "10 of 12 fit into whole batches"
    assert passes[0] != passes[1] != passes[2]


def test_strings_for_validation_can_be_as_long_as_in_training():
    found = [train_together(nets("tanh", 1), ParityTask(10), max_steps=1, seeds=[0], validation_size=50, stretch=factor,
                            progress=False)[0].validation[0] for factor in (1.0, 1.5)]
    assert found[0] != found[1]
    validation = Validation(ParityTask(10).stretched(1.0), 50, np.random.SeedSequence(0).spawn(1))
    assert validation.screens[0][0].shape == (50, 10)


def test_ctrl_c_ends_the_run_and_keeps_what_was_learned(monkeypatch):
    models, calls = nets("tanh"), []
    before, apply = parameters(models), ensemble._Updates.apply

    def stop_at_the_third(self, gradient):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        apply(self, gradient)

    monkeypatch.setattr(ensemble._Updates, "apply", stop_at_the_third)
    histories = train_together(models, ParityTask(8), seeds=range(3), **FEW)
    assert [history.steps for history in histories] == [2, 2, 2]
    assert all(history.interrupted for history in histories)
    assert (parameters(models) != before).any(1).all()


def test_a_history_says_what_one_of_train_says():
    model, other = nets("tanh", 1)[0], nets("tanh", 1)
    one = train(model, ParityTask(8), seed=0, **FEW)
    assert isinstance(one, History)
    assert train_together(other, ParityTask(8), seeds=[0], **FEW)[0].to_dict().keys() == one.to_dict().keys()


@pytest.mark.parametrize(("change", "words"), [
    ({"seeds": [0]}, "seeds must be a seed for each of the 3 models"),
    ({"seeds": [0, 1, -1]}, "seed must be an integer of at least 0"),
    ({"lr": 0.0}, "lr must be"),
    ({"optimizer": "rmsprop"}, "optimizer must be 'adam' or 'sgd'"),
    ({"clip": 0.0}, "clip must be"),
    ({"momentum": 0.9}, "momentum must be a number from 0 to below 1, and 0 for Adam"),
    ({"pool": 3}, "pool must be an integer of at least 32"),
    ({"max_steps": 0}, "max_steps must be"),
    ({"backend": "cuda"}, "backend must be None or 'numpy' or 'numba' or 'torch', but it is 'cuda'"),
    ({"task": ParityTask(Curriculum(), "end", "before")}, "task.padding must be 'after' in a curriculum"),
    ({"task": ParityTask(Curriculum(), "end"), "pool": 100}, "pool must be left out in a curriculum"),
    ({"models": []}, "models must be at least one ParityRNN"),
    ({"models": [ParityRNN(2), ParityRNN(3), ParityRNN(2)]}, "models must be alike in cell, hidden_size"),
])
def test_wrong_arguments_are_named(change, words):
    arguments = {"models": [ParityRNN(2, seed=seed) for seed in range(3)], "task": ParityTask(4), "seeds": range(3),
                 "max_steps": 1} | change
    with pytest.raises(ValueError, match=f"^{words}"):
        train_together(arguments.pop("models"), arguments.pop("task"), progress=False, **arguments)


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_as_many_succeed_as_in_separate_runs(cell):
    settings = {"max_steps": 700, "lr": 0.01, "clip": 1.0, "progress": False}
    apart = [train(ParityRNN(8, cell, seed=seed), ParityTask(50), seed=seed, **settings) for seed in range(20)]
    models = [ParityRNN(8, cell, seed=seed) for seed in range(20)]
    together = train_together(models, ParityTask(50), seeds=range(20), **settings)
    (low, high), (other_low, other_high) = (wilson_interval(sum(history.solved for history in group), 20)
                                            for group in (apart, together))
    assert low <= other_high
    assert other_low <= high
