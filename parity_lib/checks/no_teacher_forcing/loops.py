"""Checks of ``train_step`` and ``train_at_the_end``: each step is the task's, and the net learns."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import training
from parity_lib.checks import expect
from parity_lib.checks.core import call, call_steps
from parity_lib.checks.no_teacher_forcing import late, replay
from parity_lib.checks.no_teacher_forcing.ends import READY_LAST, one_number, right_last_valid
from parity_lib.checks.no_teacher_forcing.labels import strings
from parity_lib.checks.no_teacher_forcing.replay import LONGEST, THE_LABEL, THE_LOOP, THE_SEED
from parity_lib.checks.plain import CheckFailed, ModuleState
from parity_lib.checks.reporting import check
from parity_lib.checks.starting import large_readouts

READY_TRAINING = (training.train,)
TRAINING_SEEDS = (0, 1, 2)
STEPS = 200
FIRST_STEPS = 3
SHORT, LONG = (1, LONGEST, 0.9), (LONGEST + 1, 50, 0.95)     # lengths from and to, and how much must be right


@check("train_step: the weights move as they should, for three batches in a row")
@right_last_valid()
def train_step(seed: int = 0) -> None:
    """``train_step(lstm, readout, optimizer, inputs, lengths, labels)`` -> the loss before the update, a float."""
    rng = np.random.default_rng(seed)
    for scale in (1.0, 40.0):       # large weights in the readout: the gradient is longer than 1 and must be clipped
        net, batches = _fresh_net(rng, scale), [_batch(rng) for _ in range(3)]
        steps = call_steps("train_step", *map(ModuleState.of, net), batches=batches, learning_rate=replay.STEP_RATE,
                           forbid=READY_LAST)
        nets = [replay.weights_of(net), *(replay.weights_of(one.build() for one in step.modules) for step in steps)]
        losses: list[float] = []
        right, right_losses = replay.steps(nets, batches)
        for n, step in enumerate(steps, start=1):
            place = f"train_step, batch {n} of 3 (SGD, {'large' if scale > 1 else 'small'} gradients)"
            returned = f"{place}: the loss that it returns"
            losses.append(one_number(step.result, returned, THE_LOOP))
            off, fault = replay.furthest(nets[n], right[n - 1]), None
            if not replay.near(losses[-1], right_losses[n - 1]):
                fault = returned, right_losses[n - 1], losses[-1]
            elif off > 1e-3:
                fault = (f"{place}: the weights after it", "those of one step against the clipped gradient of end_loss",
                         f"weights that differ by up to {off:.2g}")
            if fault:
                expect.fail(*fault, *(_loss_too_late(nets[n], losses[-1], batches[n - 1], off) or
                                      replay.why_not_a_step(nets[:n + 1], losses, batches[:n])))


def _loss_too_late(after: list, loss: float, batch: tuple, off: float) -> tuple[str, str] | None:
    """Words where the step is right and its loss is that of the weights after it."""
    if off > 1e-3 or not replay.near([loss], replay.steps([after], [batch], "still")[1]):
        return None
    return ("this is the loss after the update: compute it once, before `backward`, and return that", THE_LOOP)


def _fresh_net(rng: np.random.Generator, scale: float) -> tuple[nn.LSTM, nn.Linear]:
    lstm, readout = replay.new_net()
    with torch.no_grad():
        for parameter in [*lstm.parameters(), *readout.parameters()]:
            parameter.copy_(torch.from_numpy(rng.uniform(-0.5, 0.5, size=tuple(parameter.shape))))
        readout.weight.mul_(scale)
    return lstm, readout


def _batch(rng: np.random.Generator, count: int = 5, steps: int = 6) -> tuple[torch.Tensor, ...]:
    bits, lengths = strings(rng, count, steps)
    return replay.tensors(bits, lengths, replay.cut_parity(bits, lengths))


@check("train_at_the_end: two modules of the right size, from the seed, moved by training")
@right_last_valid()
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
    start = trained(4, 0, seed)
    if _same(start, trained(4, 0, seed + 1)):
        expect.fail(f"train_at_the_end(4, 0, seed={seed})", "first weights that depend on the seed", "the same first "
                    "weights for the next seed", "the weights do not come from `seed`: torch.manual_seed(seed), before "
                    "the modules are made", THE_SEED)
    if _same(once, start):
        ignored = not replay.fresh_from(seed, replay.weights_of(once))
        expect.fail(what, "weights that have moved from where they began", "the weights of 0 steps",
                    "the argument `steps` is not used: 0 steps train as well" if ignored else
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
    if not result[0].arguments["batch_first"]:
        expect.fail(what, "an nn.LSTM with batch_first=True", "one without it", "without batch_first=True the LSTM "
                    "takes strings for steps: it reads down the batch, and says nothing about it",
                    "unrolling#shapes-and-a-mistake-that-makes-no-noise")
    lstm, readout = replay.new_net()
    for module, got in zip((lstm, readout), result, strict=True):
        shapes = {name: tuple(value.shape) for name, value in module.state_dict().items()}
        if {name: tuple(value.shape) for name, value in got.state.items()} != shapes:
            expect.fail(what, f"{got.cls} with the weights {shapes}",
                        {name: tuple(value.shape) for name, value in got.state.items()},
                        f"nn.LSTM(1, {replay.HIDDEN}, batch_first=True) and nn.Linear({replay.HIDDEN}, 1)", THE_LOOP)
        module.load_state_dict(got.state)
    return lstm, readout


def _same(one: tuple[nn.Module, ...], other: tuple[nn.Module, ...]) -> bool:
    return all(torch.equal(a, b) for mine, yours in zip(one, other, strict=True)
               for a, b in zip(mine.state_dict().values(), yours.state_dict().values(), strict=True))


@check("trained on strings of up to 10 bits, the net is right on strings of that kind")
@right_last_valid()
def trained_short(seed: int = 0) -> None:
    """The first steps are the task's, and one of three trainings is right on 90 % of strings of 1 to 10 bits."""
    _trains("strings of 1 to 10 bits", SHORT, seed)


