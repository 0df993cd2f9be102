"""Reference implementation of the loss, the update and the training loop, with the usual mistakes as its variants."""

import copy
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_checks.assertions import Mistakes, Query, messages
from parity_checks.no_teacher_forcing.labels import PARITY_MISTAKES, THE_END, cut_parity
from parity_checks.plain_data import ModuleState

WORDS = messages("no_teacher_forcing")
THE_LOOP, THE_SEED = "training#The loop, line by line", "data#Seeds, and a generator that fools you"
CLIPPING, LENGTHS = "training#Clipping", "data#Check yourself"
HIDDEN, LONGEST, BATCH, RATE = 8, 10, 64, 0.03
RATE_OF_STEPS = 0.5         # the learning rate of SGD with which the checks call train_step
Network = tuple[nn.LSTM | nn.GRU, nn.Linear]
Variant = tuple[str, str, dict[str, Any]]       # what is said about a mistake, a section to read, and the settings


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
    return cross_entropy(logits[torch.arange(len(logits)), lengths - 1, 0], labels)


def logits_of(network: Network, inputs: Tensor, state: tuple | None = None) -> Tensor:
    """Return a network's logits ``[batch, steps, 1]`` for a batch of inputs."""
    lstm, readout = network
    return readout(lstm(inputs, state)[0])


def clip(network: Network, bound: float = 1.0, groups: Callable = lambda network: [parameters(network)]) -> None:
    """Clip the gradient of each of the ``groups`` of parameters to the norm ``bound``."""
    for group in groups(network):
        nn.utils.clip_grad_norm_(group, bound)


def update(network: Network, optimizer: torch.optim.Optimizer, batch: tuple, *, loss: Callable[..., Tensor] = end_loss,
           zero: Iterable[int] = (0, 1), clip: Callable[[Network], object] = clip,
           state: Any = None, scale: float = 1.0) -> float:
    """Perform an update and return the loss before it.

    The gradients of the modules in ``zero`` are set to zero, and the loss is multiplied by ``scale``.
    """
    value = loss(logits_of(network, batch[0], state), *batch[1:])
    for position in zero:
        network[position].zero_grad()
    (scale * value).backward()
    clip(network)
    optimizer.step()
    return value.item()


def train_step(lstm: nn.LSTM, readout: nn.Linear, optimizer: torch.optim.Optimizer, *batch: Tensor) -> float:
    """Perform one update with the arguments of the task, to replace a student's wrong function."""
    return update((lstm, readout), optimizer, batch)


def train(weights: Tensor, seed: int, min_length: int = 1, longest: int = LONGEST, *, batch: int = BATCH,
          optimizer: Callable = torch.optim.Adam, rate: float = RATE, label: Callable = cut_parity,
          coded: Callable = np.asarray, rng_seed: int | None = None, thrown_away: int = 0, renewed: str = "",
          repeats: int = 1, carry: bool = False, **options: Any) -> Iterator[Tensor]:
    """Train a network from given weights, and yield its weights before the first update and after each update.

    The defaults are the settings of the task, and other settings make the usual mistakes. ``label`` takes bits and
    lengths. ``rng_seed`` is that of the strings, if it is not ``seed``, and ``thrown_away`` batches are drawn before
    the first update. ``renewed`` is what is made again for each update: "rng", "optimizer" or nothing. With ``carry``,
    a batch starts from the last state of the batch before it. The ``options`` are those of :func:`update`.
    """
    network, state = new_network(), None
    set_weights(network, weights)
    make_rng = partial(np.random.default_rng, seed if rng_seed is None else rng_seed)
    rng, own = make_rng(), optimizer(parameters(network), lr=rate)

    def draw() -> tuple[np.ndarray, np.ndarray]:
        return rng.integers(2, size=(batch, longest)), rng.integers(min_length, longest, batch, endpoint=True)

    for _ in range(thrown_away):
        draw()
    while True:
        yield weights_of(network)
        rng = make_rng() if renewed == "rng" else rng
        own = optimizer(parameters(network), lr=rate) if renewed == "optimizer" else own
        bits, lengths = draw()
        drawn = tensors(coded(bits), lengths, label(bits, lengths))
        for _ in range(repeats):
            before = state
            if carry:
                with torch.no_grad():
                    state = network[0](drawn[0], before)[1]
            update(network, own, drawn, state=before, **options)


