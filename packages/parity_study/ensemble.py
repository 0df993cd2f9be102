"""Tools for training many networks in one batched computation on the CPU.

Chapter: *The experiment*. :func:`train_together` trains each model as :func:`~parity_lib.training.train` would from the
same seed. :mod:`~parity_study.batched_networks` computes the gradients, and :mod:`~parity_study.ensemble_data` draws
the strings.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from parity_lib.data import Curriculum, ParityTask
from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.progress import close, progress_bar
from parity_lib.training import VALIDATION_STRETCH, History, checked_settings
from parity_study.batched_networks import Ensemble
from parity_study.ensemble_data import TrainingStrings, ValidationStrings, stack_strings


class EnsembleTraining:
    """The training state of an ensemble of networks.

    It holds the networks that are still being trained, their histories, and the running means of a batched SGD or Adam
    optimiser. ``rows`` holds the indices of these networks in ``models``.
    """

    def __init__(self, models: Sequence[ParityRNN], ensemble: Ensemble, histories: list[History], optimizer: str,
                 lr: float, clip: float | None, momentum: float = 0.0) -> None:
        self.models, self.ensemble, self.histories = models, ensemble, histories
        self.optimizer, self.lr, self.clip, self.momentum = optimizer, lr, clip, momentum
        self.rows = np.arange(len(models))
        self.reset_optimizer()

    def reset_optimizer(self) -> None:
        """Reset the running means of the gradients to zero."""
        self.step = 0
        self.mean, self.square = (np.zeros_like(self.ensemble.parameters) for _ in range(2))

    def update(self, losses: np.ndarray, gradient: np.ndarray) -> None:
        """Update the weights of all networks and record their losses.

        ``losses`` is ``[networks]``. ``gradient [networks, count]`` is clipped in place, separately for each network.
        The formulas are those of PyTorch's ``clip_grad_norm_``, and of SGD with momentum or Adam (Kingma and Ba, ICLR
        2015).
        """
        self.step += 1
        if self.clip is not None:
            norm = np.linalg.norm(gradient, axis=1, keepdims=True)
            gradient *= np.minimum(1, self.clip / (norm + 1e-6))
        if self.optimizer == "sgd":
            self.mean = self.momentum * self.mean + gradient
            self.ensemble.parameters -= self.lr * self.mean
        else:
            self.mean += (1 - 0.9) * (gradient - self.mean)
            self.square += (1 - 0.999) * (gradient * gradient - self.square)
            size = np.sqrt(self.square / (1 - 0.999**self.step)) + 1e-8
            self.ensemble.parameters -= self.lr / (1 - 0.9**self.step) * self.mean / size
        for row, loss in zip(self.rows, losses.tolist(), strict=True):
            self.histories[row].loss.append(loss)

    def validate(self, step: int, scores: list[dict[str, float]]) -> None:
        """Record validation scores and stop training the networks whose answers were all correct."""
        for row, score in zip(self.rows, scores, strict=True):
            self.histories[row].validation.append({"step": step} | score)
            self.histories[row].solved_at = step if score["sequence_accuracy"] == 1.0 else None
        unsolved = np.array([not self.histories[row].solved for row in self.rows])
        if not unsolved.all():
            self.copy_weights()
            self.rows, self.mean, self.square = self.rows[unsolved], self.mean[unsolved], self.square[unsolved]
            self.ensemble.replace(self.ensemble.parameters[unsolved])

    def copy_weights(self) -> None:
        """Copy the weights of the networks that are still being trained into the PyTorch models."""
        self.ensemble.copy_to([self.models[row] for row in self.rows])


def train_together(models: Sequence[ParityRNN], task: ParityTask, *, max_steps: int, seeds: Sequence[int],
                   batch_size: int = 32, lr: float = 0.005, optimizer: str = "adam", clip: float | None = 0.25,
                   validate_every: int = 50, validation_size: int = 5000, stretch: float = VALIDATION_STRETCH,
                   momentum: float = 0.0, pool: int | None = None, progress: bool | None = None) -> list[History]:
    """Train many models of the same architecture together.

    Each model is trained as :func:`~parity_lib.training.train` would train it. ``models[i]`` is trained from
    ``seeds[i]`` on the strings that ``train`` would draw. It is validated on its own strings and stops as soon as it
    solves the task, while training of the other models continues. Most arguments have the same meaning as in ``train``.
    Three are new: the validation strings are ``stretch`` times as long as the training strings; ``momentum`` belongs to
    SGD; and if ``pool`` is given, each model is trained on a fixed set of ``pool`` strings instead of new ones. The
    results differ from those of separate runs only by rounding errors, which a long training may amplify. Returns a
    History for each model, whose ``seconds`` is the time that all models took together. Raises ValueError if an
    argument is not allowed.

    >>> models = [ParityRNN(4, "tanh", seed=seed) for seed in range(2)]
    >>> histories = train_together(models, ParityTask(8), max_steps=3, seeds=[0, 1], progress=False)
    >>> [history.steps for history in histories]
    [3, 3]
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    histories = [History(checked_settings(task, lr, optimizer, clip, max_steps=max_steps, seed=seed,
                                          batch_size=batch_size, validate_every=validate_every,
                                          validation_size=validation_size)) for seed in seeds]
    require(0 <= momentum < 1 and (momentum == 0 or optimizer == "sgd"), "momentum", momentum,
            "a number from 0 to below 1, and 0 for Adam")
    if pool is not None:
        require_int("pool", pool, least=batch_size)
    if isinstance(task.lengths, Curriculum):
        require(not pool, "pool", pool, "None for a curriculum, which draws strings as they grow longer")
        require(task.padding == "after", "task.padding", task.padding,
                "'after' in a curriculum, because strings of different lengths share a batch here")
    training = EnsembleTraining(models, Ensemble(models), histories, optimizer=optimizer, lr=lr, clip=clip,
                                momentum=momentum)
    train_seeds, validation_seeds = zip(*(np.random.SeedSequence(seed).spawn(2) for seed in seeds))
    strings = [TrainingStrings(task, batch_size, seed, pool) for seed in train_seeds]
    validation = ValidationStrings(task.stretched(stretch), validation_size, validation_seeds)
    began = time.perf_counter()
    bar = progress_bar(max_steps, progress)
    try:
        for step in range(1, max_steps + 1):
            drawn = [strings[row].next_batch() for row in training.rows]
            batch = stack_strings(task, drawn, training.ensemble.parameters.dtype)
            losses, logits, gradient = training.ensemble.gradients(*batch)
            training.update(losses, gradient)
            for row, accuracy in zip(training.rows, batch.accuracies(logits), strict=True):
                histories[row].accuracy.append(accuracy)
                strings[row].report_accuracy(accuracy)
            bar.update()
            if step % validate_every == 0 or step == max_steps:
                training.validate(step, validation.scores(training.ensemble, training.rows))
                bar.set_postfix(solved=len(models) - len(training.rows))
            if not len(training.rows):
                break
    except KeyboardInterrupt:
        for row in training.rows:
            histories[row].interrupted = True
    finally:
        close(bar)
        training.copy_weights()
    for history in histories:
        history.seconds = time.perf_counter() - began
    return histories
