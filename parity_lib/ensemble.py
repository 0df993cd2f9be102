"""Many seeds trained as one batched computation.

Chapter: *The experiment*. :func:`train_together` does to each model what
:func:`~parity_lib.training.train` does, from the same seed. It works on the CPU.
How the networks are computed side by side is :mod:`~parity_lib.nets`'s subject; which
strings each sees, :mod:`~parity_lib.strings`'s.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from parity_lib.data import Curriculum, ParityTask
from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_lib.nets import BACKENDS, Ensemble, chosen_backend, require_alike
from parity_lib.strings import Stream, Validation, accuracy, side_by_side
from parity_lib.training import OPTIMIZERS, VALIDATION_STRETCH, History, _checked_counts, close, progress_bar


class _Updates:
    """SGD or Adam on every network at once, each with its own gradient's norm clipped."""

    def __init__(self, nets: Ensemble, optimizer: str, lr: float, clip: float | None, momentum: float) -> None:
        self.nets, self.optimizer, self.lr, self.clip, self.momentum = nets, optimizer, lr, clip, momentum
        self.reset()

    def reset(self) -> None:
        """Begin afresh: forget all gradients so far."""
        self.step = 0
        self.mean, self.square = (np.zeros_like(self.nets.parameters) for _ in range(2))

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


class _Training:
    """A run of :func:`train_together`: the networks that still learn, and all that belongs to them."""

    def __init__(self, models: Sequence[ParityRNN], task: ParityTask, histories: list[History], seeds: Sequence[int], *,
                 backend: str, batch_size: int, validation_size: int, stretch: float, pool: int | None,
                 **updates) -> None:
        self.models, self.task, self.histories = list(models), task, histories
        self.nets = BACKENDS[backend](models)
        self.updates = _Updates(self.nets, **updates)
        spawned = [np.random.SeedSequence(seed).spawn(2) for seed in seeds]
        self.streams = [Stream(task, batch_size, train_seed, pool) for train_seed, _ in spawned]
        self.validation = Validation(task.stretched(stretch), validation_size, [pair[1] for pair in spawned])

    def step(self) -> None:
        """One update of every network that still learns."""
        batch = side_by_side(self.task, [stream.next() for stream in self.streams], self.nets.parameters.dtype)
        losses, logits, gradient = self.nets.gradients(*batch)
        self.updates.apply(gradient)
        rows = zip(self.histories, self.streams, losses.tolist(), accuracy(logits, batch), strict=True)
        for history, stream, loss, share in rows:
            history.loss.append(loss)
            history.accuracy.append(share)
            stream.score(share)

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


def train_together(models: Sequence[ParityRNN], task: ParityTask, *, max_steps: int, seeds: Sequence[int],
                   batch_size: int = 32, lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25,
                   validate_every: int = 50, validation_size: int = 5000, stretch: float = VALIDATION_STRETCH,
                   momentum: float = 0.0, pool: int | None = None, backend: str | None = None,
                   progress: bool | None = None) -> list[History]:
    """What :func:`~parity_lib.training.train` does, for many models of one shape at once.

    ``models[i]`` is trained from ``seeds[i]`` on the strings that ``train`` would
    draw, validated on its own strings, and stops on its own; the others go on.
    Arguments of the same name mean the same. Four are new: validation strings
    are ``stretch`` times as long as those in training, ``momentum`` is that of
    SGD, ``pool`` trains on so many strings, drawn once, in place of fresh
    ones, and ``backend`` says what computes: ``"numpy"``, ``"numba"``, ``"torch"``,
    or None for the fastest that is there (:func:`~parity_lib.nets.chosen_backend`);
    the History says which it was. Results differ from those of separate runs, and between backends,
    by rounding alone, which a long training may amplify. Returns a History for each model, whose
    ``seconds`` is the time of all. Raises ValueError as ``train`` does.

    >>> models = [ParityRNN(4, "tanh", seed=seed) for seed in range(2)]
    >>> histories = train_together(models, ParityTask(8), max_steps=3, seeds=[0, 1], progress=False)
    >>> [history.steps for history in histories]
    [3, 3]
    """
    require_alike(models)
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    counts = [_checked_counts(max_steps=max_steps, seed=seed, batch_size=batch_size, validate_every=validate_every,
                              validation_size=validation_size) for seed in seeds]
    require(lr > 0, "lr", lr, "a number above 0")
    require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
    require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
    require(0 <= momentum < 1 and (momentum == 0 or optimizer == "sgd"), "momentum", momentum,
            "a number from 0 to below 1, and 0 for Adam")
    require_choice("backend", backend, (None, *BACKENDS))
    backend = backend or chosen_backend(models[0], batch_size)
    if pool is not None:
        require_int("pool", pool, least=batch_size)
    grows = isinstance(task.lengths, Curriculum)
    require(not (grows and pool), "pool", pool, "left out in a curriculum, which draws as it grows")
    require(not (grows and task.padding == "before"), "task.padding", task.padding,
            "'after' in a curriculum: strings that have grown to different lengths share a batch here")
    settings = {"lengths": str(task.lengths), "label": task.label, "padding": task.padding, "lr": float(lr),
                "optimizer": optimizer, "clip": None if clip is None else float(clip)}
    histories = [History(settings=settings | count, backend=backend) for count in counts]
    training = _Training(models, task, histories, seeds, backend=backend, batch_size=batch_size,
                         validation_size=validation_size, stretch=stretch, pool=pool, optimizer=optimizer, lr=lr,
                         clip=clip, momentum=momentum)
    began = time.perf_counter()
    bar = progress_bar(max_steps, progress)
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
        close(bar)
        training.hand_back()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
