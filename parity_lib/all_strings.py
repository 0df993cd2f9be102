"""Training on all strings of n bits at once, or on batches drawn from them: the exact gradient, and its noise.

Chapter: *The experiment*. The 2^n strings of n bits share their beginnings: after
t bits there are 2^t states, not 2^n. So a step of the network is computed for a
whole level of the tree of beginnings, and the way back adds up the gradients of
the two strings that go on from each. That is the gradient over all strings for
the price of 2^(n+1) steps in place of n 2^n. A batch that is drawn from them is
a weight for each string, how often it was drawn, and costs no more, however
large it is.

Arrays are ``[seeds, units, strings]``. String number s has bit t (from 0) of the
binary number s as its bit t, so the two halves of a level are the same
beginnings followed by a 0 and by a 1.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from parity_lib.ensemble import _Updates
from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_lib.nets import Ensemble
from parity_lib.training import OPTIMIZERS, History

MOST_BITS = 16
CHUNK = 64


def odd_strings(bits: int) -> np.ndarray:
    """Which of the 2^bits strings hold an odd number of ones: ``bool [2^bits]``.

    >>> odd_strings(2).tolist()
    [False, True, True, False]
    """
    require_int("bits", bits, least=1)
    require(bits <= MOST_BITS, "bits", bits, f"at most {MOST_BITS}")
    odd = np.zeros(1, dtype=bool)
    for _ in range(bits):
        odd = np.concatenate([odd, ~odd])
    return odd


class StringTree(Ensemble):
    """Many networks of one layer that read all strings of ``bits`` bits.

    ``logits`` and ``gradients`` are at the last step of each string.

    >>> tree = StringTree([ParityRNN(4, "tanh", seed=0)], bits=3)
    >>> tree.answers().shape
    (1, 8)
    """

    def __init__(self, models: Sequence[ParityRNN], bits: int) -> None:
        super().__init__(models)
        require(self.num_layers == 1, "models", f"{self.num_layers} layers", "networks of one layer")
        self.bits, self.odd = bits, odd_strings(bits)

    def replace(self, parameters: np.ndarray) -> None:
        """Take other weights, ``[seeds, count]``, for as many networks as there are rows."""
        self._set(parameters)

    def answers(self) -> np.ndarray:
        """The logit after the last bit of each string: ``[seeds, 2^bits]``. Kept for :meth:`slopes`."""
        hidden, seeds, matrix = self.hidden_size, len(self), self._matrix(0)
        h = np.zeros((seeds, hidden, 1), self.parameters.dtype)
        c = h
        self._levels = []
        for t in range(self.bits):
            count = 2 ** (t + 1)
            stacked = self._array(f"stacked {t}", seeds, hidden + 2, count)
            stacked[:, :hidden, :count // 2] = stacked[:, :hidden, count // 2:] = h
            stacked[:, hidden, :count // 2], stacked[:, hidden, count // 2:] = 0, 1
            stacked[:, -1] = 1
            before = np.matmul(matrix, stacked, out=self._array(f"before {t}", seeds, len(matrix[0]), count))
            memory = self._level_memory(t, c)
            h = self._array(f"h {t}", seeds, hidden, count)
            self.cell.step(before, stacked[:, :hidden], memory, h)
            c = memory[1] if memory else c
            self._levels.append((stacked, before, memory))
        self._h = h
        return self._readout(h[None])[0]

    def _level_memory(self, t: int, c: np.ndarray):
        """c before and after a level, and room for its tanh; None where the cell has no c."""
        if not self.cell.remembers:
            return None
        before, after, tanh_c = (self._array(f"{name} {t}", len(self), self.hidden_size, 2 ** (t + 1))
                                 for name in ("c before", "c", "tanh c"))
        before[:, :, :2**t] = before[:, :, 2**t:] = c
        return before, after, tanh_c

    def slopes(self, d_logits: np.ndarray) -> np.ndarray:
        """The gradient ``[seeds, count]`` of the sum of ``d_logits [seeds, 2^bits]`` times the last :meth:`answers`.

        Uses up what that call left, so it can be taken once.
        """
        hidden = self.hidden_size
        flat = np.zeros_like(self.parameters)
        named = self._named(flat)
        named["hidden_to_logits.weight"][:] = d_logits[:, None] @ self._h.swapaxes(1, 2)
        named["hidden_to_logits.bias"][:] = d_logits.sum(1, keepdims=True)
        d_h = self.weights["hidden_to_logits.weight"].swapaxes(1, 2) * d_logits[:, None]
        transposed, carry, summed = self.cell.slopes(self._matrix(0)), np.zeros_like(d_h), 0
        for stacked, before, memory in reversed(self._levels):
            self.cell.back(before, d_h, stacked[:, :hidden], memory, carry)
            summed = summed + before @ stacked.swapaxes(1, 2)
            d_h, carry = _halves_added(transposed[:, :hidden] @ before), _halves_added(carry)
        self.cell.unstack(summed, *self._parts(named, 0))
        return flat

    def loss_slopes(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each network's loss ``[seeds]``, answers ``[seeds, 2^bits]`` and gradient ``[seeds, count]``.

        The loss is the mean cross-entropy with ``weights [seeds, 2^bits]`` that sum to 1 in each row.
        """
        logits = self.answers()
        signed = np.where(self.odd, logits, -logits)  # how sure of the right answer
        each = np.log1p(np.exp(-np.abs(signed))) - np.minimum(signed, 0)
        d_logits = weights * (0.5 * np.tanh(0.5 * logits) + 0.5 - self.odd)
        return (each * weights).sum(1), logits, self.slopes(d_logits.astype(logits.dtype, copy=False))

    def right(self) -> np.ndarray:
        """On what share of the strings each network answers rightly: ``[seeds]``."""
        return ((self.answers() > 0) == self.odd).mean(1)


