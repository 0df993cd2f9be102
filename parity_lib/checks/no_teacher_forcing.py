"""Checks of the exercise *Without teacher forcing*."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib import data, padding, training
from parity_lib.checks import expect
from parity_lib.checks.core import CheckFailed, ModuleState, call, call_gradient, call_steps
from parity_lib.checks.reporting import check, fresh, private  # noqa: F401  (notebooks call them here)

READY_PARITY = (data.final_parity, data.running_parity, data.bits_and_parity)
READY_LAST = (padding.last_real_step,)
READY_TRAINING = (training.train,)
READY_CURRICULUM = (data.Curriculum.next_longest, data.ParityTask.next_longest)
THE_END, THE_LOSS = "packing#the-last-real-step", "training#a-loss-for-a-yes-or-no"
THE_LOOP, THE_LABEL = "training#the-loop-line-by-line", "training#what-is-the-label"
THE_SEED = "data#seeds-and-a-generator-that-fools-you"

HIDDEN = 8
TRAINING_SEEDS = (0, 1, 2)
LONGEST, STEPS = 10, 200
STEP_RATE = 0.5     # of the plain SGD in the check of train_step
STRINGS, RATE, FIRST_STEPS = 64, 0.03, 3
NEAR = 2e-4     # on average over the weights, which move by about RATE: one of them may go the other way
SHORT, LONG = (1, LONGEST, 0.9), (LONGEST + 1, 50, 0.95)     # lengths from and to, and how much must be right


# ---------------------------------------------------------------- the label


@check(2, "final_parity: the parity of each string as it was cut")
def final_parity(seed: int = 0) -> None:
    """``final_parity(bits, lengths)``: integers ``[batch, steps]`` and ``[batch]`` -> integers ``[batch]``."""
    rng = np.random.default_rng(seed)
    cases = [(np.array([[1, 0, 1, 1], [1, 0, 1, 1], [0, 1, 1, 1]]), np.array([2, 3, 4])),
             (np.ones((9, 9), dtype=int), np.arange(9, 0, -1)), _strings(rng, 40, 7), _strings(rng, 3, 700)]
    for bits, lengths in cases:
        result = call("final_parity", bits, lengths, forbid=READY_PARITY)
        expected = _parity(bits, lengths)
        what = f"final_parity of {expect.show(bits, 60)}, cut to the lengths {expect.show(lengths, 40)}"
        got = expect.array(result, what, None, see=THE_END)
        hint = _parity_hint(got, bits, lengths)
        if got.shape != expected.shape:
            expect.fail(what, f"shape {expected.shape}, a label a string", f"shape {got.shape}", hint, THE_END)
        expect.equal(got, expected, what, hint, THE_END)


def _strings(rng: np.random.Generator, count: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Random bits, also behind the cut, and lengths from 1 to ``steps``; both ends occur."""
    lengths = rng.integers(1, steps, size=count, endpoint=True)
    lengths[:2] = 1, steps
    return rng.integers(2, size=(count, steps)), rng.permutation(lengths)


