"""Test training and evaluation with networks of known answers, and compare them with plain loops."""

import inspect
import json
import math
import sys

import numpy as np
import pytest
import torch
from torch import nn
from tqdm.auto import tqdm

from parity_lib import progress, training
from parity_lib.data import Curriculum, ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import History, evaluate, masked_loss, train

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

    def forward(self, inputs, lengths):
        (self.trained_on if torch.is_grad_enabled() else self.validated_on).append((inputs.squeeze(-1), lengths))
        logits = inputs.cumsum(1) % 2 * 20 - 10
        self.spoil(logits, len(self.trained_on))
        return logits + self.unused


def always_even(logits, trained):
    logits.fill_(-10)


def strings(batches, steps=None):
    """Return the rows of many batches, each cut after ``steps`` bits."""
    return {tuple(row[:steps].tolist()) for inputs, _ in batches for row in inputs}


def run(model=None, task=TASK, **settings):
    model = ParityRNN(8, "tanh") if model is None else model
    return train(model, task, **{"max_steps": 12, "seed": 0, "validate_every": 5, "validation_size": 700} | settings)


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

def test_the_weights_move_and_the_mode_stays():
    for mode in (True, False):
        model = ParityRNN(8, "tanh").train(mode)
        before = [parameter.clone() for parameter in model.parameters()]
        history = run(model)
        assert all((parameter != old).any() for parameter, old in zip(model.parameters(), before))
        evaluate(model, TASK, count=10, seed=0)
        assert model.training is mode
        assert history.steps == 12
        assert not history.solved
        assert not history.interrupted


@pytest.mark.parametrize(
    "task", [TASK, ParityTask(5, "end"), ParityTask(Curriculum(stop=9), padding="before")], ids=str)
def test_a_run_is_a_function_of_its_seeds(task):
    torch.manual_seed(1)
    first = run(task=task).to_dict()
    torch.manual_seed(2)
    np.random.seed(3)  # noqa: NPY002
    assert run(task=task).to_dict() == first
    assert run(task=task, seed=1).to_dict()["loss"] != first["loss"]
    assert run(ParityRNN(8, "tanh", seed=1), task).to_dict()["loss"] != first["loss"]


def test_a_run_leaves_the_global_generators_alone():
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    run()
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("device", DEVICES)
def test_the_loss_falls_with_either_optimizer_on_every_device(optimizer, device):
    model = ParityRNN(8, "tanh", device=device)
    history = run(model, ParityTask(2), max_steps=150, optimizer=optimizer, lr={"adam": 0.02, "sgd": 1.0}[optimizer])
    assert history.loss[-1] < 0.3 < 0.6 < history.loss[0]
    assert evaluate(model, ParityTask(2), count=40, seed=0)["bit_accuracy"] == 1


@pytest.mark.parametrize(("optimizer", "clip"), [("adam", None), ("sgd", 0.02), ("sgd", 10.0)])
def test_a_run_equals_the_loop_that_a_reader_would_write(optimizer, clip):
    task = ParityTask((1, 9))
    spy = Counting(always_even)
    run(spy, task, max_steps=30)
    model, losses = ParityRNN(8, "tanh"), []
    updates = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer](model.parameters(), lr=0.05)
    for inputs, lengths in spy.trained_on:
        updates.zero_grad()
        logits = torch.cat([model(inputs[None, row, :length, None]).flatten() for row, length in enumerate(lengths)])
        targets = torch.cat([inputs[row, :length].cumsum(0) % 2 for row, length in enumerate(lengths)])
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets)
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        updates.step()
        losses.append(loss.item())
    assert run(task=task, max_steps=30, lr=0.05, optimizer=optimizer, clip=clip).loss == pytest.approx(losses, rel=1e-3)