def weights_after(count: int, weights: Tensor, seed: int, min_length: int, longest: int) -> Tensor:
    """Return the weights after ``count`` updates of the correct training loop. They are kept for later calls."""
    training, path = _followed(tuple(weights.tolist()), seed, min_length, longest)
    path += itertools.islice(training, max(0, count + 1 - len(path)))
    return path[count]


@functools.lru_cache(maxsize=20)
def _followed(weights: tuple[float, ...], *task: int) -> tuple[Iterator[Tensor], list[Tensor]]:
    return train(torch.tensor(weights, dtype=torch.float32), *task), []


# ---------------------------------------------------------------- the usual mistakes


OPTIMIZERS: dict[str, Callable] = {
    **{f"torch.optim.{name}": getattr(torch.optim, name)
       for name in ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "NAdam", "RAdam", "Adamax")},
    "torch.optim.SGD with a momentum of 0.9": lambda weights, lr: torch.optim.SGD(weights, lr=lr, momentum=0.9)}


def _at(logits: Tensor, positions: Tensor) -> Tensor:
    return logits[torch.arange(len(logits)), positions, 0]


def _real(lengths: Tensor, logits: Tensor) -> Tensor:
    return torch.arange(logits.shape[1]) < lengths[:, None]


def _every(labels: Tensor, logits: Tensor) -> Tensor:
    return labels[:, None].expand(logits.shape[:2])