def _parity(bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return (bits * (np.arange(bits.shape[1]) < lengths[:, None])).sum(axis=1) % 2


def _parity_hint(got: np.ndarray, bits: np.ndarray, lengths: np.ndarray) -> str:
    running = np.cumsum(bits, axis=1)
    before = np.concatenate([np.zeros((len(bits), 1), dtype=int), running], axis=1)
    rows, steps = np.arange(len(bits)), bits.shape[1]
    slips = {
        "this is the label of the string before it was cut: bits at position lengths[i] and later must not count":
            bits.sum(axis=1) % 2,
        "this is the count of ones; the parity is its remainder modulo 2": before[rows, lengths],
        "this is the count of ones before the cut; cut first, then take the remainder modulo 2": bits.sum(axis=1),
        "one bit too few is counted: the last real bit stands at position lengths[i] - 1 and belongs to the string":
            before[rows, lengths - 1] % 2,
        "one bit too many is counted: position lengths[i] is the first that was cut off":
            before[rows, np.minimum(lengths + 1, steps)] % 2,
        "even and odd are swapped: 1 stands for odd": 1 - before[rows, lengths] % 2,
        "this is a label at every step (`cumsum`); only the one at the end is asked for": running % 2,
        "this adds down the batch; a string runs along axis 1": bits.sum(axis=0) % 2,
    }
    return _first(slips, got)


def _first(slips: dict[str, Any], got: np.ndarray) -> str:
    """The words of the first known slip that gives exactly ``got``."""
    return next((words for words, value in slips.items()
                 if np.shape(value) == got.shape and np.allclose(got.astype(float), value, atol=1e-5)), "")


# ---------------------------------------------------------------- the last real step


@check(2, "last_valid: the last real step of each string, whatever stands on the padding")
def last_valid(seed: int = 0) -> None:
    """``last_valid(outputs, lengths)``: float ``[batch, steps, F]``, integers ``[batch]`` -> float ``[batch, F]``."""
    rng = np.random.default_rng(seed)
    for batch, steps, features in ((3, 4, 2), (6, 6, 6), (5, 9, 1), (1, 3, 4)):
        outputs = torch.from_numpy(rng.normal(size=(batch, steps, features))).float()
        # Not up to the end in the first case: a step too far is then a wrong value, not an IndexError.
        lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=steps > 4))
        lengths[-1] = 2
        _last_valid_of(outputs, lengths, "")
        real = torch.arange(steps) < lengths[:, None]
        _last_valid_of(torch.where(real[..., None], outputs, torch.nan), lengths, " and nan on the padding")


def _last_valid_of(outputs: torch.Tensor, lengths: torch.Tensor, note: str) -> None:
    batch, _, features = outputs.shape
    what = f"last_valid of outputs {tuple(outputs.shape)} with the lengths {expect.show(lengths, 40)}{note}"
    result = call("last_valid", outputs, lengths, forbid=READY_LAST)
    if note and _has_nan(result):
        expect.fail(what, "numbers", "nan somewhere", "padding takes part: a product with a mask keeps nan, because 0 "
                    "times nan is nan. Select the step instead of multiplying", THE_END)
    got = expect.array(result, what, None, see=THE_END)
    hint = _last_hint(got, outputs.numpy(), lengths.numpy())
    expected = outputs[torch.arange(batch), lengths - 1]
    if got.shape != (batch, features):
        expect.fail(what, f"shape {(batch, features)}", f"shape {got.shape}", hint, THE_END)
    expect.close(got, expected, what, hint, THE_END)


def _last_hint(got: np.ndarray, outputs: np.ndarray, lengths: np.ndarray) -> str:
    rows, steps = np.arange(len(outputs)), outputs.shape[1]
    real = (np.arange(steps) < lengths[:, None])[..., None]
    slips = {
        "this is the last column. A string that ends earlier has padding there: take step lengths[i] - 1 of row i":
            outputs[:, -1],
        "off by one: steps count from 0, so the last real one is lengths[i] - 1": outputs[rows, lengths % steps],
        "off by one: the last real step is one later, lengths[i] - 1": outputs[rows, np.maximum(lengths - 2, 0)],
        "off by one: the last real step is one later, lengths[i] - 1, and -1 wraps to the end":
            outputs[rows, lengths - 2],
        "this is the mean over the real steps; the last one alone is asked for":
            (outputs * real).sum(axis=1) / lengths[:, None],
        "every row came with the steps of every string: index rows and steps together, "
        "outputs[torch.arange(batch), lengths - 1]": outputs[:, lengths - 1],
    }
    words = _first(slips, got)
    if words:
        return words
    if got.shape == (len(outputs), 1, outputs.shape[2]):
        return "an axis of size 1 is left over; `squeeze(1)` removes it"
    if got.shape == (len(outputs), len(outputs), outputs.shape[2]):
        return "index rows and steps together: outputs[torch.arange(batch), lengths - 1]"
    return ""


# ---------------------------------------------------------------- the loss


