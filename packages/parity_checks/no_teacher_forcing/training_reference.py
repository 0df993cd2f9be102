"""A reference implementation of the loss, the update and the training loop, and variants with the usual mistakes."""

import copy
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy  # noqa: F401  (a mistake in mistakes.toml uses it)
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_checks.assertions import Mistakes, Query, messages
from parity_checks.no_teacher_forcing.labels import THE_END, cut_parity
from parity_checks.plain_data import ModuleState

WORDS = messages("no_teacher_forcing")
THE_LOOP, THE_SEED = "training#The loop, line by line", "data#Seeds, and a generator that fools you"
CLIPPING, LENGTHS = "training#Clipping", "data#Check yourself"
HIDDEN, LONGEST, BATCH, RATE = 8, 10, 64, 0.03
RATE_OF_STEPS = 0.5         # the learning rate of SGD with which the checks call train_step
Network = tuple[nn.LSTM | nn.GRU, nn.Linear]


def tensors(bits: np.ndarray, lengths: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """Convert a batch of strings, lengths and labels to tensors."""
    return (torch.from_numpy(bits.astype(np.float32)).unsqueeze(-1), torch.from_numpy(lengths),
            torch.from_numpy(labels.astype(np.float32)))


def new_network() -> Network:
    """Create an LSTM and a linear readout in float32, regardless of the default dtype."""
    return nn.LSTM(1, HIDDEN, batch_first=True, dtype=torch.float32), nn.Linear(HIDDEN, 1, dtype=torch.float32)


def parameters(network: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Return a list of the parameters of all modules in a network."""
    return [parameter for module in network for parameter in module.parameters()]


def weights_of(network: Iterable[nn.Module]) -> Tensor:
    """Return a copy of all parameters as a single vector."""
    return parameters_to_vector(parameters(network)).detach().clone()


def set_weights(network: Network, weights: Tensor) -> None:
    """Copy a vector of weights into the parameters of a network."""
    vector_to_parameters(weights.clone(), parameters(network))


def distance(weights: Tensor, expected: Tensor) -> float:
    """Return the mean absolute difference between two weight vectors."""
    return float((weights - expected).abs().mean().nan_to_num(nan=torch.inf))


def end_loss(logits: Tensor, lengths: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy at the last time step of each string."""
    rows, last = torch.arange(len(logits)), lengths - 1
    answers = logits[rows, last, 0]
    return cross_entropy(answers, labels)


def logits_of(network: Network, inputs: Tensor, state: tuple | None = None) -> Tensor:
    """Return a network's logits ``[batch, steps, 1]`` for a batch of inputs."""
    lstm, readout = network
    return readout(lstm(inputs, state)[0])


def update(network: Network, optimizer: torch.optim.Optimizer, batch: tuple, loss: Callable[..., Tensor] = end_loss,
           state: Any = None) -> float:
    """Perform one update, starting from the hidden state ``state``, and return the loss before the update."""
    weights, value = parameters(network), loss(logits_of(network, batch[0], state), *batch[1:])
    optimizer.zero_grad()
    value.backward()
    nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    return value.item()


def train_step(lstm: nn.LSTM, readout: nn.Linear, optimizer: torch.optim.Optimizer, *batch: Tensor) -> float:
    """Perform one update with the arguments of the task, as a replacement for a student's incorrect function."""
    return update((lstm, readout), optimizer, batch)


def draw(rng: np.random.Generator, batch: int, min_length: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the bits for a batch of strings, and then the lengths to which the strings are cut."""
    return rng.integers(2, size=(batch, longest)), rng.integers(min_length, longest, batch, endpoint=True)


def train(weights: Tensor, seed: int, min_length: int = 1, longest: int = LONGEST, *, step: Callable = update,
          loss: Callable = end_loss, label: Callable = cut_parity, optimizer: Callable = torch.optim.Adam,
          rate: float = RATE) -> Iterator[Tensor]:
    """Train a network from given weights, and yield its weights before the first update and after each update.

    The defaults are the settings of the task, and other settings make the usual mistakes. ``label`` takes bits and
    lengths, and the others are those of :func:`update`.
    """
    network, rng = new_network(), np.random.default_rng(seed)
    set_weights(network, weights)
    own = optimizer(parameters(network), lr=rate)
    while True:
        yield weights_of(network)
        bits, lengths = draw(rng, BATCH, min_length, longest)
        batch = tensors(bits, lengths, label(bits, lengths))
        step(network, own, batch, loss)


def weights_after(count: int, weights: Tensor, seed: int, min_length: int, longest: int) -> Tensor:
    """Return the weights after ``count`` updates of the correct training loop. They are kept for later calls."""
    training, path = _followed(tuple(weights.tolist()), seed, min_length, longest)
    try:
        path += itertools.islice(training, max(0, count + 1 - len(path)))
    except BaseException:       # it ends a generator for good, and a later call needs a whole one
        _followed.cache_clear()
        raise
    return path[count]


@functools.lru_cache(maxsize=20)
def _followed(weights: tuple[float, ...], *task: int) -> tuple[Iterator[Tensor], list[Tensor]]:
    return train(torch.tensor(weights, dtype=torch.float32), *task), []


# ---------------------------------------------------------------- the usual mistakes


OPTIMIZERS: dict[str, Callable] = {
    **{f"torch.optim.{name}": getattr(torch.optim, name)
       for name in ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax")},
    "torch.optim.SGD with a momentum of 0.9": lambda weights, lr: torch.optim.SGD(weights, lr=lr, momentum=0.9)}


def of_update() -> Iterator[tuple[str, str, Callable[..., float]]]:
    """Yield, for each mistake in an update, a message, a section to read, and an update with this mistake."""
    for table, see in (("", THE_LOOP), ("-clipping", CLIPPING)):
        for words, step in WORDS.variants(update, table):
            yield words, see, step


def loss_mistakes(*arguments: Tensor) -> Mistakes:
    """Yield the losses that result from common mistakes, given logits, lengths and labels."""
    return WORDS.made(end_loss, *arguments)


def require_updates(query: Query, network: Network, batches: list[tuple], losses: Iterable[Any],
                    modules: Iterable[tuple[ModuleState, ...] | None], loss_after: str, *, state_kept: str = "",
                    state_unused: str = "", state_late: str = "", loss: Callable[..., Tensor] = end_loss,
                    wrong: Callable[..., Mistakes] = loss_mistakes, moved: bool = False) -> None:
    """Raise CheckFailed unless each SGD update has the correct loss and leads to the correct ``modules``, if known.

    ``loss_after`` and the arguments ``state_...`` are the words about mistakes. With ``state_unused``, each batch
    begins with the state of the one before. ``wrong`` gives the usual wrong losses. If ``moved``, another call
    has moved the weights before. The network gets the weights of the last modules.
    """
    starts, states, state, late = [], [], None, None
    for number, (batch, got, after) in enumerate(zip(batches, losses, modules, strict=True), start=1):
        before = weights_of(network)
        starts.append(before)
        states.append(state if state_unused else None)
        with torch.no_grad():
            logits, unused, renewed = (logits_of(network, batch[0], first) for first in (states[-1], None, late))
            state = network[0](batch[0], states[-1])[1]
        optimizer = torch.optim.SGD(parameters(network), lr=RATE_OF_STEPS)
        update(network, optimizer, batch, loss, states[-1])
        late = network[0](batch[0], states[-1])[1] if state_late else None
        later, correct = loss(logits_of(network, batch[0], states[-1]), *batch[1:]), loss(logits, *batch[1:])
        known = [(later, loss_after), (loss(unused, *batch[1:]), state_unused),
                 (loss(renewed, *batch[1:]), state_late), *wrong(logits, *batch[1:])]
        query.part(f"the loss of batch {number}").require_close(
            got, correct, state_kept if number > 1 else "", known, 1e-4)
        if after is None:
            continue
        expected, weights = weights_of(network), weights_of(module.build() for module in after)
        difference = float((weights - expected).abs().max().nan_to_num(nan=torch.inf))
        if difference > 1e-5 + 2e-3 * float((expected - before).abs().max()):
            left_out = moved and torch.equal(before, weights)
            query.part(f"the weights after batch {number}").fail(
                "those of one update with the clipped gradient of the loss",
                f"weights that differ by up to {difference:.2g}", WORDS["update-left-out"] if left_out else
                _cause_of_update(network, list(zip(starts, batches, states, strict=False)), weights, expected, loss))
        set_weights(network, weights)


def _cause_of_update(network: Network, updates: list[tuple], after: Tensor, expected: Tensor, loss: Callable) -> str:
    """Return the likely cause of the error in the last of several updates, given their weights, batches and states."""
    start = updates[-1][0]
    own, correct = after - start, expected - start
    ratio = float(own @ correct / (correct @ correct))
    if still := unmoved(network, start, after):
        return still if len(updates) == 1 else WORDS["update-left-out"]
    for words, _, step in of_update():
        other = copy.deepcopy(network)
        for weights, batch, state in updates:
            set_weights(other, weights)
            step(other, torch.optim.SGD(parameters(other), lr=RATE_OF_STEPS), batch, loss, state)
        if distance(after, weights_of(other)) < 1e-6 + 1e-3 * float(own.abs().mean()):
            return words
    if distance(own, ratio * correct) < 1e-3 * distance(own, 0 * own):
        return WORDS["wrong-length"].format(ratio=ratio)
    return WORDS["update-unexplained"]


def unmoved(network: Network, before: Tensor, after: Tensor) -> str:
    """Return a hint if an update has left the weights of the recurrent layer or of the readout unchanged."""
    size = sum(parameter.numel() for parameter in network[0].parameters())
    layer, readout = (distance(before[part], after[part]) > 0 for part in (slice(size), slice(size, None)))
    if layer and readout:
        return ""
    return WORDS["readout-still" if layer else "lstm-still" if readout else "nothing-moved"]


def of_loop(weights: Tensor, task: dict[str, Any]) -> Iterator[tuple[str, str, Iterator[Tensor]]]:
    """Yield, for each mistake in a loop, a message, a section to read, and the weights after each wrong update."""
    for words, see, step in of_update():
        yield words, see, train(weights, **task, step=step)
    for words, loss in WORDS.variants(end_loss):
        yield words, THE_END, train(weights, **task, loss=loss)
    for words, label in WORDS.variants(cut_parity):
        yield words, THE_END, train(weights, **task, label=label)
    seed, least, longest = task.values()
    if least != 1:
        yield WORDS["min-length-unused"], LENGTHS, train(weights, seed, 1, longest)
    for low, high in ((least, longest - 1), (least, longest + 1), (least + 1, longest), (longest, longest),
                      (least, least), (least + 1, longest + 1)):
        yield WORDS["other-lengths"].format(low=low, high=high), LENGTHS, train(weights, seed, low, high)
    for table, see in (("-seeds", THE_SEED), ("", THE_LOOP)):
        for words, loop in WORDS.variants(train, table):
            yield words, see, loop(weights, **task)
