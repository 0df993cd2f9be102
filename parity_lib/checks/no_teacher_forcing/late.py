"""A loop of training followed to a late step: the same weights, or words for the first step that is another one.

What is followed is the task's loop from the student's own weights of 0 steps. Rounding mostly adds up to less than 1e-4
of a weight in 200 steps, also between float32 and float64; a loop that leaves the task's moves by about the rate in a
step. Some trainings (of 2 seeds in 100) are so sensitive that rounding alone leads elsewhere: where the last weights
differ, a loop is followed on from shortly before the last step that agrees, in short parts, each from the student's
own weights.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from parity_lib.checks.no_teacher_forcing import replay
from parity_lib.checks.no_teacher_forcing.replay import LONGEST, RATE, THE_END, THE_LABEL, THE_LOOP, THE_SEED

LATE_NEAR = 2e-3    # on average over the weights
PART = 2            # steps; in 5 the most sensitive trainings drift beyond replay.NEAR
BACK = 10           # steps; in the last of those that agree within replay.NEAR such a training has drifted already
Weights = list[torch.Tensor]


class Loop:
    """The task's loop, from these weights on."""

    def __init__(self, start: Weights, seed: int, shortest: int = 1) -> None:
        self.shortest, self.rng, self.batches = shortest, np.random.default_rng(seed), []
        self.lstm, self.readout = replay.new_net()
        self.parameters = [*self.lstm.parameters(), *self.readout.parameters()]
        self.put(start)
        self.optimizer = torch.optim.Adam(self.parameters, lr=RATE)

    def put(self, weights: Weights) -> None:
        """Go on from these weights; what Adam remembers stays."""
        with torch.no_grad():
            for parameter, value in zip(self.parameters, weights, strict=True):
                parameter.copy_(value)

    def draw(self, shortest: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The bits and lengths of the next batch."""
        bits = self.rng.integers(2, size=(replay.batch_size(), LONGEST))
        return bits, self.rng.integers(shortest or self.shortest, LONGEST, replay.batch_size(), endpoint=True)

    def run(self, count: int) -> Loop:
        """Make ``count`` steps."""
        for _ in range(count):
            self.batches.append(self.draw())
            self.step(*self.batches[-1])
        return self

    def step(self, bits: np.ndarray, lengths: np.ndarray, each_bit: bool = False, rate: float = RATE) -> None:
        """One update; ``each_bit``: with a label at every real step."""
        inputs, ends, labels = replay.tensors(bits, lengths, replay.cut_parity(bits, lengths))
        logits = self.readout(self.lstm(inputs)[0])
        loss = replay.right_loss(logits, ends, labels)
        if each_bit:
            real = torch.arange(LONGEST) < ends[:, None]
            running = torch.from_numpy(replay.says(np.cumsum(replay.counts(bits), axis=1))).float()
            loss = replay.cross_entropy(logits[..., 0][real], running[real])
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, replay.clip())
        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.step()

    @property
    def weights(self) -> Weights:
        return replay.weights_of((self.lstm, self.readout))

    def after(self, *batch: np.ndarray, **options) -> Weights:
        """The weights after one more step, which this loop itself does not make."""
        other = copy.deepcopy(self)
        other.step(*batch, **options)
        return other.weights


def goes_on(start: Weights, got: Weights, seed: int, steps: int, shortest: int = 1, near: float = LATE_NEAR) -> bool:
    """Whether these are the weights of the task's loop after so many steps."""
    return replay.apart(got, Loop(start, seed, shortest).run(steps).weights) < near


def last_that_agrees(at: Callable[[int], Weights], seed: int, steps: int, shortest: int = 1) -> int:
    """A step up to which the student's loop is the task's, and after which it is not; after ``steps`` it is not.

    ``at(n)`` gives the student's weights after ``n`` steps.
    """
    start = at(0)
    good, bad = 0, steps
    while bad - good > 1:
        middle = (good + bad) // 2
        if goes_on(start, at(middle), seed, middle, shortest, replay.NEAR):
            good = middle
        else:
            bad = middle
    return good


def goes_on_in_parts(at: Callable[[int], Weights], seed: int, agree: int, steps: int, shortest: int = 1) -> bool:
    """Whether from ``BACK`` steps before ``agree`` on each ``PART`` steps are the task's.

    Each part begins from the student's weights before it.
    """
    begin = max(agree - BACK, 0)
    loop = Loop(at(0), seed, shortest).run(begin)
    for first in range(begin, steps, PART):
        loop.put(at(first))
        count = min(PART, steps - first)
        if replay.apart(at(first + count), loop.run(count).weights) >= replay.NEAR:
            return False
    return True


def why_other(at: Callable[[int], Weights], seed: int, agree: int, shortest: int = 1) -> tuple[str, str]:
    """Words for the step after ``agree``, which is not the task's, and the section to read."""
    return _why(Loop(at(0), seed, shortest).run(agree), at(agree + 1))


def _why(loop: Loop, got: Weights) -> tuple[str, str]:
    """Words for a step that this loop would make otherwise, and the section to read."""
    before = len(loop.batches)

    def is_near(weights: Weights) -> bool:
        return replay.apart(got, weights) < replay.NEAR

    if is_near(loop.weights):
        return (f"nothing moves after step {before}: the loop stops early, or gives back a net from before. Asked for "
                "is the net after all its steps", THE_LOOP)
    for step, batch in enumerate(loop.batches, start=1):
        if is_near(loop.after(*batch)):
            return (f"step {before + 1} has the strings of step {step} again: each step calls `draw` once, with one "
                    "`rng` that is made before the loop", THE_SEED)
    if is_near(loop.after(*copy.deepcopy(loop).draw(1))):
        return "the argument `min_length` does not reach `draw`: these are lengths from 1 on", THE_LABEL
    ahead = copy.deepcopy(loop)
    batch = ahead.draw()
    if is_near(loop.after(*batch, each_bit=True)):
        return "here a label at every bit is in the loss; the task is one label a string, at its end", THE_LABEL
    if is_near(loop.after(batch[0], np.full_like(batch[1], LONGEST))):
        return "here the label is that of the string before it was cut", THE_END
    for times in (0.9, 0.5, 0.1, 0.2, 0.25, 0.99, 0.95, 2, 0.01):
        if is_near(loop.after(*batch, rate=times * RATE)):
            return f"here the rate becomes {times * RATE:.2g}: a schedule. Asked is Adam at {RATE} throughout", THE_LOOP
    if is_near(loop.after(*ahead.draw())):
        return "here the strings are those of a later draw: nothing but `draw`, once a step, uses `rng`", THE_SEED
    return ("the steps before are right, and this one is not: is `rng` used for something else (a validation?), does "
            "the rate change, is the optimiser another kind of Adam, or is a net from before given back?", THE_LOOP)