@check(2, "end_loss: the mean cross-entropy of one answer a string")
def end_loss(seed: int = 0) -> None:
    """``end_loss(logits, lengths, labels)``: ``[batch, steps, 1]``, ``[batch]``, ``[batch]`` -> a scalar tensor."""
    rng = np.random.default_rng(seed)
    for batch, steps, size in ((1, 1, 1.0), (4, 3, 1.0), (6, 8, 3.0), (5, 5, 200.0)):
        logits, lengths, labels = _answers(rng, batch, steps, size)
        what = (f"end_loss of logits {tuple(logits.shape)}{' of up to about 200' if size > 100 else ''} with the "
                f"lengths {expect.show(lengths, 40)} and the labels {expect.show(labels, 40)}")
        result = call("end_loss", logits, lengths, labels, forbid=READY_LAST)
        got = np.asarray(_number(result, what, THE_LOSS))
        expect.close(got, _end_loss(logits, lengths, labels), what, _loss_hint(got, logits, lengths, labels), THE_LOSS,
                     tolerance=1e-4)
        behind = torch.arange(steps) >= lengths[:, None]
        poisoned = logits.masked_fill(behind[..., None], torch.nan)
        poisoned = call("end_loss", poisoned, lengths, labels, forbid=READY_LAST)
        _number(poisoned, f"{what} and nan on the padding", THE_END,
                "padding takes part: select the last real step before you compute the loss")


def _answers(rng: np.random.Generator, batch: int, steps: int, size: float) -> tuple[torch.Tensor, ...]:
    logits = torch.from_numpy(rng.normal(size=(batch, steps, 1)) * size).float()
    lengths = torch.from_numpy(rng.integers(1, steps, size=batch, endpoint=True))
    lengths[-1] = max(1, steps - 2)
    return logits, lengths, torch.from_numpy(rng.permutation(np.arange(batch) % 2)).float()


def _end_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return binary_cross_entropy_with_logits(logits[torch.arange(len(logits)), lengths - 1, 0], labels)


def _number(result: Any, what: str, see: str, hint: str = "") -> float:
    """``result`` as one finite number, or CheckFailed."""
    got = np.asarray(np.nan) if _has_nan(result) else expect.array(result, what, None, see=see)
    if got.size != 1:
        expect.fail(what, "one number", f"shape {got.shape}",
                    "a loss for each string came back; take the mean over the strings", see)
    value = float(got.reshape(()))
    if not np.isfinite(value):
        expect.fail(what, "a finite number", value, hint or "the logarithm of 0: the sigmoid of a large logit rounds "
                    "to 0 or 1. Compute the loss on logits, with binary_cross_entropy_with_logits", see)
    return value