# The id of each mistake in the loss, and the loss of logits [batch, steps, 1], lengths and labels [batch].
LOSSES: tuple[tuple[str, Callable[[Tensor, Tensor, Tensor], Tensor]], ...] = (
    ("sum-not-mean", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum")),
    ("rounded-sigmoid", lambda o, n, y: binary_cross_entropy(_at(o, n - 1).sigmoid(), y)),
    ("loss-of-last-column", lambda o, n, y: cross_entropy(o[:, -1, 0], y)),
    ("one-early", lambda o, n, y: cross_entropy(_at(o, (n - 2).clamp(min=0)), y)),
    ("one-late", lambda o, n, y: cross_entropy(_at(o, n % o.shape[1]), y)),
    ("every-step", lambda o, n, y: cross_entropy(o[..., 0], _every(y, o))),
    ("every-step", lambda o, n, y: cross_entropy(o[..., 0][_real(n, o)], _every(y, o)[_real(n, o)])),
    ("sigmoid-twice", lambda o, n, y: cross_entropy(_at(o, n - 1).sigmoid(), y)),
    ("sigmoid-twice", lambda o, n, y: cross_entropy(_at(o, n - 1).sigmoid(), y, reduction="sum")),
    ("each-with-each", lambda o, n, y: cross_entropy(*torch.broadcast_tensors(_at(o, n - 1)[:, None], y))),
    ("labels-flipped", lambda o, n, y: cross_entropy(_at(o, n - 1), 1 - y)),
    ("loss-negative", lambda o, n, y: -cross_entropy(_at(o, n - 1), y)),
    ("squared-error", lambda o, n, y: ((_at(o, n - 1).sigmoid() - y) ** 2).mean()),
    ("squared-error", lambda o, n, y: ((_at(o, n - 1) - y) ** 2).mean()),
    ("absolute-error", lambda o, n, y: (_at(o, n - 1) - y).abs().mean()),
    ("absolute-error", lambda o, n, y: (_at(o, n - 1).sigmoid() - y).abs().mean()),
    ("arguments-swapped", lambda o, n, y: cross_entropy(y, _at(o, n - 1))),
    ("same-step-for-all", lambda o, n, y: cross_entropy(o[:, 0, 0], y)),
    ("same-step-for-all", lambda o, n, y: cross_entropy(_at(o, n.max().expand(len(n)) - 1), y)),
    ("mean-of-logits", lambda o, n, y: cross_entropy(o[..., 0].mean(dim=1), y)),
    ("labels-plus-minus", lambda o, n, y: cross_entropy(_at(o, n - 1), 2 * y - 1)),
    ("one-of-two-terms", lambda o, n, y: cross_entropy(_at(o, n - 1), y, weight=y)),
    ("one-of-two-terms", lambda o, n, y: cross_entropy(_at(o, n - 1), y, weight=1 - y)),
    ("one-string", lambda o, n, y: cross_entropy(_at(o, n - 1)[0], y[0])),
    ("one-string", lambda o, n, y: cross_entropy(_at(o, n - 1)[-1], y[-1])),
    ("share-of-errors", lambda o, n, y: ((_at(o, n - 1) > 0) != (y > 0.5)).float().mean() + 0 * o.sum()),
    ("mean-over-lengths", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum") / n.sum()),
    ("mean-over-lengths", lambda o, n, y: cross_entropy(_at(o, n - 1), y, reduction="sum") / o.shape[1]))


def loss_mistakes(*arguments: Tensor) -> Mistakes:
    """Yield the losses of logits, lengths and labels that result from common mistakes."""
    return ((loss(*arguments), WORDS[mistake]) for mistake, loss in LOSSES)


# Groups of parameters that are clipped one by one: the modules, the arrays, or one module alone.
GROUPS: tuple[Callable[[Network], list], ...] = (
    lambda network: [list(module.parameters()) for module in network],
    lambda network: [[parameter] for parameter in parameters(network)],
    lambda network: [list(network[0].parameters())], lambda network: [list(network[1].parameters())])


def of_update() -> Iterator[Variant]:
    """Yield variants of one update, whose settings are options of :func:`update`."""
    yield WORDS["zero-grad-missing"], THE_LOOP, {"zero": ()}
    for kept, name in ((1, "readout"), (0, "recurrent layer")):
        yield WORDS["zero-grad-of-one"].format(name=name), THE_LOOP, {"zero": (1 - kept,)}
    yield WORDS["not-clipped"], CLIPPING, {"clip": lambda network: None}
    yield (WORDS["clipped-by-value"], CLIPPING,
           {"clip": lambda network: nn.utils.clip_grad_value_(parameters(network), 1.0)})
    for groups in GROUPS:
        yield WORDS["clipped-apart"], CLIPPING, {"clip": partial(clip, groups=groups)}
    yield WORDS["norm-always-one"], CLIPPING, {"scale": 1e6}
    for bound in (0.01, 0.1, 0.25, 0.5, 2.0, 3.0, 5.0, 10.0, 100.0):
        yield WORDS["clipped-elsewhere"].format(bound=bound), CLIPPING, {"clip": partial(clip, bound=bound)}


def require_updates(query: Query, network: Network, batches: list[tuple], losses: Iterable[Any],
                    modules: Iterable[tuple[ModuleState, ...] | None], loss_after: str, *, state_kept: str = "",
                    state_unused: str = "", loss: Callable[..., Tensor] = end_loss,
                    wrong: Callable[..., Mistakes] = loss_mistakes, moved: bool = False) -> None:
    """Raise CheckFailed unless each update of SGD has the correct loss and leads to the correct ``modules``, if known.

    ``loss_after``, ``state_kept`` and ``state_unused`` are the words about three mistakes. If the last are given, each
    batch begins with the state of the one before. ``wrong`` gives the usual wrong losses. If ``moved``, another call
    has moved the weights before. The network gets the weights of the last modules.
    """
    starts, states, state = [], [], None
    for number, (batch, got, after) in enumerate(zip(batches, losses, modules, strict=True), start=1):
        before = weights_of(network)
        starts.append(before)
        states.append(state if state_unused else None)
        with torch.no_grad():
            logits, unused = (logits_of(network, batch[0], first) for first in (states[-1], None))
            state = network[0](batch[0], states[-1])[1]
        optimizer = torch.optim.SGD(parameters(network), lr=RATE_OF_STEPS)
        update(network, optimizer, batch, loss=loss, state=states[-1])
        later, correct = loss(logits_of(network, batch[0], states[-1]), *batch[1:]), loss(logits, *batch[1:])
        known = [(later, loss_after), (loss(unused, *batch[1:]), state_unused), *wrong(logits, *batch[1:])]
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
    """Return the likely cause of a wrong update, the last of those with the given weights, batches and states."""
    start = updates[-1][0]
    own, correct = after - start, expected - start
    ratio = float(own @ correct / (correct @ correct))
    if still := unmoved(network, start, after):
        return still if len(updates) == 1 else WORDS["update-left-out"]
    for words, _, changes in of_update():
        other = copy.deepcopy(network)
        for weights, batch, state in updates:
            set_weights(other, weights)
            update(other, torch.optim.SGD(parameters(other), lr=RATE_OF_STEPS), batch,
                   **{"state": state, "loss": loss} | changes)
        if distance(after, weights_of(other)) < 1e-6 + 1e-3 * float(own.abs().mean()):
            return words
    if distance(own, ratio * correct) < 1e-3 * distance(own, 0 * own):
        return WORDS["wrong-length"].format(ratio=ratio)
    return WORDS["update-unexplained"]


def unmoved(network: Network, before: Tensor, after: Tensor) -> str:
    """Return a hint if an update has not changed the weights of the recurrent layer, or those of the readout."""
    size = sum(parameter.numel() for parameter in network[0].parameters())
    layer, readout = (distance(before[part], after[part]) > 0 for part in (slice(size), slice(size, None)))
    if layer and readout:
        return ""
    return WORDS["readout-still" if layer else "lstm-still" if readout else "nothing-moved"]


def of_loop(seed: int, min_length: int, longest: int) -> Iterator[Variant]:
    """Yield variants of a whole loop, whose settings are those of :func:`train`."""
    yield from of_update()
    for mistake, loss in LOSSES:
        yield WORDS[mistake], THE_END, {"loss": loss}
    for mistake, label in PARITY_MISTAKES:
        yield WORDS[mistake], THE_END, {"label": label}
    for size in (1, 8, 16, 32, 50, 60, 63, 65, 100, 128, 256):
        yield WORDS["other-batch"].format(batch=size), THE_LOOP, {"batch": size}
    if min_length != 1:
        yield WORDS["min-length-unused"], LENGTHS, {"min_length": 1}
    for low, high in ((min_length, longest - 1), (min_length, longest + 1), (min_length + 1, longest),
                      (longest, longest), (min_length, min_length), (min_length + 1, longest + 1)):
        yield (WORDS["other-lengths"].format(low=low, high=high), LENGTHS,
               {"min_length": low, "longest": high})
    for other in {0, 1, 42, seed + 1} - {seed}:
        yield WORDS["rng-not-from-seed"].format(other=other), THE_SEED, {"rng_seed": other}
    for number in (1, 2):
        yield WORDS["drawn-before"].format(number=number), THE_SEED, {"thrown_away": number}
    for mistake, see, changes in (
            ("same-strings", THE_SEED, {"renewed": "rng"}), ("optimiser-renewed", THE_LOOP, {"renewed": "optimizer"}),
            ("state-carried", THE_LOOP, {"carry": True}), ("batch-twice", THE_LOOP, {"repeats": 2}),
            ("bits-recoded", THE_LOOP, {"coded": lambda bits: 2 * bits - 1}),
            ("bits-recoded", THE_LOOP, {"coded": lambda bits: 1 - bits}),
            ("bits-reversed", THE_LOOP, {"coded": lambda bits: np.flip(bits, 1).copy()})):
        yield WORDS[mistake], see, changes