def _halves_added(level: np.ndarray) -> np.ndarray:
    """What a level's strings send back to their common beginnings."""
    half = level.shape[2] // 2
    return level[:, :, :half] + level[:, :, half:]


class _Draws:
    """Weights of the strings for each update: every string alike, or how often each was drawn into a batch."""

    def __init__(self, bits: int, batch_size: int | None, replace: bool, seed: int) -> None:
        self.strings, self.batch_size, self.replace = 2**bits, batch_size, replace
        self.rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
        self.kept: list[np.ndarray] = []

    def next(self) -> np.ndarray:
        if self.batch_size is None:
            return np.full(self.strings, 1 / self.strings)
        if not self.kept:
            self.kept = list(self._chunk() / self.batch_size)
        return self.kept.pop()

    def _chunk(self) -> np.ndarray:
        if not self.replace:
            return self.rng.multivariate_hypergeometric(np.ones(self.strings, dtype=int), self.batch_size, size=CHUNK)
        return self.rng.multinomial(self.batch_size, np.full(self.strings, 1 / self.strings), size=CHUNK)


def train_on_all_strings(models: Sequence[ParityRNN], bits: int, *, max_steps: int, seeds: Sequence[int],
                         batch_size: int | None = None, replace: bool = True, lr: float = 0.01,
                         optimizer: str = "adam", clip: float | None = 1.0, reset_after: int | None = None,
                         validate_every: int = 50, after_validation=None) -> list[History]:
    """Train networks on strings of ``bits`` bits with a label at the end, until they are right on all 2^bits of them.

    Each update follows the gradient of all strings (``batch_size=None``) or of a
    batch drawn from them, from ``seeds[i]`` for ``models[i]``, with or without
    replacement. Every ``validate_every`` updates all strings are asked; a network
    that is right on each of them stops there, and its weights are written into
    its model, as those of the others are at the end. After ``reset_after`` updates
    Adam's running means of the gradient and its square begin afresh. ``after_validation(step,
    tree, rows)`` is called with the networks that go on and their places among
    the models. Returns a History for each, whose validations are over all
    strings. Raises ValueError where an argument is not allowed.

    >>> history, = train_on_all_strings([ParityRNN(4, "lstm", seed=0)], 1, max_steps=1000, seeds=[0])
    >>> history.solved
    True
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    require_int("max_steps", max_steps, least=1)
    require_int("validate_every", validate_every, least=1)
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    if reset_after is not None:
        require_int("reset_after", reset_after, least=1)
    if batch_size is not None:
        require_int("batch_size", batch_size, least=1)
        require(replace or batch_size <= 2**bits, "batch_size", batch_size, f"at most {2**bits} without replacement")
    tree = StringTree(models, bits)
    updates = _Updates(tree, optimizer, lr, clip, 0.0)
    draws = [_Draws(bits, batch_size, replace, seed) for seed in seeds]
    settings = {"bits": bits, "batch_size": batch_size, "replace": replace, "lr": lr, "optimizer": optimizer,
                "clip": clip, "reset_after": reset_after, "max_steps": max_steps, "validate_every": validate_every}
    histories = [History(settings=settings | {"seed": seed}) for seed in seeds]
    rows = np.arange(len(models))
    began = time.perf_counter()
    for step in range(1, max_steps + 1):
        losses, _, gradient = tree.loss_slopes(np.stack([draws[row].next() for row in rows]))
        updates.apply(gradient)
        if step == reset_after:
            updates.reset()
        for row, loss in zip(rows, losses.tolist()):
            histories[row].loss.append(loss)
        if step % validate_every and step != max_steps:
            continue
        right = tree.right()
        for row, share in zip(rows, right.tolist()):
            histories[row].validation.append({"step": step, "bit_accuracy": share, "sequence_accuracy": share,
                                              "strings": 2**bits})
            histories[row].solved_at = step if share == 1 else None
        if (right == 1).any():
            tree.copy_to([models[row] for row in rows])
            rows = rows[right < 1]
            updates.keep(right < 1)
            tree.keep(right < 1)
        if not len(rows):
            break
        if after_validation is not None:
            after_validation(step, tree, rows)
    tree.copy_to([models[row] for row in rows])
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
