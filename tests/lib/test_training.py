"""Test training and evaluation with networks of known answers, and compare them with plain loops."""

import math
import sys
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn
from tqdm.auto import tqdm

from parity_lib import progress
from parity_lib.data import Curriculum, ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, evaluate, masked_loss, train, training_batches

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
TASK = ParityTask((1, 6))


class Counting(nn.Module):
    """A network that is correct on every string, because it counts the ones; it records its inputs.

    ``spoil(logits, trained)`` may change its answers in place; ``trained`` is the number of training batches so far.
    """

    def __init__(self, spoil=lambda logits, trained: None):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))
        self.spoil = spoil
        self.trained_on, self.validated_on = [], []

    def forward(self, inputs):
        (self.trained_on if torch.is_grad_enabled() else self.validated_on).append(inputs.squeeze(-1))
        logits = inputs.cumsum(1) % 2 * 20 - 10
        self.spoil(logits, len(self.trained_on))
        return logits + self.unused


def always_even(logits, trained):
    logits.fill_(-10)


def strings(batches, steps=None):
    """Return the rows of many batches, each cut after ``steps`` bits."""
    return {tuple(row[:steps].tolist()) for inputs in batches for row in inputs}


def run(model=None, task=TASK, **settings):
    model = ParityRNN(8, "tanh") if model is None else model
    return train(model, task, **{"max_updates": 12, "seed": 0, "validate_every": 5, "validation_size": 700} | settings)


# The loss

def test_the_loss_is_the_mean_cross_entropy_of_the_positions_that_count():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 4, 1, generator=generator) * 3
    targets = torch.randint(0, 2, (3, 4, 1), generator=generator).float()
    mask = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 1, 0]]).bool()
    losses = []
    for row, step in mask.nonzero().tolist():
        odd = 1 / (1 + math.exp(-logits[row, step].item()))
        losses.append(-math.log(odd if targets[row, step] == 1 else 1 - odd))
    assert len(losses) == 7
    assert masked_loss(logits, targets, mask).item() == pytest.approx(sum(losses) / 7, rel=1e-5)


def test_what_stands_on_padding_reaches_neither_the_loss_nor_its_gradient():
    mask = torch.tensor([[True, False, False]])
    logits = torch.tensor([[[0.5], [math.nan], [math.inf]]], requires_grad=True)
    targets = torch.tensor([[[1.0], [math.nan], [0.0]]])
    loss = masked_loss(logits, targets, mask)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-0.5)))
    assert logits.grad.flatten().tolist() == pytest.approx([-1 / (1 + math.exp(0.5)), 0, 0])
    with pytest.raises(ValueError, match=r"^mask must be of the shape of values, \(1, 3\), but it is \(1, 2\)$"):
        masked_loss(logits, targets, mask[:, :2])


# Training

@pytest.mark.parametrize("mode", [True, False])
def test_the_weights_move_and_the_mode_stays(mode):
    model = ParityRNN(8, "tanh").train(mode)
    before = [parameter.clone() for parameter in model.parameters()]
    assert run(model).updates == 12
    assert all((parameter != old).any() for parameter, old in zip(model.parameters(), before))
    evaluate(model, TASK, count=10, seed=0)
    assert model.training is mode


@pytest.mark.parametrize(
    "task", [TASK, ParityTask(5, "end"), ParityTask(Curriculum(stop=9), padding="before")], ids=str)
def test_a_run_is_a_function_of_its_seeds(task):
    torch.manual_seed(1)
    first = run(task=task)
    torch.manual_seed(2)
    np.random.seed(3)  # noqa: NPY002
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    assert replace(run(task=task), seconds=0) == replace(first, seconds=0)
    assert run(task=task, seed=1).loss != first.loss
    assert run(ParityRNN(8, "tanh", seed=1), task).loss != first.loss
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("device", DEVICES)
def test_the_loss_falls_with_either_optimizer_on_every_device(optimizer, device):
    model = ParityRNN(8, "tanh", device=device)
    history = run(model, ParityTask(2), max_updates=150, optimizer=optimizer, lr={"adam": 0.02, "sgd": 1.0}[optimizer])
    assert history.loss[-1] < 0.3 < 0.6 < history.loss[0]
    assert evaluate(model, ParityTask(2), count=40, seed=0)["bit_accuracy"] == 1


@pytest.mark.parametrize(("optimizer", "clip"), [("adam", None), ("sgd", 0.02), ("sgd", 10.0)])
def test_a_run_equals_the_loop_that_a_reader_would_write(optimizer, clip):
    task, rng = ParityTask((1, 9)), np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0])
    model, losses = ParityRNN(8, "tanh"), []
    updates = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer](model.parameters(), lr=0.05)
    for batch in islice(training_batches(task, 32, rng, History(accuracy=[0.0])), 30):
        updates.zero_grad()
        strings = [inputs[:length] for inputs, length in zip(batch.inputs, batch.mask.sum(1))]
        logits = torch.cat([model(string[None]).flatten() for string in strings])
        targets = torch.cat([string.flatten().cumsum(0) % 2 for string in strings])
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets)
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        updates.step()
        losses.append(loss.item())
    history = run(task=task, max_updates=30, lr=0.05, optimizer=optimizer, clip=clip)
    assert history.loss == pytest.approx(losses, rel=1e-3)