def _has_nan(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        value = expect.numpy(value)
    return isinstance(value, (float, np.ndarray, np.floating)) and np.asarray(value).dtype.kind == "f" and bool(
        np.isnan(value).any())


def _loss_hint(got: np.ndarray, logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> str:
    batch, steps, _ = logits.shape
    loss = binary_cross_entropy_with_logits
    last = logits[torch.arange(batch), lengths - 1, 0]
    everywhere = labels[:, None].expand(batch, steps)
    real = torch.arange(steps) < lengths[:, None]
    slips = {
        "the sum over the strings came back; take their mean": loss(last, labels, reduction="sum"),
        "the last column is read, not the last real step": loss(logits[:, -1, 0], labels),
        "the label is compared with the logit of every step, padding included": loss(logits[..., 0], everywhere),
        "the label is compared with the logit of every real step; it belongs to the last one":
            loss(logits[..., 0][real], everywhere[real]),
        "[batch, 1] against [batch] was broadcast to [batch, batch]: every logit meets every label. Take [:, 0] first":
            loss(last[:, None].expand(batch, batch), labels.expand(batch, batch)),
        "a sigmoid comes before a loss that already contains one; give it logits": loss(torch.sigmoid(last), labels),
        "the sign is wrong: cross-entropy is minus the logarithm": -loss(last, labels),
        "odd and even are swapped in the labels": loss(last, 1 - labels),
    }
    return _first({words: value.numpy() for words, value in slips.items()}, got)


@check(1, "end_loss: its gradient reaches the last real step of each string, and nothing else")
def end_gradient(seed: int = 0) -> None:
    """The gradient of ``end_loss`` at the logits: ``(sigmoid(o) - y) / batch`` at the last real step, 0 elsewhere."""
    rng = np.random.default_rng(seed)
    for batch, steps in ((4, 3), (6, 8)):
        logits, lengths, labels = _answers(rng, batch, steps, 1.0)
        what = f"the gradient of end_loss at logits {tuple(logits.shape)} with the lengths {expect.show(lengths, 40)}"
        gradient = call_gradient("end_loss", logits, lengths, labels, forbid=READY_LAST)
        if gradient is None:
            expect.fail(what, "a gradient", "none", "the result does not depend on the logits, or something is "
                        "detached", THE_END)
        got = expect.array(gradient, what, None, see=THE_END).ravel()
        expected = np.zeros((batch, steps), dtype=np.float32)
        rows, last = np.arange(batch), lengths.numpy() - 1
        expected[rows, last] = (torch.sigmoid(logits[rows, last, 0]) - labels).numpy() / batch
        elsewhere = np.where(expected == 0, got.reshape(batch, steps), 0)
        hint = ""
        if np.abs(elsewhere).max() > 1e-6:
            hint = "steps other than the last real one get a gradient, as if they had been labelled"
        elif np.allclose(got, expected.ravel() * batch, atol=1e-5):
            hint = "it is as many times too large as there are strings: a sum where a mean belongs"
        expect.close(got, expected.ravel(), what, hint, THE_END)


# ---------------------------------------------------------------- one step


@check(3, "train_step: the weights move as they should, for three batches in a row")
def train_step(seed: int = 0) -> None:
    """``train_step(lstm, readout, optimizer, inputs, lengths, labels)`` -> the loss before the update, a float."""
    rng = np.random.default_rng(seed)
    for scale in (1.0, 40.0):       # large weights in the readout: the gradient is longer than 1 and must be clipped
        net, batches = _fresh_net(rng, scale), [_batch(rng) for _ in range(3)]
        steps = call_steps("train_step", *map(ModuleState.of, net), batches=batches, learning_rate=STEP_RATE,
                           forbid=READY_LAST)
        nets = [_weights(net), *(_weights(one.build() for one in step.modules) for step in steps)]
        losses: list[float] = []
        right, right_losses = _replay(nets, batches)
        for n, step in enumerate(steps, start=1):
            place = f"train_step, batch {n} of 3 (SGD, {'large' if scale > 1 else 'small'} gradients)"
            returned = f"{place}: the loss that it returns"
            losses.append(_number(step.result, returned, THE_LOOP))
            off, fault = _furthest(nets[n], right[n - 1]), None
            if not _near(losses[-1], right_losses[n - 1]):
                fault = returned, right_losses[n - 1], losses[-1]
            elif off > 1e-3:
                fault = (f"{place}: the weights after it", "those of one step against the clipped gradient of end_loss",
                         f"weights that differ by up to {off:.2g}")
            if fault:
                expect.fail(*fault, *_likely(STEP_SLIPS, partial(_is_step, nets[:n + 1], losses, batches[:n])))


def _is_step(nets: list, losses: list[float], batches: list, slip: str) -> bool:
    """Whether this slip gives the student's weights and losses, for every batch so far."""
    slipped, slipped_losses = _replay(nets, batches, slip)
    return (all(_furthest(got, one) < 1e-3 for got, one in zip(nets[1:], slipped, strict=True))
            and _near(losses, slipped_losses))


def _near(some: Any, others: Any) -> bool:
    return np.allclose(some, others, rtol=1e-3, atol=1e-4)


def _furthest(some: list[torch.Tensor], others: list[torch.Tensor]) -> float:
    off = max(float((one - other).abs().max()) for one, other in zip(some, others, strict=True))
    return off if np.isfinite(off) else float("inf")


def _likely(slips: dict[str, tuple[str, str]], fits: Callable[[str], bool]) -> tuple[str, str]:
    """The words of the first known slip that fits what the student's code did, and the section to read."""
    return next(((words, see) for words, (slip, see) in slips.items() if fits(slip)), ("", THE_LOOP))


STEP_SLIPS = {
    "old gradients stay in the sum: `optimizer.zero_grad()` is missing": ("keep", THE_LOOP),
    "nothing moved: are `loss.backward()` and `optimizer.step()` both there, and does the optimiser hold these "
    "parameters?": ("still", THE_LOOP),
    "the LSTM did not move, only the readout: the states were detached, or the optimiser does not hold the LSTM's "
    "parameters": ("detach", THE_LOOP),
    "the gradient is not clipped: torch.nn.utils.clip_grad_norm_(parameters, 1.0), after backward":
        ("unclipped", THE_LOOP),
    "the LSTM and the readout were clipped one by one; the norm is that of the whole gradient": ("apart", THE_LOOP),
    "the hidden state of the last batch was carried into this one; every batch starts from zero":
        ("carried", THE_LOOP),
    "the last column is read, not the last real step": ("column", THE_END),
    "the label is compared with every step": ("every", THE_LABEL),
    "the loss is summed over the strings; take the mean": ("sum", THE_LOSS),
    "odd and even are swapped in the labels": ("swapped", THE_LOSS),
}


def _fresh_net(rng: np.random.Generator, scale: float) -> tuple[nn.LSTM, nn.Linear]:
    lstm, readout = _net()
    with torch.no_grad():
        for parameter in [*lstm.parameters(), *readout.parameters()]:
            parameter.copy_(torch.from_numpy(rng.uniform(-0.5, 0.5, size=tuple(parameter.shape))))
        readout.weight.mul_(scale)
    return lstm, readout


def _net() -> tuple[nn.LSTM, nn.Linear]:
    # In float32, whatever the notebook has made the default.
    return nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float32), nn.Linear(HIDDEN, 1, dtype=torch.float32)


def _weights(net: Iterable[nn.Module]) -> list[torch.Tensor]:
    return [parameter.detach().clone() for module in net for parameter in module.parameters()]


def _batch(rng: np.random.Generator, count: int = 5, steps: int = 6) -> tuple[torch.Tensor, ...]:
    bits, lengths = _strings(rng, count, steps)
    return _tensors(bits, lengths, _parity(bits, lengths))


def _tensors(bits: np.ndarray, lengths: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, ...]:
    inputs = torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1)
    return inputs, torch.from_numpy(lengths), torch.from_numpy(labels.astype(np.float32))


