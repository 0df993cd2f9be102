"""Tools for training many networks in one batched computation on the CPU.

Chapter: *OpenAI's question*. :func:`train_together` trains each model as :func:`~parity_lib.training.train` would from
the same seed, on the same strings in the same order. :mod:`~parity_study.batched_networks` computes the logits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from parity_lib.data import Batch, Curriculum, ParityTask
from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_lib.progress import progress_bar
from parity_lib.training import (
    OPTIMIZERS,
    VALIDATION_STRETCH,
    History,
    in_batches,
    require_settings,
    single_thread,
    training_batches,
    validate,
)
from parity_study.batched_networks import Ensemble, mean_loss


def pooled_batches(task: ParityTask, batch_size: int, rng: np.random.Generator, pool: int) -> Iterator[Batch]:
    """Yield batches from a fixed set of ``pool`` strings, which is reshuffled before every pass."""
    drawn = task.draw(pool, rng)
    while True:
        order = rng.permutation(pool)
        for start in range(0, pool - pool % batch_size, batch_size):
            yield task.assemble(*(part[order[start:start + batch_size]] for part in drawn))


def stack_batches(batches: Sequence[Batch], dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Stack one batch per seed into tensors padded to the length of the longest string.

    Returns the inputs ``[steps, seeds, 1, batch]``, and the targets and the mask ``[steps, seeds, batch]``.
    """
    inputs, targets, mask = (pad_sequence([part.transpose(0, 1) for part in same]) for same in zip(*batches))
    return inputs.mT.to(dtype), targets[..., 0].to(dtype), mask


class EnsembleTraining:
    """The training state of an ensemble of networks.

    It holds the networks that are still being trained, their histories, and an optimiser whose running means have a row
    for each of these networks. ``rows`` holds the indices of these networks in ``models``.
    """

    def __init__(self, models: Sequence[ParityRNN], ensemble: Ensemble, histories: list[History],
                 optimizer: Callable[..., torch.optim.Optimizer], lr: float, clip: float | None, **options) -> None:
        self.models, self.ensemble, self.histories, self.clip = models, ensemble, histories, clip
        self.make_optimizer = partial(optimizer, lr=lr, **options)
        self.rows = np.arange(len(models))
        self.optimizer = self.make_optimizer([ensemble.parameters])

    def update(self, losses: Tensor) -> None:
        """Update the weights of all networks and record their losses ``[networks]``.

        The gradient is clipped separately for each network, as PyTorch's ``clip_grad_norm_`` does it.
        """
        parameters = self.ensemble.parameters
        parameters.grad, = torch.autograd.grad(losses.sum(), parameters)
        if self.clip is not None:
            parameters.grad *= (self.clip / (parameters.grad.norm(dim=1, keepdim=True) + 1e-6)).clamp(max=1)
        self.optimizer.step()
        for row, loss in zip(self.rows, losses.tolist(), strict=True):
            self.histories[row].loss.append(loss)

    def validate(self, update: int, scores: list[dict[str, float]]) -> None:
        """Record validation scores and stop training the networks whose answers were all correct."""
        for row, score in zip(self.rows, scores, strict=True):
            self.histories[row].validation.append({"update": update} | score)
            self.histories[row].solved_at = update if score["sequence_accuracy"] == 1.0 else None
        unsolved = np.array([not self.histories[row].solved for row in self.rows])
        if not unsolved.all():
            self.copy_weights()
            self.rows, means = self.rows[unsolved], self.optimizer.state[self.ensemble.parameters]
            self.ensemble.replace(self.ensemble.parameters[unsolved])
            self.optimizer = self.make_optimizer([self.ensemble.parameters])
            self.optimizer.state[self.ensemble.parameters] = {
                name: value[unsolved] if getattr(value, "ndim", 0) else value for name, value in means.items()}

    def copy_weights(self) -> None:
        """Copy the weights of the networks that are still being trained into the PyTorch models."""
        self.ensemble.copy_to([self.models[row] for row in self.rows.tolist()])


def train_together(models: Sequence[ParityRNN], task: ParityTask, *, max_updates: int, seeds: Sequence[int],
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
    History for each model, without its time. Raises ValueError if an argument is not allowed.

    >>> models = [ParityRNN(4, "tanh", seed=seed) for seed in range(2)]
    >>> histories = train_together(models, ParityTask(8), max_updates=3, seeds=[0, 1], progress=False)
    >>> [history.updates for history in histories]
    [3, 3]
    """
    require(len(seeds) == len(models), "seeds", list(seeds), f"a seed for each of the {len(models)} models")
    for seed in seeds:
        require_settings(lr, optimizer, clip, max_updates=max_updates, seed=seed, batch_size=batch_size,
                         validate_every=validate_every, validation_size=validation_size)
    require(0 <= momentum < 1 and (momentum == 0 or optimizer == "sgd"), "momentum", momentum,
            "a number from 0 to below 1, and 0 for Adam")
    if pool is not None:
        require_int("pool", pool, least=batch_size)
    if isinstance(task.lengths, Curriculum):
        require(not pool, "pool", pool, "None for a curriculum, which draws strings as they grow longer")
        require(task.padding == "after", "task.padding", task.padding,
                "'after' in a curriculum, because strings of different lengths share a batch here")
    histories = [History() for _ in seeds]
    training = EnsembleTraining(models, Ensemble(models), histories, OPTIMIZERS[optimizer], lr, clip,
                                **({"momentum": momentum} if momentum else {}))
    batches, validation = [], []
    for seed, history in zip(seeds, histories, strict=True):
        train_rng, validation_rng = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(2))
        batches.append(pooled_batches(task, batch_size, train_rng, pool) if pool else
                       training_batches(task, batch_size, train_rng, history))
        longer = task.stretched(stretch)
        validation.append(list(in_batches(longer, *longer.draw(validation_size, validation_rng))))
    with suppress(KeyboardInterrupt), single_thread(), progress_bar(max_updates, progress) as bar:
        for update in range(1, max_updates + 1):
            inputs, targets, mask = stack_batches([next(batches[row]) for row in training.rows],
                                                  training.ensemble.parameters.dtype)
            logits = training.ensemble.logits(inputs)
            training.update(mean_loss(logits, targets, mask.to(logits) / mask.sum((0, 2))[:, None]))
            correct = ((logits > 0) == (targets > 0.5)) & mask
            for row, accuracy in zip(training.rows, (correct.sum((0, 2)) / mask.sum((0, 2))).tolist(), strict=True):
                histories[row].accuracy.append(accuracy)
            bar.update()
            if update % validate_every == 0 or update == max_updates:
                training.copy_weights()
                training.validate(update, [validate(models[row], validation[row]) for row in training.rows.tolist()])
                bar.set_postfix(solved=len(models) - len(training.rows))
            if not len(training.rows):
                break
    training.copy_weights()
    return histories