def test_loss_and_accuracy_of_an_update_are_those_before_its_update():
    model = Counting(always_even)
    history = run(model, ParityTask(40), max_updates=3, lr=0.5, optimizer="sgd")
    for inputs, accuracy in zip(model.trained_on, history.accuracy, strict=True):
        assert accuracy == pytest.approx((inputs.cumsum(1) % 2 == 0).double().mean().item(), abs=1e-6)
    even = history.accuracy[0]
    expected = even * math.log1p(math.exp(-10)) + (1 - even) * math.log1p(math.exp(10))
    assert history.loss[0] == pytest.approx(expected, rel=1e-5)


def test_each_update_sees_fresh_strings():
    model = Counting(always_even)
    run(model, ParityTask(60), max_updates=70, batch_size=33)
    assert [len(inputs) for inputs in model.trained_on] == [33] * 70
    assert len(strings(model.trained_on)) == 70 * 33


# The curriculum

def test_a_curriculum_grows_while_training_goes_well():
    model = Counting(lambda logits, trained: always_even(logits, trained) if trained <= 4 else None)
    task = ParityTask(Curriculum(start=2, stop=7, step=2))
    run(model, task, max_updates=9, validate_every=100)
    assert [inputs.shape[1] for inputs in model.trained_on] == [2, 2, 2, 2, 2, 4, 6, 7, 7]


# Validation and the early stop

@pytest.mark.parametrize("lengths", [60, (1, 60), Curriculum(start=60, stop=60)], ids=str)
def test_validation_strings_are_half_as_long_again_and_none_is_a_training_string(lengths):
    model = Counting(always_even)
    run(model, ParityTask(lengths), max_updates=70, batch_size=32, validation_size=500)
    assert {inputs.shape[1] for inputs in model.validated_on} == {90}
    # Also when each stream is compared by the words of 64 bits that it is made of.
    for steps in (60, 40):
        seen = {row for row in strings(model.trained_on, steps) if sum(row) > 10}
        assert len(seen) > 1000
        assert not seen & strings(model.validated_on, steps)