def _replay(nets: list, batches: list, slip: str = "", rule: type = torch.optim.SGD, rate: float = STEP_RATE,
            ) -> tuple[list, list]:
    """The weights after each batch and its loss, as they should be or with one known slip.

    Each step begins from the student's own weights before it, ``nets[n]``, so
    that rounding does not add up.
    """
    lstm, readout = _net()
    parameters = [*lstm.parameters(), *readout.parameters()]
    optimizer = rule(parameters, lr=rate)
    weights, losses, carried = [], [], None
    for before, (inputs, lengths, labels) in zip(nets, batches, strict=False):
        with torch.no_grad():
            for parameter, value in zip(parameters, before, strict=True):
                parameter.copy_(value)
        states, last = lstm(inputs, carried)
        if slip == "carried":
            carried = tuple(part.detach() for part in last)
        logits = readout(states.detach() if slip == "detach" else states)[..., 0]
        loss = _slipped_loss(logits, lengths, labels, slip)
        if slip != "keep":
            optimizer.zero_grad()
        loss.backward()
        for part in ([lstm.parameters(), readout.parameters()] if slip == "apart" else [parameters]):
            nn.utils.clip_grad_norm_(part, 1e9 if slip == "unclipped" else 1.0)
        if slip == "forgets":
            optimizer = rule(parameters, lr=rate)
        if slip == "lstm only":
            readout.zero_grad()
        if slip != "still":
            optimizer.step()
        weights.append(_weights((lstm, readout)))
        losses.append(loss.item())
    return weights, losses


def _slipped_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor, slip: str) -> torch.Tensor:
    if slip == "column":
        return binary_cross_entropy_with_logits(logits[:, -1], labels)
    if slip == "every":
        return binary_cross_entropy_with_logits(logits, labels[:, None].expand(logits.shape))
    loss = _end_loss(logits[..., None], lengths, 1 - labels if slip == "swapped" else labels)
    return loss * len(labels) if slip == "sum" else loss


# ---------------------------------------------------------------- training