@check("trained on strings of up to 10 bits, the net is right on strings of up to 50")
@right_last_valid()
def trained_long(seed: int = 0) -> None:
    """The first steps are the task's, and one of three trainings is right on 95 % of strings of 11 to 50 bits."""
    _trains("strings of 11 to 50 bits, longer than any in training", LONG, seed)


def _trains(where: str, asked: tuple[int, int, float], seed: int) -> None:
    """Pass where the first steps from every training seed are right, and the net of one of them has learned."""
    shortest, longest, least = asked
    for training_seed in TRAINING_SEEDS:
        _first_steps(training_seed)
    if longest <= LONGEST:      # once is enough: a loop that does not clip is nearly the task's
        with large_readouts():
            _first_steps(TRAINING_SEEDS[0], " (with large weights in the readout)", late.LATE_NEAR)
    rng = np.random.default_rng(seed)
    _late_step(seed % 100, int(rng.integers(STEPS // 2, STEPS)), 1)
    if longest > LONGEST:
        _late_step(seed % 100, int(rng.integers(10, 40)), 4)
    best = 0.0
    for training_seed in TRAINING_SEEDS:
        net = trained(LONGEST, STEPS, training_seed)
        _at_step(training_seed, STEPS, net)
        best = max(best, share_right(*net, shortest, longest, seed))
        if best >= least:
            return
    expect.fail(f"train_at_the_end({LONGEST}, {STEPS}, seed), the best of the seeds {TRAINING_SEEDS}, on {where}",
                f"at least {least:.0%} right", f"{best:.1%} right", "the steps are the task's, so look at what comes "
                "before them: how do the modules start?", THE_LOOP)


def _late_step(seed: int, step: int, shortest: int) -> None:
    """The first steps may be right and later ones not."""
    kwargs = {} if shortest == 1 else {"min_length": shortest}
    _at_step(seed, step, trained(LONGEST, step, seed, **kwargs), **kwargs)


def _at_step(seed: int, step: int, net: tuple[nn.LSTM, nn.Linear], **kwargs: int) -> None:
    """The net after so many steps is the one of the task's loop."""
    @functools.cache
    def at(n: int) -> list[torch.Tensor]:
        return replay.weights_of(trained(LONGEST, n, seed, **kwargs))

    shortest = kwargs.get("min_length", 1)
    if late.goes_on(at(0), replay.weights_of(net), seed, step, shortest):
        return
    agree = late.last_that_agrees(at, seed, step, shortest)
    if late.goes_on_in_parts(at, seed, agree, step, shortest):
        return
    hint, see = late.why_other(at, seed, agree, shortest)
    also = "".join(f", {key}={value}" for key, value in kwargs.items())
    expect.fail(f"train_at_the_end({LONGEST}, {step}, seed={seed}{also}), followed from your weights of 0 steps",
                f"the weights of the task's loop after each of {step} steps", f"other weights from step {agree + 1} on",
                hint, see)


def _first_steps(seed: int, note: str = "", near: float = replay.NEAR) -> None:
    """Follow the student's loop: each of its first steps, from the weights before it, is one of the task's.

    A net may learn in spite of a mistake; here nothing is left to luck.
    """
    nets = [replay.weights_of(trained(LONGEST, n, seed, forbid=READY_TRAINING)) for n in range(FIRST_STEPS + 1)]
    _right_number_of_steps(nets, seed)
    right = replay.loop(nets, seed)
    for n in range(1, FIRST_STEPS + 1):
        off = replay.apart(nets[n], right[n - 1])
        if off < near:
            continue
        expect.fail(f"train_at_the_end({LONGEST}, {n}, seed={seed}), the weights after step {n}{note}",
                    "those of the task's loop, followed from your weights before this step",
                    f"weights that differ by {off:.2g} on average", *_likely_in_loop(nets[:n + 1], seed))


def _right_number_of_steps(nets: list, seed: int) -> None:
    """As many as asked: what follows would take a loop of one more or one less for something else."""
    what, start = f"train_at_the_end({LONGEST}, n, seed={seed}) for n = 0, 1, 2, 3", replay.started(seed)
    stands = [not replay.apart(one, other) for one, other in zip(nets[1:], nets, strict=False)]
    hint = ""
    if all(stands) and not replay.fresh_from(seed, nets[0]):
        hint = "the argument `steps` is not used"
    elif stands[0] and not any(stands[1:]):
        hint = "one step too few: `range(1, steps)` leaves one out; range(steps) makes `steps` of them"
    elif replay.apart(nets[0], replay.loop([start, start], seed)[0]) < replay.NEAR:
        hint = "one step too many, also where 0 are asked: range(steps) makes `steps` of them"
    if hint:
        expect.fail(what, "the weights of 0, 1, 2, 3 steps", "those of another number of steps", hint, THE_LOOP)


def _likely_in_loop(nets: list, seed: int) -> tuple[str, str]:
    """Words for the last of these steps, the first that is wrong, and the section to read."""
    if any(replay.apart(replay.weights_of(trained(LONGEST, n, seed)), nets[n]) for n in (0, len(nets) - 1)):
        return "something is drawn without the seed: the next call with it gives other weights", THE_SEED
    hint, see = replay.why_not_the_loop(nets, seed)
    return hint or ("none of the usual mistakes. Go through the task line by line: the generator, one `draw` a step, "
                    "the label of the cut string, the loss at its last real step, the optimiser"), see


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
    return says_odd[np.arange(len(bits)), lengths - 1] == (replay.cut_parity(bits, lengths) == 1)