@pytest.mark.parametrize(("validation_size", "wrong_row"), [(1, 0), (500, 499), (1200, 1199), (1200, 500)])
def test_one_wrong_bit_in_one_validation_string_is_not_exact(validation_size, wrong_row):
    answered = 0

    def one_bit(logits, trained):
        nonlocal answered
        if torch.is_grad_enabled():
            answered = 0
            return
        if answered <= wrong_row < answered + len(logits):
            logits[wrong_row - answered, 4] *= -1
        answered += len(logits)

    history = run(Counting(one_bit), ParityTask(6), max_updates=10, validation_size=validation_size)
    tried = min(validation_size, 500 * (wrong_row // 500 + 1))
    assert not history.solved
    assert [entry["update"] for entry in history.validation] == [5, 10]
    for entry in history.validation:
        assert entry["strings"] == tried
        assert entry["sequence_accuracy"] == pytest.approx(1 - 1 / tried)
        assert entry["bit_accuracy"] == pytest.approx(1 - 1 / (9 * tried))


def test_a_network_that_is_always_right_stops_at_its_first_validation_even_if_it_is_the_last():
    history = run(Counting(), max_updates=3, validate_every=5, validation_size=1200)
    assert history.solved_at == history.updates == 3
    assert history.validation == [{"update": 3, "bit_accuracy": 1.0, "sequence_accuracy": 1.0, "strings": 1200}]
    assert history.accuracy == [1.0] * 3


def test_a_run_stops_at_the_first_exact_validation_and_not_before():
    def wrong_at_first(logits, trained):
        if trained < 13:
            logits[0, 0] *= -1

    history = run(Counting(wrong_at_first), max_updates=100, validate_every=5)
    assert history.solved_at == history.updates == 15
    assert [entry["sequence_accuracy"] == 1 for entry in history.validation] == [False, False, True]


@pytest.mark.parametrize("where", ["training", "validation"])
def test_ctrl_c_returns_the_history_so_far(where):
    def interrupt(logits, trained):
        if trained == 10 and torch.is_grad_enabled() == (where == "training"):
            raise KeyboardInterrupt

    history = run(Counting(lambda logits, trained: (always_even(logits, trained), interrupt(logits, trained))),
                  max_updates=100)
    assert not history.solved
    assert history.updates == len(history.accuracy) == (9 if where == "training" else 10)
    assert [entry["update"] for entry in history.validation] == [5]


# The progress bar

@pytest.mark.parametrize(("progress", "environment", "terminal", "shown"), [
    (True, "0", False, True), (False, "1", True, False), (None, "0", True, False), (None, "1", True, True),
    (None, "1", False, False)])
def test_the_bar_shows_when_it_is_wanted(progress, environment, terminal, shown, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setenv("PARITY_PROGRESS", environment)
    run(progress=progress)
    out, err = capsys.readouterr()
    assert out == ""
    assert all(part in err for part in ("12/12", "update", "loss=")) == shown
    assert err.endswith("\r" if shown else "")  # wiped, not left behind


# Evaluation

@pytest.mark.parametrize("label", ["every_step", "end"])
@pytest.mark.parametrize("padding", ["after", "before"])
def test_evaluation_equals_counting_string_by_string(label, padding):
    task = ParityTask((2, 12), label, padding)
    model = ParityRNN(5, "tanh", seed=3).double()
    bits, lengths = task.draw(1100, np.random.default_rng(9))
    right, counted = np.zeros((2, 1100), dtype=int)
    for row, length in enumerate(lengths):
        string = np.zeros(12)
        place = slice(0, length) if padding == "after" else slice(12 - length, 12)
        string[place] = bits[row, :length]
        with torch.no_grad():
            answers = (model(torch.tensor(string).reshape(1, 12, 1)).flatten() > 0).numpy()[place]
        hits = (answers == np.cumsum(bits[row, :length]) % 2)[0 if label == "every_step" else -1:]
        right[row], counted[row] = hits.sum(), len(hits)

    def score(rows):
        return {"bit_accuracy": pytest.approx(right[rows].sum() / counted[rows].sum()),
                "sequence_accuracy": pytest.approx((right[rows] == counted[rows]).mean()), "strings": rows.sum()}

    result = evaluate(model, task, count=1100, seed=9, bucket=4)
    by_length = result.pop("by_length")
    assert result == score(lengths > 0) == evaluate(model, task, count=1100, seed=9)
    assert by_length == [{"from": low, "to": high} | score((lengths >= low) & (lengths <= high))
                         for low, high in ((2, 5), (6, 9), (10, 12))]
    assert sum(bucket["strings"] for bucket in by_length) == 1100


def test_evaluation_is_a_function_of_its_seed_and_keeps_no_gradients():
    model = ParityRNN(5, "tanh", seed=3)
    first = evaluate(model, TASK, count=300, seed=1)
    assert evaluate(model, TASK, count=300, seed=1) == first
    assert evaluate(model, TASK, count=300, seed=2) != first
    assert all(parameter.grad is None for parameter in model.parameters())


# Errors

@pytest.mark.parametrize(("call", "settings", "message"), [
    (run, {"max_updates": 0}, "max_updates must be an integer of at least 1, but it is 0"),
    (run, {"seed": -1}, "seed must be an integer of at least 0, but it is -1"),
    (run, {"batch_size": 0}, "batch_size must be an integer of at least 1, but it is 0"),
    (run, {"lr": math.nan}, "lr must be a number above 0, but it is nan"),
    (run, {"clip": 0}, "clip must be a number above 0, or None for no clipping, but it is 0"),
    (run, {"optimizer": "rmsprop"}, "optimizer must be 'adam' or 'sgd', but it is 'rmsprop'"),
    (evaluate, {"count": 0, "seed": 0}, "count must be an integer of at least 1, but it is 0"),
    (evaluate, {"seed": None}, "seed must be an integer of at least 0, but it is None"),
    (evaluate, {"seed": 0, "bucket": 0}, "bucket must be an integer of at least 1, but it is 0"),
])
def test_an_error_names_the_argument_the_value_and_what_is_allowed(call, settings, message):
    model = Counting()
    with pytest.raises(ValueError, match="must be") as error:
        call(model, TASK, **settings)
    assert str(error.value) == message
    assert not model.trained_on  # before any work is done


# The recipe of the book

def test_the_default_recipe_solves_the_task():
    """Which of the seeds succeed may depend on the processor, but most of them must."""
    models = [ParityRNN(seed=seed) for seed in range(3)]
    solved = (model for seed, model in enumerate(models)
              if train(model, ParityTask(), max_updates=1000, seed=seed).solved)
    model, _ = islice(solved, 2)
    assert evaluate(model, ParityTask(75), count=2000, seed=1000)["sequence_accuracy"] > 0.999


def test_a_run_that_is_solved_early_ends_with_a_full_bar():
    """In a notebook, a bar that stops below its total turns red and stays."""
    bars = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "tqdm", lambda **settings: bars.append(tqdm(**settings)) or bars[-1])
        assert run(Counting(), max_updates=100, progress=True).solved
    assert bars[0].n == bars[0].total < 100


def test_one_thread_trains_and_afterwards_there_are_as_many_as_before():
    usual, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        run(Counting(lambda logits, trained: seen.append(torch.get_num_threads())))
        assert set(seen) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(usual)