@check(1, "train_at_the_end: two modules of the right size, from the seed, moved by training")
def train_at_the_end(seed: int = 0) -> None:
    """``train_at_the_end(max_length, steps, seed, min_length=1)`` -> ``(nn.LSTM, nn.Linear)``."""
    seed = seed % 1000
    what = f"train_at_the_end(4, 2, seed={seed})"
    once, again = (trained(4, 2, seed, forbid=READY_TRAINING) for _ in range(2))
    if not _same(once, again):
        expect.fail(what, "the same weights when it is called twice", "different weights", "something is drawn without "
                    "the seed: call torch.manual_seed(seed) before you make the modules, and draw the strings with "
                    "np.random.default_rng(seed)", THE_SEED)
    if _same(once, trained(4, 2, seed + 1)):
        expect.fail(what, "weights that depend on the seed", "the same weights for the next seed",
                    "the argument `seed` is not used", THE_SEED)
    if _same(once, trained(4, 0, seed)):
        expect.fail(what, "weights that have moved from where they began", "the weights of 0 steps",
                    "the loop does not train the modules that are returned, or runs no step", THE_LOOP)
    if _same(once, trained(4, 2, seed, min_length=4)):
        expect.fail(what, "other strings, and so other weights, with min_length=4", "the same weights",
                    "the argument `min_length` is not used", THE_LABEL)


def trained(max_length: int, steps: int, seed: int, forbid: tuple = (), **kwargs: Any) -> tuple[nn.LSTM, nn.Linear]:
    """The student's trained weights, in modules of the check's own."""
    arguments = [str(max_length), str(steps), f"seed={seed}", *(f"{key}={value}" for key, value in kwargs.items())]
    what = f"train_at_the_end({', '.join(arguments)})"
    try:
        result = call("train_at_the_end", max_length, steps, seed, forbid=forbid, **kwargs)
    except CheckFailed as failure:
        _, returns, kind = str(failure).partition("` returns ")
        if not returns:
            raise
        expect.fail(what, "a pair (lstm, readout) of nn.LSTM and nn.Linear", kind.partition(". Expected")[0],
                    "only weights travel to the check, which puts them into a network of its own. A class of your own "
                    "cannot come along, whatever it computes", "unrolling#the-cell-in-numpy")
    if not isinstance(result, (tuple, list)) or [getattr(one, "cls", "") for one in result] != ["LSTM", "Linear"]:
        expect.fail(what, "a pair (lstm, readout) of nn.LSTM and nn.Linear", type(result).__name__,
                    "return lstm, readout", THE_LOOP)
    lstm, readout = _net()
    for module, got in zip((lstm, readout), result, strict=True):
        shapes = {name: tuple(value.shape) for name, value in module.state_dict().items()}
        if {name: tuple(value.shape) for name, value in got.state.items()} != shapes:
            expect.fail(what, f"{got.cls} with the weights {shapes}",
                        {name: tuple(value.shape) for name, value in got.state.items()},
                        f"nn.LSTM(1, {HIDDEN}, batch_first=True) and nn.Linear({HIDDEN}, 1)", THE_LOOP)
        module.load_state_dict(got.state)
    return lstm, readout


def _same(one: tuple[nn.Module, ...], other: tuple[nn.Module, ...]) -> bool:
    return all(torch.equal(a, b) for mine, yours in zip(one, other, strict=True)
               for a, b in zip(mine.state_dict().values(), yours.state_dict().values(), strict=True))


@check(1, "trained on strings of up to 10 bits, the net is right on strings of that kind")
def trained_short(seed: int = 0) -> None:
    """The first steps are the task's, and one of three trainings is right on 90 % of strings of 1 to 10 bits."""
    _trains("strings of 1 to 10 bits", SHORT, seed)


@check(2, "trained on strings of up to 10 bits, the net is right on strings of up to 50")
def trained_long(seed: int = 0) -> None:
    """The first steps are the task's, and one of three trainings is right on 95 % of strings of 11 to 50 bits."""
    _trains("strings of 11 to 50 bits, longer than any in training", LONG, seed)


