"""Many seeds trained as one batched computation, with backpropagation through time.

Chapter: *The experiment*. A time step of a small network costs its calls, not
its arithmetic, so fifty networks side by side cost little more than one. NumPy
computes all of them; arrays are ``[steps, seeds, units, batch]``, and no number
of one seed ever meets a number of another. :func:`train_together` does to each
model what :func:`~parity_lib.training.train` does, from the same seed. It works
on the CPU.

What a cell computes, forward and back, is :mod:`~parity_lib.cells`'s.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch.nn.utils import parameters_to_vector, vector_to_parameters
from tqdm.auto import tqdm

from parity_lib.cells import CELLS
from parity_lib.data import Curriculum, ParityTask
from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_lib.training import (
    CHUNK_STEPS,
    OPTIMIZERS,
    SCREEN_SIZE,
    VALIDATION_STRETCH,
    History,
    _checked_counts,
    _score,
    _slices,
    _wants_progress,
    masked_loss,
)

STRINGS_AT_ONCE = 100  # in validation: more do not fit into a processor's cache
LARGE_LSTM = 2048  # hidden x batch from which PyTorch's own LSTM, one seed after the other, is faster (parity bench)

# ---------------------------------------------------------------- all the nets


def _require_alike(models: Sequence[ParityRNN]) -> None:
    require(len(models) > 0, "models", models, "at least one ParityRNN")
    kinds = {(m.cell, m.hidden_size, m.num_layers, str(m.hidden_to_logits.weight.dtype)) for m in models}
    require(len(kinds) == 1, "models", sorted(kinds), "alike in cell, hidden_size, num_layers and dtype")


class Ensemble:
    """The weights of many networks of one shape, and what they compute side by side.

    ``models`` are :class:`~parity_lib.models.ParityRNN` that differ in their
    weights only. ``parameters`` is ``[seeds, count]``, a row a network, in the
    order of ``model.parameters()`` and in their dtype. Raises ValueError where
    the models differ.

    >>> nets = Ensemble([ParityRNN(4, "tanh", seed=seed) for seed in range(3)])
    >>> nets.logits(np.zeros((7, 3, 1, 2), dtype=np.float32)).shape
    (7, 3, 2)
    """

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        _require_alike(models)
        self.name, self.cell = models[0].cell, CELLS[models[0].cell]
        self.hidden_size, self.num_layers = models[0].hidden_size, models[0].num_layers
        self.shapes = {name: tuple(p.shape) for name, p in models[0].named_parameters()}
        self._buffers: dict[str, np.ndarray] = {}
        self._set(np.stack([parameters_to_vector(m.parameters()).detach().cpu().numpy() for m in models]))

    def _set(self, parameters: np.ndarray) -> None:
        self.parameters = parameters
        self.weights = self._named(parameters)

    def _named(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """Views into ``flat [seeds, count]``: each weight, with a first axis for the seeds."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            views[name] = flat[:, start:start + size].reshape(len(flat), *shape)
            start += size
        return views

    def __len__(self) -> int:
        return len(self.parameters)

    def keep(self, rows: np.ndarray) -> None:
        """Go on with these networks only: ``bool [seeds]``, or their numbers."""
        self._set(self.parameters[rows])

    def chosen(self, rows: np.ndarray) -> Ensemble:
        """Some of the networks as an ensemble of their own."""
        part = copy.copy(self)
        part._buffers = {}
        part.keep(rows)
        return part

    def copy_to(self, models: Sequence[ParityRNN]) -> None:
        """Write each network's weights into its model."""
        for model, row in zip(models, self.parameters, strict=True):
            vector_to_parameters(torch.from_numpy(row.copy()).to(next(model.parameters()).device), model.parameters())

    def _array(self, name: str, *shape: int) -> np.ndarray:
        """Memory that is used again at every step of training; its content is whatever it was."""
        if name not in self._buffers or self._buffers[name].shape != shape:
            self._buffers[name] = np.empty(shape, self.parameters.dtype)
        return self._buffers[name]

    # ------------------------------------------------------------ forward

    def logits(self, inputs: np.ndarray) -> np.ndarray:
        """``[steps, seeds, batch]`` from ``inputs [steps, seeds, 1, batch]``."""
        for layer in range(self.num_layers):
            inputs = self._forward(layer, inputs, "test")[0][1:, :, :self.hidden_size]
        return self._readout(inputs)

    def _readout(self, states: np.ndarray) -> np.ndarray:
        weight, bias = self.weights["hidden_to_logits.weight"], self.weights["hidden_to_logits.bias"]
        return (weight @ states)[:, :, 0] + bias

    def _forward(self, layer: int, inputs: np.ndarray, kind: str = "") -> tuple[np.ndarray, ...]:
        """One layer's states, with what stood beside them, and what the steps leave for the way back.

        ``stacked [steps + 1, seeds, hidden + inputs + 1, batch]`` holds at t the
        state before step t, the input of step t and a 1, so that one product
        with :meth:`_matrix` gives all that goes into the step's activations.
        """
        steps, seeds, size, batch = inputs.shape
        hidden = self.hidden_size
        stacked = self._array(f"stacked {kind} {layer}", steps + 1, seeds, hidden + size + 1, batch)
        stacked[0, :, :hidden] = 0
        stacked[:-1, :, hidden:-1] = inputs
        stacked[:, :, -1] = 1
        before = self._array(f"before {kind} {layer}", steps, seeds, len(self.cell.rows) * hidden, batch)
        memory = self._memory(layer, kind, steps, seeds, batch)
        matrix = self._matrix(layer)
        for t in range(steps):
            np.matmul(matrix, stacked[t], out=before[t])
            self.cell.step(before[t], stacked[t, :, :hidden], self._of_step(memory, t), stacked[t + 1, :, :hidden])
        return stacked, before, memory

    def _memory(self, layer: int, kind: str, steps: int, seeds: int, batch: int) -> tuple[np.ndarray, ...] | None:
        """c before and after each step, and its tanh; None where the cell has no c."""
        if not self.cell.remembers:
            return None
        c = self._array(f"c {kind} {layer}", steps + 1, seeds, self.hidden_size, batch)
        c[0] = 0
        return c, self._array(f"tanh c {kind} {layer}", steps, seeds, self.hidden_size, batch)

    @staticmethod
    def _of_step(memory, t: int):
        return memory and (memory[0][t], memory[0][t + 1], memory[1][t])

    def _matrix(self, layer: int) -> np.ndarray:
        return self.cell.matrix(*self._parts(self.weights, layer))

    @staticmethod
    def _parts(named: dict[str, np.ndarray], layer: int) -> list[np.ndarray]:
        return [named[f"rnn.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    # ------------------------------------------------------------ backward

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        """Each network's mean loss ``[seeds]``, its logits, and the gradient of the loss ``[seeds, count]``.

        ``inputs [steps, seeds, 1, batch]``; ``targets`` and ``mask``
        ``[steps, seeds, batch]``, and so are the logits. Padding stands after the string,
        or before it and is run through.
        """
        hidden, layers = self.hidden_size, []
        for layer in range(self.num_layers):
            layers.append(self._forward(layer, inputs))
            inputs = layers[-1][0][1:, :, :hidden]
        logits = self._readout(inputs)
        loss, d_logits = _loss(logits, targets, mask)
        flat = np.empty_like(self.parameters)
        named = self._named(flat)
        named["hidden_to_logits.weight"][:] = _summed(d_logits[:, :, None], inputs)
        named["hidden_to_logits.bias"][:] = d_logits.sum((0, 2))[:, None]
        d_states = self.weights["hidden_to_logits.weight"].swapaxes(1, 2) * d_logits[:, :, None]
        for layer in reversed(range(self.num_layers)):
            d_states = self._backward(layer, *layers[layer], d_states, named)
        return loss, logits, flat

    def _backward(self, layer: int, stacked, before, memory, d_states, named) -> np.ndarray:
        """Fill in one layer's gradients; return the gradient at its inputs, ``[steps, seeds, inputs, batch]``."""
        hidden = self.hidden_size
        transposed = self.cell.slopes(self._matrix(layer))
        d_stacked = self._array(f"d stacked {layer}", *stacked.shape)
        d_stacked[-1] = 0
        carry = np.zeros_like(d_states[0])
        for t in reversed(range(len(before))):
            d_h = d_states[t]
            d_h += d_stacked[t + 1, :, :hidden]
            self.cell.back(before[t], d_h, stacked[t, :, :hidden], self._of_step(memory, t), carry)
            np.matmul(transposed, before[t], out=d_stacked[t])
        self.cell.unstack(_summed(before, stacked[:-1]), *self._parts(named, layer))
        return d_stacked[:-1, :, hidden:-1]


class Loop(Ensemble):
    """The same interface by PyTorch, one network after the other: faster for large LSTMs."""

    def __init__(self, models: Sequence[ParityRNN]) -> None:
        super().__init__(models)
        self.model = copy.deepcopy(models[0]).cpu()

    def _with_weights(self, row: int) -> ParityRNN:
        vector_to_parameters(torch.from_numpy(self.parameters[row].copy()), self.model.parameters())
        return self.model

    @torch.no_grad()
    def logits(self, inputs: np.ndarray) -> np.ndarray:
        return self._stacked([self._with_weights(row)(strings) for row, strings in enumerate(self._by_seed(inputs))])

    def gradients(self, inputs: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, ...]:
        losses, logits, flat = [], [], np.empty_like(self.parameters)
        parts = zip(*(self._by_seed(part[:, :, None] if part.ndim == 3 else part) for part in (inputs, targets, mask)),
                    strict=True)
        for row, (strings, labels, real) in enumerate(parts):
            model = self._with_weights(row)
            model.zero_grad()
            logits.append(model(strings))
            loss = masked_loss(logits[-1], labels, real[..., 0])
            loss.backward()
            losses.append(loss.item())
            flat[row] = parameters_to_vector([p.grad for p in model.parameters()]).numpy()
        return np.array(losses, self.parameters.dtype), self._stacked([one.detach() for one in logits]), flat

    @staticmethod
    def _by_seed(part: np.ndarray) -> torch.Tensor:
        """From ``[steps, seeds, 1, batch]`` to ``[seeds, batch, steps, 1]``."""
        return torch.from_numpy(np.ascontiguousarray(part.transpose(1, 3, 0, 2)))

    @staticmethod
    def _stacked(logits: list[torch.Tensor]) -> np.ndarray:
        """From ``[batch, steps, 1]`` for each seed to ``[steps, seeds, batch]``."""
        return torch.stack(logits)[..., 0].permute(2, 0, 1).numpy()


def _summed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The sum over steps and batch of left x right: ``[seeds, left's units, right's units]``."""
    return (left @ right.swapaxes(2, 3)).sum(0)


def _loss(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Binary cross-entropy of each seed, a mean over its mask, and its gradient at the logits."""
    count = mask.sum((0, 2), dtype=logits.dtype)
    each = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    sigmoid = 0.5 * np.tanh(0.5 * logits) + 0.5
    return (each * mask).sum((0, 2)) / count, (sigmoid - targets) * mask / count[:, None]


# ---------------------------------------------------------------- training


class _Updates:
    """SGD or Adam on every network at once, each with its own gradient's norm clipped."""

    def __init__(self, nets: Ensemble, optimizer: str, lr: float, clip: float | None, momentum: float) -> None:
        self.nets, self.optimizer, self.lr, self.clip, self.momentum = nets, optimizer, lr, clip, momentum
        self.step = 0
        self.mean, self.square = (np.zeros_like(nets.parameters) for _ in range(2))

    def keep(self, rows: np.ndarray) -> None:
        self.mean, self.square = self.mean[rows], self.square[rows]

    def apply(self, gradient: np.ndarray) -> None:
        """PyTorch's formulas: clip_grad_norm_, then SGD with momentum, or Adam (Kingma and Ba, ICLR 2015)."""
        self.step += 1
        if self.clip is not None:
            norm = np.linalg.norm(gradient, axis=1, keepdims=True)
            gradient *= np.minimum(1, self.clip / (norm + 1e-6))
        if self.optimizer == "sgd":
            self.mean = self.momentum * self.mean + gradient
            self.nets.parameters -= self.lr * self.mean
            return
        self.mean += (1 - 0.9) * (gradient - self.mean)
        self.square += (1 - 0.999) * (gradient * gradient - self.square)
        size = np.sqrt(self.square / (1 - 0.999**self.step)) + 1e-8
        self.nets.parameters -= self.lr / (1 - 0.9**self.step) * self.mean / size


class _Stream:
    """The strings that one seed is trained on: those of ``train`` in the same order, or passes over a fixed pool."""

    def __init__(self, task: ParityTask, batch_size: int, seed: np.random.SeedSequence, pool: int | None) -> None:
        self.task, self.batch_size, self.rng = task, batch_size, np.random.default_rng(seed)
        self.longest, self.place = task.first_longest, 0
        self.chunk: tuple[np.ndarray, ...] | None = None
        self.pool = pool and task.draw(pool, self.rng)

    def next(self) -> tuple[np.ndarray, ...]:
        """``bits`` and ``parity [batch, steps]``, ``lengths [batch]``."""
        if self.chunk is None or self.place + self.batch_size > len(self.chunk[0]):
            self.chunk, self.place = self._more(), 0
        rows = slice(self.place, self.place + self.batch_size)
        self.place = rows.stop
        return tuple(part[rows] for part in self.chunk)

    def _more(self) -> tuple[np.ndarray, ...]:
        if self.pool:
            order = self.rng.permutation(len(self.pool[0]))
            return tuple(part[order] for part in self.pool)
        return self.task.draw(self.batch_size * CHUNK_STEPS, self.rng, self.longest)

    def score(self, accuracy: float) -> None:
        """Let a curriculum's longest length grow."""
        previous, self.longest = self.longest, self.task.next_longest(self.longest, accuracy)
        if self.longest != previous:
            self.chunk = None


class _Arrays(NamedTuple):
    """A batch for every seed: ``inputs [steps, seeds, 1, batch]``, the others ``[steps, seeds, batch]``."""

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray


def _side_by_side(task: ParityTask, drawn: Sequence[tuple[np.ndarray, ...]], dtype: np.dtype) -> _Arrays:
    """The strings of all seeds in one batch, padded to the longest."""
    steps = max(bits.shape[1] for bits, _, _ in drawn)
    bits, parity = (np.concatenate([_widened(one[part], steps) for one in drawn]) for part in (0, 1))
    batch = task.assemble(bits, parity, np.concatenate([lengths for _, _, lengths in drawn]))
    inputs, targets, mask = (np.ascontiguousarray(part.numpy().reshape(len(drawn), -1, steps).transpose(2, 0, 1))
                             for part in batch[:3])
    return _Arrays(inputs[:, :, None].astype(dtype, copy=False), targets.astype(dtype, copy=False), mask)


def _widened(rows: np.ndarray, steps: int) -> np.ndarray:
    return rows if rows.shape[1] == steps else np.pad(rows, ((0, 0), (0, steps - rows.shape[1])))


class _Validation:
    """Each seed's fixed strings, those of ``train``: 500 are tried first, all of them where these are right."""

    def __init__(self, task: ParityTask, size: int, seeds: Sequence[np.random.SeedSequence]) -> None:
        self.task, self.size, self.seeds = task, size, list(seeds)
        self.screens = [tuple(part[:SCREEN_SIZE].copy() for part in self._drawn(row)) for row in range(len(self.seeds))]

    def _drawn(self, row: int) -> tuple[np.ndarray, ...]:
        return self.task.draw(self.size, np.random.default_rng(self.seeds[row]))

    def keep(self, rows: np.ndarray) -> None:
        self.seeds, self.screens = ([one for one, kept in zip(part, rows, strict=True) if kept]
                                    for part in (self.seeds, self.screens))

    def scores(self, nets: Ensemble) -> list[dict[str, float]]:
        """A row for each network, as in a :class:`~parity_lib.training.History`."""
        counts = [[count] for count in self._counts(nets, self.screens)]
        hopeful = [row for row, ((right, counted),) in enumerate(counts) if (right == counted).all()]
        for row in hopeful:
            alone, drawn = nets.chosen([row]), self._drawn(row)
            for rows in _slices(self.size, SCREEN_SIZE)[1:]:
                counts[row] += self._counts(alone, [tuple(part[rows] for part in drawn)])
                if (counts[row][-1][0] < counts[row][-1][1]).any():
                    break
        return [_score(*(np.concatenate(parts) for parts in zip(*row, strict=True))) for row in counts]

    def _counts(self, nets: Ensemble, drawn: list[tuple[np.ndarray, ...]]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each network: right and counted positions of each string."""
        parts = []
        for rows in _slices(len(drawn[0][0]), STRINGS_AT_ONCE):
            batch = _side_by_side(self.task, [tuple(part[rows] for part in one) for one in drawn],
                                  nets.parameters.dtype)
            right = ((nets.logits(batch.inputs) > 0) == (batch.targets > 0.5)) & batch.mask
            parts.append((right.sum(0), batch.mask.sum(0)))
        right, counted = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return list(zip(right, counted, strict=True))


class _Training:
    """A run of :func:`train_together`: the networks that still learn, and all that belongs to them."""

    def __init__(self, models: Sequence[ParityRNN], task: ParityTask, histories: list[History], seeds: Sequence[int], *,
                 batch_size: int, validation_size: int, stretch: float, pool: int | None, **updates) -> None:
        self.models, self.task, self.histories = list(models), task, histories
        large = models[0].cell == "lstm" and models[0].hidden_size * batch_size >= LARGE_LSTM
        self.nets = (Loop if large else Ensemble)(models)
        self.updates = _Updates(self.nets, **updates)
        spawned = [np.random.SeedSequence(seed).spawn(2) for seed in seeds]
        self.streams = [_Stream(task, batch_size, train_seed, pool) for train_seed, _ in spawned]
        self.validation = _Validation(task.stretched(stretch), validation_size, [pair[1] for pair in spawned])

    def step(self) -> None:
        """One update of every network that still learns."""
        batch = _side_by_side(self.task, [stream.next() for stream in self.streams], self.nets.parameters.dtype)
        losses, logits, gradient = self.nets.gradients(*batch)
        self.updates.apply(gradient)
        rows = zip(self.histories, self.streams, losses.tolist(), _accuracy(logits, batch), strict=True)
        for history, stream, loss, accuracy in rows:
            history.loss.append(loss)
            history.accuracy.append(accuracy)
            stream.score(accuracy)

    def validate(self, step: int) -> None:
        """Score every network; those that are exactly right stop here."""
        scores = self.validation.scores(self.nets)
        for history, score in zip(self.histories, scores, strict=True):
            history.validation.append({"step": step} | score)
            history.solved_at = step if score["sequence_accuracy"] == 1.0 else None
        going_on = np.array([not history.solved for history in self.histories])
        if not going_on.all():
            self.hand_back()
            for part in (self.nets, self.updates, self.validation):
                part.keep(going_on)
            self.models, self.histories, self.streams = (
                [one for one, kept in zip(part, going_on, strict=True) if kept]
                for part in (self.models, self.histories, self.streams))

    def hand_back(self) -> None:
        """Write the weights into the models."""
        self.nets.copy_to(self.models)


def _accuracy(logits: np.ndarray, batch: _Arrays) -> list[float]:
    """Each seed's share of right answers, in the precision in which ``train`` has it."""
    right = ((logits > 0) == (batch.targets > 0.5)) & batch.mask
    return (right.sum((0, 2), dtype=np.float32) / batch.mask.sum((0, 2), dtype=np.float32)).tolist()


def train_together(models: Sequence[ParityRNN], task: ParityTask, *, max_steps: int, seeds: Sequence[int],
                   batch_size: int = 32, lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25,
                   validate_every: int = 50, validation_size: int = 5000, stretch: float = VALIDATION_STRETCH,
                   momentum: float = 0.0, pool: int | None = None, progress: bool | None = None) -> list[History]:
    """What :func:`~parity_lib.training.train` does, for many models of one shape at once.

    ``models[i]`` is trained from ``seeds[i]`` on the strings that ``train`` would
    draw, validated on its own strings, and stops on its own; the others go on.
    Arguments of the same name mean the same. Three are new: validation strings
    are ``stretch`` times as long as those in training, ``momentum`` is that of
    SGD, and ``pool`` trains on so many strings, drawn once, in place of fresh
    ones. Results differ from those of separate runs by rounding alone, which a
    long training may amplify. Returns a History for each model, whose
    ``seconds`` is the time of all. Raises ValueError as ``train`` does.

    >>> models = [ParityRNN(4, "tanh", seed=seed) for seed in range(2)]
    >>> histories = train_together(models, ParityTask(8), max_steps=3, seeds=[0, 1], progress=False)
    >>> [history.steps for history in histories]
    [3, 3]
    """
    _require_alike(models)
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    counts = [_checked_counts(max_steps=max_steps, seed=seed, batch_size=batch_size, validate_every=validate_every,
                              validation_size=validation_size) for seed in seeds]
    require(lr > 0, "lr", lr, "a number above 0")
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
    require(0 <= momentum < 1 and (momentum == 0 or optimizer == "sgd"), "momentum", momentum,
            "a number from 0 to below 1, and 0 for Adam")
    if pool is not None:
        require_int("pool", pool, least=batch_size)
    grows = isinstance(task.lengths, Curriculum)
    require(not (grows and pool), "pool", pool, "left out in a curriculum, which draws as it grows")
    require(not (grows and task.padding == "before"), "task.padding", task.padding,
            "'after' in a curriculum: strings that have grown to different lengths share a batch here")
    settings = {"lengths": str(task.lengths), "label": task.label, "padding": task.padding, "lr": float(lr),
                "optimizer": optimizer, "clip": None if clip is None else float(clip)}
    histories = [History(settings=settings | count) for count in counts]
    training = _Training(models, task, histories, seeds, batch_size=batch_size, validation_size=validation_size,
                         stretch=stretch, pool=pool, optimizer=optimizer, lr=lr, clip=clip, momentum=momentum)
    began = time.perf_counter()
    bar = tqdm(total=max_steps, disable=not _wants_progress(progress), leave=False, unit="step")
    try:
        for step in range(1, max_steps + 1):
            training.step()
            bar.update()
            if step % validate_every == 0 or step == max_steps:
                training.validate(step)
                bar.set_postfix(solved=len(models) - len(training.models))
            if not training.models:
                break
    except KeyboardInterrupt:
        for history in training.histories:
            history.interrupted = True
    finally:
        bar.close()
        training.hand_back()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