def test_loss_and_accuracy_of_a_step_are_those_before_its_update():
    model = Counting(always_even)
    history = run(model, ParityTask(40), max_steps=3, lr=0.5, optimizer="sgd")
    for (inputs, _), accuracy in zip(model.trained_on, history.accuracy, strict=True):
        assert accuracy == pytest.approx((inputs.cumsum(1) % 2 == 0).double().mean().item(), abs=1e-6)
    even = history.accuracy[0]
    expected = even * math.log1p(math.exp(-10)) + (1 - even) * math.log1p(math.exp(10))
    assert history.loss[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("batch_size", [8, 33])
def test_each_step_sees_fresh_strings(batch_size):
    model = Counting(always_even)
    run(model, ParityTask(60), max_steps=70, batch_size=batch_size)
    assert [len(inputs) for inputs, _ in model.trained_on] == [batch_size] * 70
    assert len(strings(model.trained_on)) == 70 * batch_size


def test_a_shorter_run_is_the_beginning_of_a_longer_one():
    assert run(max_steps=7).loss == run(max_steps=12).loss[:7]


# The curriculum

def test_a_curriculum_grows_while_training_goes_well():
    model = Counting(lambda logits, trained: always_even(logits, trained) if trained <= 4 else None)
    task = ParityTask(Curriculum(start=2, stop=7, step=2))
    run(model, task, max_steps=9, validate_every=100)
    assert [inputs.shape[1] for inputs, _ in model.trained_on] == [2, 2, 2, 2, 2, 4, 6, 7, 7]
    assert all(lengths.max() == inputs.shape[1] and lengths.min() == 1 for inputs, lengths in model.trained_on)


# Validation and the early stop

@pytest.mark.parametrize(("lengths", "shortest", "longest"), [
    (60, 90, 90), ((1, 60), 1, 90), (Curriculum(start=60, stop=60), 1, 90)])
def test_validation_strings_are_half_as_long_again_and_none_is_a_training_string(lengths, shortest, longest):
    model = Counting(always_even)
    run(model, ParityTask(lengths), max_steps=70, batch_size=32, validation_size=500)
    drawn = torch.cat([lengths for _, lengths in model.validated_on])
    assert (drawn.min(), drawn.max()) == (shortest, longest)
    # Also when each stream is compared by the words of 64 bits that it is made of.
    for steps in (60, 40):
        seen = {row for row in strings(model.trained_on, steps) if sum(row) > 10}
        assert len(seen) > 1000
        assert not seen & strings(model.validated_on, steps)


def test_training_does_not_depend_on_how_much_is_validated():
    assert run(validation_size=1).loss == run(validation_size=1200).loss == run(validate_every=12).loss


def test_every_validation_tries_the_same_strings():
    model = Counting(always_even)
    run(model, max_steps=10, validate_every=5)
    (first, _), (second, _) = model.validated_on
    assert torch.equal(first, second)


def test_a_network_that_is_always_right_stops_at_its_first_validation():
    history = run(Counting(), max_steps=100, validate_every=7, validation_size=1200)
    assert history.solved
    assert history.solved_at == history.steps == len(history.accuracy) == 7
    assert history.validation == [{"step": 7, "bit_accuracy": 1.0, "sequence_accuracy": 1.0, "strings": 1200}]
    assert history.accuracy == [1.0] * 7


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

    history = run(Counting(one_bit), ParityTask(6), max_steps=10, validation_size=validation_size)
    tried = min(validation_size, 500 * (wrong_row // 500 + 1))
    assert not history.solved
    assert [entry["step"] for entry in history.validation] == [5, 10]
    for entry in history.validation:
        assert entry["strings"] == tried
        assert entry["sequence_accuracy"] == pytest.approx(1 - 1 / tried)
        assert entry["bit_accuracy"] == pytest.approx(1 - 1 / (9 * tried))


def test_a_run_stops_at_the_first_exact_validation_and_not_before():
    def wrong_at_first(logits, trained):
        if trained < 13:
            logits[0, 0] *= -1

    history = run(Counting(wrong_at_first), max_steps=100, validate_every=5)
    assert history.solved_at == history.steps == 15
    assert [entry["sequence_accuracy"] == 1 for entry in history.validation] == [False, False, True]


def test_the_last_step_is_validated_though_it_is_no_multiple():
    history = run(Counting(always_even), max_steps=7, validate_every=5)
    assert [entry["step"] for entry in history.validation] == [5, 7]
    assert run(Counting(), max_steps=3, validate_every=5).solved_at == 3


@pytest.mark.parametrize("where", ["training", "validation"])
def test_ctrl_c_returns_the_history_so_far(where):
    def interrupt(logits, trained):
        if trained == 10 and torch.is_grad_enabled() == (where == "training"):
            raise KeyboardInterrupt

    history = run(Counting(lambda logits, trained: (always_even(logits, trained), interrupt(logits, trained))),
                  max_steps=100)
    assert history.interrupted
    assert not history.solved
    assert history.steps == len(history.accuracy) == (9 if where == "training" else 10)
    assert [entry["step"] for entry in history.validation] == [5]
    assert history.to_dict()["interrupted"] is True


def test_any_other_error_is_not_swallowed():
    def fail(logits, trained):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        run(Counting(fail))


# The history

def test_the_history_is_plain_and_survives_json():
    history = train(ParityRNN(4), TASK, max_steps=np.int64(6), seed=np.int64(1), batch_size=np.int32(4),
                    lr=np.float32(0.01), clip=np.float32(1), validate_every=np.int64(3), validation_size=np.int64(9))
    stored = history.to_dict()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert "seconds" not in stored
    assert history.seconds > 0
    assert History(**stored).to_dict() == stored
    assert History(**stored).steps == 6


def test_the_settings_hold_every_argument_that_shapes_a_run():
    arguments = set(inspect.signature(train).parameters) - {"model", "task", "progress"}
    history = run(ParityRNN(4), ParityTask((1, 6), "end", "before"), clip=None, lr=0.5, batch_size=3)
    stored = history.to_dict()["settings"]
    assert set(stored) == arguments | {"lengths", "label", "padding"}
    assert stored == {"lengths": "(1, 6)", "label": "end", "padding": "before", "max_steps": 12, "seed": 0,
                      "batch_size": 3, "lr": 0.5, "optimizer": "adam", "clip": None, "validate_every": 5,
                      "validation_size": 700}


# The progress bar

@pytest.mark.parametrize(("progress", "environment", "terminal", "shown"), [
    (True, "0", True, True), (True, "0", False, True), (False, "1", True, False), (None, "0", True, False),
    (None, "1", True, True), (None, None, True, True), (None, "1", False, False), (None, None, False, False)])
def test_the_bar_shows_when_it_is_wanted_and_leaves_no_trace_otherwise(
        progress, environment, terminal, shown, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    if environment is None:
        monkeypatch.delenv("PARITY_PROGRESS")
    else:
        monkeypatch.setenv("PARITY_PROGRESS", environment)
    run(progress=progress)
    out, err = capsys.readouterr()
    assert out == ""
    if shown:
        assert all(part in err for part in ("12/12", "step", "loss="))
        assert err.endswith("\r")  # wiped, not left behind
    else:
        assert err == ""


# Evaluation


@pytest.mark.parametrize("label", ["every_step", "end"])
@pytest.mark.parametrize("padding", ["after", "before"])
def test_evaluation_equals_counting_string_by_string(label, padding):
    task = ParityTask((2, 12), label, padding)
    model = ParityRNN(5, "tanh", seed=3).double()
    bits, parity, lengths = task.draw(1100, np.random.default_rng(9))
    right, counted = np.zeros((2, 1100), dtype=int)
    for row, length in enumerate(lengths):
        string = np.zeros(12)
        place = slice(0, length) if padding == "after" else slice(12 - length, 12)
        string[place] = bits[row, :length]
        with torch.no_grad():
            answers = (model(torch.tensor(string).reshape(1, 12, 1)).flatten() > 0).numpy()[place]
        hits = (answers == parity[row, :length].astype(bool))[0 if label == "every_step" else -1:]
        right[row], counted[row] = hits.sum(), len(hits)

    def score(rows):
        return {"bit_accuracy": pytest.approx(right[rows].sum() / counted[rows].sum()),
                "sequence_accuracy": pytest.approx((right[rows] == counted[rows]).mean()), "strings": rows.sum()}

    result = evaluate(model, task, count=1100, seed=9, bucket=4)
    by_length = result.pop("by_length")
    assert result == score(lengths > 0) == evaluate(model, task, count=1100, seed=9)
    assert 0 < result["sequence_accuracy"] < 1
    assert by_length == [{"from": low, "to": high} | score((lengths >= low) & (lengths <= high))
                         for low, high in ((2, 5), (6, 9), (10, 12))]
    assert sum(bucket["strings"] for bucket in by_length) == 1100


def test_evaluation_is_a_function_of_its_seed_and_keeps_no_gradients():
    model = ParityRNN(5, "tanh", seed=3)
    first = evaluate(model, TASK, count=300, seed=1)
    assert evaluate(model, TASK, count=300, seed=1) == first
    assert evaluate(model, TASK, count=300, seed=2) != first
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_fixed_length_and_an_empty_bucket_leave_out_what_was_not_drawn():
    assert evaluate(Counting(), ParityTask(5), count=10, seed=0, bucket=3)["by_length"] == [
        {"from": 5, "to": 5, "bit_accuracy": 1.0, "sequence_accuracy": 1.0, "strings": 10}]
    buckets = evaluate(Counting(), ParityTask((1, 100)), count=3, seed=0, bucket=1)["by_length"]
    assert 1 <= len(buckets) <= 3
    assert sum(bucket["strings"] for bucket in buckets) == 3


# Errors

@pytest.mark.parametrize(("call", "settings", "message"), [
    (run, {"max_steps": 0}, "max_steps must be an integer of at least 1, but it is 0"),
    (run, {"seed": -1}, "seed must be an integer of at least 0, but it is -1"),
    (run, {"batch_size": 0}, "batch_size must be an integer of at least 1, but it is 0"),
    (run, {"validate_every": 0}, "validate_every must be an integer of at least 1, but it is 0"),
    (run, {"validation_size": 0}, "validation_size must be an integer of at least 1, but it is 0"),
    (run, {"lr": 0}, "lr must be a number above 0, but it is 0"),
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

def solved(seed):
    model = ParityRNN(seed=seed)
    history = train(model, ParityTask(), max_steps=1000, seed=seed)
    return history.solved and evaluate(model, ParityTask(75), count=2000, seed=seed + 1000)["sequence_accuracy"] > 0.999


def test_the_default_recipe_is_a_plain_network_on_50_bits():
    assert isinstance(ParityRNN().rnn, nn.RNN)
    assert ParityTask() == ParityTask(50, "every_step", "after")
    assert ParityTask().stretched(training.VALIDATION_STRETCH).longest == 75, "what the page calls validation"


def test_the_default_recipe_solves_the_task():
    """Which of the seeds succeed may depend on the processor, but most of them must."""
    assert sum(map(solved, range(3))) >= 2


def test_a_run_that_is_solved_early_ends_with_a_full_bar():
    """In a notebook, a bar that stops below its total turns red and stays."""
    bars = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "tqdm", lambda **settings: bars.append(tqdm(**settings)) or bars[-1])
        assert run(Counting(), max_steps=100, progress=True).solved
    assert bars[0].n == bars[0].total < 100


# Threads

@pytest.mark.parametrize("before", [1, 2])
def test_one_thread_trains_and_afterwards_there_are_as_many_as_before(before):
    seen = []
    usual = torch.get_num_threads()
    torch.set_num_threads(before)
    try:
        run(Counting(lambda logits, trained: seen.append(torch.get_num_threads())))
        assert set(seen) == {1}
        assert torch.get_num_threads() == before
    finally:
        torch.set_num_threads(usual)