def _trains(where: str, asked: tuple[int, int, float], seed: int) -> None:
    """Pass where the first steps from every training seed are right, and the net of one of them has learned."""
    for training_seed in TRAINING_SEEDS:
        _first_steps(training_seed)
    shortest, longest, least = asked
    best = 0.0
    for training_seed in TRAINING_SEEDS:
        best = max(best, share_right(*trained(LONGEST, STEPS, training_seed), shortest, longest, seed))
        if best >= least:
            return
    expect.fail(f"train_at_the_end({LONGEST}, {STEPS}, seed), the best of the seeds {TRAINING_SEEDS}, on {where}",
                f"at least {least:.0%} right", f"{best:.1%} right", f"the first {FIRST_STEPS} steps are right, so look "
                "at what comes after them: does the loop make all its steps, each on fresh strings, with the same "
                "optimiser?", THE_LOOP)


def _first_steps(seed: int) -> None:
    """Follow the student's loop: each of its first steps, from the weights before it, is one of the task's.

    A net may learn in spite of a mistake; here nothing is left to luck.
    """
    nets = [_weights(trained(LONGEST, n, seed, forbid=READY_TRAINING)) for n in range(FIRST_STEPS + 1)]
    right = _loop(nets, seed)
    for n in range(1, FIRST_STEPS + 1):
        off = _apart(nets[n], right[n - 1])
        if off < NEAR:
            continue
        expect.fail(f"train_at_the_end({LONGEST}, {n}, seed={seed}), the weights after step {n}",
                    "those of the task's loop, followed from your weights before this step",
                    f"weights that differ by {off:.2g} on average", *_likely_in_loop(nets[:n + 1], seed))


def _likely_in_loop(nets: list, seed: int) -> tuple[str, str]:
    """Words for the last of these steps, the first that is wrong, and the section to read."""
    if any(_apart(_weights(trained(LONGEST, n, seed)), nets[n]) for n in (0, len(nets) - 1)):
        return "something is drawn without the seed: the next call with it gives other weights", THE_SEED
    rate = _rate_hint(nets, seed)
    hint, see = (rate, THE_LOOP) if rate else _likely(STEP_SLIPS | LOOP_SLIPS, partial(_is_loop, nets, seed))
    return hint or ("none of the usual mistakes. Go through the task line by line: the generator, one `draw` a step, "
                    "the label of the cut string, the loss at its last real step, the optimiser"), see


def _loop(nets: list, seed: int, slip: str = "", rule: type = torch.optim.Adam) -> list:
    """The weights after each of the task's first steps, as they should be or with one known slip."""
    rng, batches = np.random.default_rng(0 if slip == "another seed" else seed), []
    strings, shortest = int(slip) if slip.isdigit() else STRINGS, LONGEST if slip == "longest" else 1
    for _ in nets:
        if slip == "again":
            rng = np.random.default_rng(seed)
        early = rng.integers(shortest, LONGEST, strings, endpoint=True) if slip == "lengths first" else None
        bits = rng.integers(2, size=(strings, LONGEST))
        lengths = rng.integers(shortest, LONGEST, strings, endpoint=True) if early is None else early
        batches.append(_tensors(bits, lengths, bits.sum(axis=1) % 2 if slip == "uncut" else _parity(bits, lengths)))
    return _replay(nets[:-1], batches[1:] if slip == "ahead" else batches, slip, rule, RATE)[0]


LOOP_SLIPS = {
    "the label is that of the string before it was cut": ("uncut", THE_END),
    "every string has the full length: the argument `min_length` does not reach `draw`": ("longest", THE_LABEL),
    "every step has the same strings: make `rng` once, before the loop, and draw in the loop": ("again", THE_SEED),
    "the strings are those of a later draw: `rng` is used once before the loop": ("ahead", THE_SEED),
    "the strings do not come from the argument `seed`: rng = np.random.default_rng(seed)": ("another seed", THE_SEED),
    "the lengths are drawn before the bits; `draw` does it the other way round": ("lengths first", THE_SEED),
    "the optimiser is made anew for every step, and Adam forgets: make it once, before the loop":
        ("forgets", THE_LOOP),
    "only the LSTM moved: the optimiser does not hold the readout's parameters": ("lstm only", THE_LOOP),
    **{f"a batch has {strings} strings, not {STRINGS}": (str(strings), THE_LOOP)
       for strings in (1, 16, 32, 50, 63, 65, 100, 128, 256)},
}


def _is_loop(nets: list, seed: int, slip: str) -> bool:
    """Whether this slip gives the student's weights, for every step so far."""
    return all(_apart(got, one) < NEAR for got, one in zip(nets[1:], _loop(nets, seed, slip), strict=True))


def _rate_hint(nets: list, seed: int) -> str:
    """Words for a last step in the right direction, of Adam or of plain SGD, but of another size."""
    for rule in (torch.optim.Adam, torch.optim.SGD):
        moved, right = (torch.cat([(one - before).ravel() for one, before in zip(after, nets[-2], strict=True)])
                        for after in (nets[-1], _loop(nets, seed, rule=rule)[-1]))
        times = float(moved @ right / (right @ right))
        as_asked = rule is torch.optim.Adam and abs(times - 1) < 0.05
        if not as_asked and (moved - times * right).abs().mean() < 0.01 * moved.abs().mean():
            return f"these are steps of {rule.__name__} at a rate of {times * RATE:.2g}; asked is Adam at {RATE}"
    return ""


def _apart(some: list[torch.Tensor], others: list[torch.Tensor]) -> float:
    """How far apart two nets are: the mean over all weights, since one that hardly matters may go either way."""
    off = float(torch.cat([(one - other).abs().ravel() for one, other in zip(some, others, strict=True)]).mean())
    return off if np.isfinite(off) else float("inf")


def share_right(lstm: nn.LSTM, readout: nn.Linear, shortest: int, longest: int, seed: int = 0) -> float:
    """Share of right answers on random strings, 30 of each length from ``shortest`` to ``longest``."""
    lengths = np.repeat(np.arange(shortest, longest + 1), 30)
    bits = np.random.default_rng(seed).integers(2, size=(len(lengths), longest))
    return float(_right(lstm, readout, bits, lengths).mean())


@torch.no_grad()
def _right(lstm: nn.LSTM, readout: nn.Linear, bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Per string: whether the net, run by the check, gives its parity at the last real step."""
    inputs = torch.from_numpy(bits).to(readout.weight.dtype).unsqueeze(-1)
    says_odd = readout(lstm(inputs)[0])[..., 0].numpy() > 0
    return says_odd[np.arange(len(bits)), lengths - 1] == (_parity(bits, lengths) == 1)


# ---------------------------------------------------------------- a curriculum


@check(2, "next_max_length: grows by one at an accuracy of 0.95 or more, and stops at stop")
def next_max_length(seed: int = 0) -> None:
    """``next_max_length(longest, accuracy, stop)`` -> the longest length of the next batch, an integer."""
    rng = np.random.default_rng(seed)
    cases = [(2, 1.0, 50), (2, 0.95, 50), (2, 0.9499, 50), (7, 0.5, 50), (49, 0.99, 50), (50, 1.0, 50), (50, 0.2, 50),
             (1, 0.0, 1), (1, 1.0, 1)]
    cases += [(int(longest), float(accuracy), int(longest + room)) for longest, accuracy, room in
              zip(rng.integers(1, 99, 20), rng.uniform(0.9, 1, 20), rng.integers(0, 3, 20), strict=True)]
    for longest, accuracy, stop in cases:
        what = f"next_max_length({longest}, {accuracy:.4g}, stop={stop})"
        got = expect.array(call("next_max_length", longest, accuracy, stop, forbid=READY_CURRICULUM), what, (),
                           see=THE_LABEL)
        grows = accuracy >= 0.95
        expected = min(longest + 1, stop) if grows else longest
        hint = ""
        if got > stop:
            hint = "it grows beyond stop"
        elif accuracy == 0.95 and got == longest:
            hint = "an accuracy of exactly 0.95 is enough: >=, not >"
        elif not grows and got < longest:
            hint = "it never shrinks: below 0.95 it stays as it is"
        elif not grows and got == longest + 1:
            hint = "it grows although the accuracy is below 0.95"
        elif grows and got > longest + 1:
            hint = "it grows by more than one"
        elif grows and got == longest < stop:
            hint = "it does not grow although the accuracy is high enough"
        expect.equal(got, expected, what, hint, THE_LABEL)
