"""Checks for all functions that the student writes. They need PyTorch."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import e, log, log2, log10
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, nll_loss, one_hot

from parity_checks.assertions import Mistakes, Query, messages, show
from parity_checks.core import call_gradient, call_on_same, replaced_if_wrong
from parity_checks.decorator import check
from parity_checks.no_teacher_forcing.training_reference import RATE_OF_STEPS, require_updates, set_weights, weights_of
from parity_checks.plain_data import ModuleState, Seed, is_tensor, kind_of
from parity_lib.padding import length_mask
from parity_study import town_names
from parity_study.town_names import CHARACTERS, END, SYMBOLS, Name, encode, mean_loss, read_names, to_write

WORDS = messages("town_names")
SELECTING, THE_LOOP = "packing#Select first, then take the loss", "training#The loop, line by line"
THE_PAIR, IN_PARTS = "gates#The LSTM, gate by gate", "gradient#One long stream"
SHIFTED, IN_BITS, WRITING, DRAWING = (f"a-network-that-writes#{section}" for section in (
    "The label is the next letter", "One output for each character", "Let it write while it learns", "Cold and hot"))
READY_ENCODING, READY_BITS, READY_NAME = (
    [f"{town_names.__name__}:{name}" for name in names]
    for names in (("to_write", "to_read", "encode", "pad"), ("writing_loss", "bits_per_character"), ("write_names",)))
READY_LOSS = "parity_lib.padding:masked_mean", "parity_lib.padding:length_mask", f"{town_names.__name__}:mean_loss"
CAUSES = {f"{part} @ rnn|lstm|gru|layer|state|hidden": WORDS["pair-of-states"] for part in (
    "'tuple' object", "values to unpack", "index 1 is out of bounds")} | {
    "non-iterable @ train_step": WORDS["loss-and-state"], "IndexError: Target 3": WORDS["country-as-label"],
    "Expected target size": WORDS["classes-second"],
    "backward through the graph a second time": WORDS["state-not-detached"], "IndexError: Target": WORDS["no-readout"],
    "hx should also be 3-D": WORDS["state-indexed"],
    "prob_dist must be 1 or 2 dim": WORDS["one-row"],
    "contains either `inf`": WORDS["exp-overflows"], "RNN input dtype": WORDS["not-one-hot"],
    "need to be at least 1D": WORDS["unbatched"], "got 4D": WORDS["axis-too-many"]}
MOST = 30               # characters of a name
BATCHES = 2, 4, 5, 8, 10, 16, 20, 25, 30, 32, 50, 64, 75, 100, 128, 200, 256      # usual sizes
RARE = CHARACTERS[4::2]       # in the distribution from which names are drawn, each of them has a share below 0.02
SHARES = np.array([0.55, 0.2, *np.linspace(0.97, 1.03, len(RARE)) / 4 / len(RARE)])     # of a common one, the end, RARE
Network = tuple[nn.GRU | nn.LSTM, nn.Linear]
Odds = Callable[[np.ndarray, float], np.ndarray]       # of each character, for its logits and a temperature


def _divided_by(factor: float, exponent: float) -> Odds:
    return lambda logits, temperature: np.exp((logits - logits.max()) / (factor * temperature**exponent))


WRONG_ODDS: dict[str, list[Odds]] = {
    "sigmoid-not-softmax": [lambda logits, temperature: 1 / (1 + np.exp(-logits / temperature))],
    "temperature-multiplied": [_divided_by(1, -1)],
    "temperature-ignored": [_divided_by(fixed, 0) for fixed in np.arange(0.4, 2.1, 0.1)],
    "temperature-root": [_divided_by(1, 0.5)], "temperature-squared": [_divided_by(1, 2)]}
SURE = 5       # the difference of two log-likelihoods from which on only the larger one counts

def draw_names(rng: np.random.Generator, count: int) -> list[Name]:
    """Draw names from the training part."""
    names = read_names("training")
    return [names[place] for place in rng.choice(len(names), count, replace=False)]


def draw_network(layer: type[nn.GRU | nn.LSTM], rng: np.random.Generator, size: float = 1.0) -> Network:
    """Create a recurrent layer and a readout with random weights between ``-size`` and ``size``."""
    network = (layer(len(SYMBOLS), 16, batch_first=True, dtype=torch.float32),
               nn.Linear(16, len(CHARACTERS), dtype=torch.float32))
    set_weights(network, torch.from_numpy(rng.uniform(-size, size, len(weights_of(network)))).float())
    return network


def run(network: Network, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
    """Return the logits ``[batch, steps, characters]`` and the last state of a network."""
    outputs, state = network[0](one_hot(inputs, len(SYMBOLS)).float(), state)
    return network[1](outputs), state


# ---------------------------------------------------------------- names as numbers


@check("encode_names: the country and the letters as inputs, the next characters and the end as labels")
def encode_names(seed: int = 0) -> None:
    """Check ``encode_names(names)``, which returns inputs and labels ``[batch, steps]`` and lengths ``[batch]``."""
    rng = np.random.default_rng(seed)
    for names in ([("FI", "oulu")], [("DE", "bad tolz"), ("FR", "l'ile-d'yeu"), ("JP", "tsu")], draw_names(rng, 9)):
        query = Query(f"encode_names({show(names, 70)})", SHIFTED)
        result = query.call("encode_names", names, forbid=READY_ENCODING)
        if not isinstance(result, (tuple, list)) or len(result) != 3 or not all(map(is_tensor, result)):
            query.fail("three tensors", kind_of(result), WORDS["three-tensors"])
        inputs, labels, lengths = to_write(names)
        narrow, wide = ((len(names), inputs.shape[1] + more) for more in (-1, 1))
        rolled = labels.scatter(1, lengths[:, None] - 1, inputs[:, :1]), inputs.roll(-1, 1)
        for place, name, correct, mistake, missing in (
                (1, "labels", labels, (inputs, WORDS["not-shifted"]), WORDS["end-missing"]),
                (0, "inputs", inputs, (labels, WORDS["country-missing"]), WORDS["country-missing"]),
                (2, "lengths", lengths, (lengths - 1, WORDS["end-missing"]), "")):
            part, real = query.part(name), torch.arange(inputs.shape[1]) < lengths[:, None]
            part.as_array(result[place], tuple(correct.shape), "integer",
                          shape_hints={narrow: missing, wide: WORDS["symbol-too-many"]})
            others = [(torch.full_like(lengths, int(lengths.max())), WORDS["lengths-alike"]),
                      (lengths.sort().values, WORDS["lengths-alike"])] if name == "lengths" else [
                (torch.where(real, correct, result[place]), WORDS["padding-not-zero"]),
                *((wrong, WORDS["country-wrapped"]) for wrong in rolled if name == "labels"),
                *[(result[place], WORDS["other-order"])] * (sorted(result[place].tolist()) == sorted(correct.tolist()))]
            part.require_equal(result[place], correct, WORDS["names-unexplained"], [mistake, *others])


# ---------------------------------------------------------------- the loss and bits per character


@check("masked_loss: the mean cross-entropy over the letters and ends, whatever is on the padding")
def masked_loss(seed: int = 0) -> None:
    """Check ``masked_loss(logits, labels, lengths)``, which returns a scalar tensor, and its gradient."""
    rng, count = np.random.default_rng(seed), len(CHARACTERS)
    for batch, steps, size in ((2, 2, 1.0), (4, 5, 2.0), (3, count, 2.0), (6, 9, 60.0)):
        logits = torch.from_numpy(rng.normal(size=(batch, steps, count)) * size).float()
        lengths = torch.from_numpy(np.r_[max(1, steps - 3), steps, rng.integers(1, steps + 1, batch - 2)])
        labels = torch.from_numpy(rng.integers(1, count, size=(batch, steps)))
        labels[torch.arange(steps) >= lengths[:, None] - 1] = 0        # the end of each name, and the padding
        text = f"masked_loss of logits {tuple(logits.shape)} with the lengths {show(lengths, 40)}"
        expected, leaf = mean_loss(logits, labels, lengths), logits.clone().requires_grad_()
        mean_loss(leaf, labels, lengths).backward()
        padded = logits.masked_fill(~length_mask(lengths, steps)[..., None], torch.nan)
        for note, given, multiplied, late in (("", logits, "", ""), (
                " and nan on the padding", padded, WORDS["padding-multiplied"], WORDS["selected-late"])):
            query, slope = Query(text + note, SELECTING), Query(f"the gradient of {text}{note}", SELECTING)
            loss = query.call("masked_loss", given, labels, lengths, forbid=READY_LOSS, causes=CAUSES)
            query.as_array(loss, (), nan_hint=multiplied)
            query.require_close(loss, expected, mistakes=loss_mistakes(logits, labels, lengths), tolerance=1e-4)
            gradient = slope.call("masked_loss", given, labels, lengths, by=call_gradient)
            slope.as_array(gradient, nan_hint=late)
            slope.require_close(gradient, leaf.grad)


def loss_mistakes(logits: Tensor, labels: Tensor, lengths: Tensor) -> Mistakes:
    """Yield the losses that result from common mistakes."""
    mask, (batch, steps, count) = length_mask(lengths, labels.shape[1]), logits.shape
    losses = cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    mixed = [cross_entropy(logits.reshape(batch, count, steps), labels, reduction="none")]
    if steps == count:
        mixed.append(cross_entropy(logits, labels, reduction="none"))
    yield from WORDS.of({
        "padding-counted": [losses.mean(), (losses * mask).mean()],
        "sum-not-mean": [losses[mask].sum(), losses[mask].sum() / batch],
        "mean-over-names": [((losses * mask).sum(dim=1) / lengths).mean()],
        "softmax-first": [cross_entropy(logits.softmax(dim=2)[mask], labels[mask])],
        "ends-not-in-divisor": [losses[mask].sum() / (labels[mask] != 0).sum()],
        "end-ignored": [losses[labels != 0].mean()], "loss-in-bits": [losses[mask].mean() / log(2)],
        "padding-selected": [losses[~mask].mean()], "log-softmax-missing": [nll_loss(logits[mask], labels[mask])],
        "classes-second": [wrong for each in mixed for wrong in (each.mean(), each[mask].mean())]})


CORRECT_NAMES = "encode_names", encode_names, READY_ENCODING[0]
CORRECT_LOSS = "masked_loss", masked_loss, READY_LOSS[2]


@check("bits_per_character: the mean over all letters and ends, in bits")
@replaced_if_wrong(CORRECT_NAMES, CORRECT_LOSS)
def bits_per_character(seed: int = 0) -> None:
    """Check ``bits_per_character(rnn, readout, names)``, which returns a float."""
    rng = np.random.default_rng(seed)
    for layer, count in ((nn.LSTM, 7), (nn.GRU, 257), (nn.GRU, 1)):
        network = draw_network(layer, rng)
        network[1].bias.data[0] -= 9        # an end costs much, so that short names and long ones have unlike means
        names = sorted(draw_names(rng, count), key=lambda name: len(name[1]))
        query = Query(f"bits_per_character of an nn.{layer.__name__} and {count} name{'s' * (count > 1)}", IN_BITS)
        bits = query.call("bits_per_character", *map(ModuleState.of, network), names, forbid=READY_BITS,
                          causes=CAUSES)
        inputs, labels, lengths = to_write(names)
        logits, _ = run(network, inputs)
        nats = mean_loss(logits, labels, lengths).item()
        parts = [zip(*(array.split(size) for array in (logits, labels, lengths)), strict=True) for size in BATCHES]
        query.require_close(_as_number(query, bits), nats / log(2), WORDS["bits-unexplained"], [*WORDS.of({
            "batch-means": [np.mean([mean_loss(*part).item() for part in batches]) / log(2) for batches in parts],
            "multiplied": [nats * log(2)], "logarithm-of-loss": [log2(nats)],
            "nats": [nats / unit for unit in (1, log(10), log10(2), log(len(CHARACTERS)))],
            "perplexity": [e**nats, 2**nats]}),
            *((value / log(2), words) for value, words in loss_mistakes(logits, labels, lengths))], tolerance=1e-4)


# ---------------------------------------------------------------- one update


@check("train_step: the weights move as they should, for a GRU and an LSTM, and for a text in parts")
@replaced_if_wrong(CORRECT_LOSS)
def train_step(seed: int = 0) -> None:
    """Check ``train_step(rnn, readout, optimizer, inputs, labels, lengths, state)``, which returns loss and state."""
    rng = np.random.default_rng(seed)
    for layer, scale in ((nn.GRU, 1), (nn.LSTM, 1), (nn.GRU, 30), (nn.LSTM, 30)):
        network = draw_network(layer, rng, 0.3)
        network[1].weight.data *= scale     # a large readout gives a gradient with a norm above 1
        batches = [to_write(draw_names(rng, 5)) for _ in range(3)]
        query = Query(f"train_step of an nn.{layer.__name__}, batch after batch (SGD)", THE_PAIR)
        calls = _call(query, "train_step", network, batches)
        for called in calls:
            if not isinstance(called.result, (tuple, list)) or len(called.result) != 2:
                query.fail("the loss and the state", kind_of(called.result), WORDS["loss-and-state"])
            state = called.result[1]
            if not isinstance(state, (tuple, list)) and np.shape(state) == ():
                query.fail("a state at the second place", kind_of(state), WORDS["loss-and-state"])
        _require_updates(replace(query, see=THE_LOOP), network, batches, [called.result[0] for called in calls],
                         [called.arguments for called in calls])
        text = encode("".join(name + END for _, name in draw_names(rng, 12))[:37])[None]
        query = Query(f"train_in_parts of an nn.{layer.__name__} and a text in three parts (SGD)", IN_PARTS)
        called, = _call(query, "train_in_parts", network, [(text[:, :-1], text[:, 1:], 12)])
        parts = [(text[:, first:first + 12], text[:, first + 1:first + 13], torch.tensor([12]))
                 for first in (0, 12, 24)]
        _require_updates(query, network, parts, called.result, [None, None, called.arguments], carried=True)


def _as_number(query: Query, value: Any) -> np.ndarray:
    """Convert a number, or an array or tensor of one number, to an array without axes."""
    array = query.as_array(value)
    return array.reshape(()) if array.size == 1 else array


def _require_updates(query: Query, network: Network, batches: list[tuple], losses: list, modules: list,
                     carried: bool = False) -> None:
    vectors = [(one_hot(inputs, len(SYMBOLS)).float(), *rest) for inputs, *rest in batches]
    unused, late = (WORDS[cause] if carried else "" for cause in ("state-unused", "state-after-update"))
    require_updates(query, network, vectors, [_as_number(query.part("the loss"), loss) for loss in losses], modules,
                    WORDS["loss-after-update"], loss=mean_loss, wrong=loss_mistakes, state_unused=unused,
                    state_late=late)


def _call(query: Query, name: str, network: Network, batches: list[tuple]) -> list:
    """Call the student's function ``name`` on several batches, with an SGD optimiser."""
    return query.call_through(name, "train_step", *map(ModuleState.of, network), by=call_on_same, batches=batches,
                              learning_rate=RATE_OF_STEPS, causes=CAUSES)


# ---------------------------------------------------------------- names that a network writes


@check("write_name: characters drawn at the temperature, with the generator, until the end")
def write_name(seed: int = 0) -> None:
    """Check ``write_name(rnn, readout, country, generator, temperature, most)``, which returns a string."""
    rng = np.random.default_rng(seed)
    # Far from 1, another power of the temperature shows.
    samples = [_draw_shares(rng, temperature, common) for temperature, common in ((0.15, " "), (5.0, "-"))]
    for sample in samples:
        _check_shares(sample, samples)
    for layer in (nn.GRU, nn.LSTM):
        _check_certain_name(layer, rng)


def _names(query: Query, network: Network, country: str, seed: int, temperature: float, most: int = MOST,
           times: int = 1, forbid: list[str] | None = None) -> list[str]:
    """Return the names that the student's function writes when it is called repeatedly with one generator."""
    calls = query.call("write_name", *map(ModuleState.of, network), country, Seed(seed, for_torch=True), temperature,
                       most, by=call_on_same, batches=[()] * times, causes=CAUSES, forbid=forbid or ())
    for name in (called.result for called in calls):
        if not isinstance(name, str):
            query.fail("a string", kind_of(name), WORDS["not-a-string"])
    return [called.result for called in calls]


class Sample(NamedTuple):
    """Many names from a network whose logits do not depend on what it has read."""

    query: Query
    temperature: float
    common: str
    logits: np.ndarray
    names: list[str]

    def counts(self) -> np.ndarray:
        """Return how often each character comes at the first place and later, [2, characters]."""
        drawn = [name + END * (len(name) < MOST) for name in self.names]
        counts = [Counter(name[:1] for name in drawn), Counter("".join(name[1:] for name in drawn))]
        return np.array([[count[character] for character in (self.common, END, *RARE)] for count in counts])


def _draw_shares(rng: np.random.Generator, temperature: float, common: str, times: int = 220) -> Sample:
    """Let the student's function write many names, and check everything but the shares of the characters."""
    network, seed = draw_network(nn.GRU, rng), int(rng.integers(2**31))
    numbers = [CHARACTERS.index(character) for character in (common, END, *RARE)]
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].bias.fill_(-1e4)     # a softmax does not see that 3.5 is added to all others
        network[1].bias[numbers] = temperature * (3.5 + torch.from_numpy(SHARES).log().float())
    query = Query(f"write_name, {times} times with the same generator and the temperature {temperature}, where the "
                  f"logits are always the same, and {common!r}, the end and many rare letters can come next", WRITING)
    first, again = (_names(query, network, "FI", seed, temperature, times=count) for count in (times, 9))
    if ended := [name for name in first if END in name]:
        query.fail("names without the end mark", repr(ended[0]), WORDS["end-kept"])
    if len(set(first)) == 1 and temperature < 1:       # with a fixed temperature, one may come every time
        hint = "argmax" if first[0] == MOST * common else "same-draws"
        query.fail("different names", f"{times} times {first[0]!r}", WORDS[hint])
    if first[:9] != again:
        query.fail("the same names from a generator with the same seed", "other names", WORDS["global-generator"])
    if all(name.startswith("FI") for name in first):
        query.fail("names without the country", repr(first[0]), WORDS["country-kept"])
    if other := {*"".join(first)} - {*CHARACTERS}:
        query.fail("characters of the network", f"also {min(other)!r}", WORDS["other-characters"])
    return Sample(query, temperature, common, network[1].bias[numbers].detach().numpy(), first)


def _check_shares(sample: Sample, samples: list[Sample]) -> None:
    """Check the shares of the characters. A mistake is named if it alone explains all of the ``samples``."""
    query, _, common, _, first = sample
    at_first, later = sample.counts()
    unlikely = {*"".join(first)} - {common, *RARE}
    if drawn_from(at_first, SHARES) and drawn_from(later, SHARES) and not unlikely:
        return
    rare = np.count_nonzero((at_first + later)[2:]) > len(RARE) / 2
    scores = {cause: max(sum(_log_likelihood(other, odds) for other in samples) for odds in wrong)
              for cause, wrong in WRONG_ODDS.items()}
    second, best = sorted(scores.values())[-2:]
    shortest, ends = min(map(len, first)), [{name[:1] for name in first}, {name[-1:] for name in first}]
    words = WORDS["unlikely-drawn"] if unlikely else next(
        (WORDS[cause] for cause, score in scores.items() if score == best > max(-np.inf, second + SURE)),
        WORDS["end-redrawn"].format(shortest=shortest) if shortest else
        WORDS["stripped"] if not all(common in found for found in ends) else
        WORDS["rare-left-out"] if not rare else
        WORDS["first-letter" if drawn_from(later, SHARES) else "shares-unexplained"])
    shown = at_first if words == WORDS["first-letter"] else at_first + later
    see = DRAWING if words.startswith("[temperature") else WRITING
    expected, got = (np.r_[shares[:2], shares[2:].sum()] for shares in (SHARES, shown / max(1, shown.sum())))
    replace(query.part(f"the shares of {common!r}, the end and the rare letters"), see=see).fail(expected, got, words)


def _log_likelihood(sample: Sample, odds: Odds) -> float:
    """Return the log-probability of a sample under these odds, or -inf if its counts do not fit them."""
    counts, (_, temperature, _, logits, _) = sample.counts(), sample
    shares = odds(logits.astype(float), temperature)
    shares /= shares.sum()
    if not all(drawn_from(part, shares, 1e-4) for part in counts):
        return -np.inf
    return float(counts.sum(axis=0) @ np.log(np.clip(shares, 1e-12, 1)))


def drawn_from(counts: np.ndarray, shares: np.ndarray, level: float = 1e-11) -> bool:
    """Return False if any count, or the sum of all but two counts, deviates too far from its expected proportion.

    A draw from these shares gives False with a probability below twice the ``level`` for each count, which is the
    Chernoff bound: n times the Kullback-Leibler divergence exceeds -ln(level) with at most this probability.
    """
    total = counts.sum()
    got, share = (np.clip(np.r_[part, part[2:].sum()], 1e-12, 1 - 1e-12)
                  for part in (counts / max(1, total), shares))
    far = got * np.log(got / share) + (1 - got) * np.log((1 - got) / (1 - share))
    return bool((total * far < -log(level)).all())


def _check_certain_name(layer: type[nn.GRU | nn.LSTM], rng: np.random.Generator) -> None:
    """Check the only name that a network can write, both in full and cut off by a limit on its length."""
    network, country, name = _draw_writer(layer, rng)
    for most in (MOST, len(name) - 2):
        query = Query(f"write_name of an nn.{layer.__name__} that knows a single name by heart, for {country} and "
                      f"most={most}", WRITING)
        got, = _names(query, network, country, 1, 0.3, most, forbid=READY_NAME)
        if got != name[:most]:
            made = [words for wrong, words in WORDS.made(written, network, country) if got == wrong[:most]]
            near_most = got in (name[:most - 1], name[:most + 1])
            query.fail(repr(name[:most]), repr(got), WORDS["most-ignored"] if got == name else made[0] if made else
                       WORDS["most-off-by-one" if near_most else "name-unexplained"])


def _draw_writer(layer: type[nn.GRU | nn.LSTM], rng: np.random.Generator) -> tuple[Network, str, str]:
    """Draw a recurrent layer and a name, and compute a readout with which the network always writes this name."""
    while True:
        network = draw_network(layer, rng)
        country, name = next((country, name) for country, name in draw_names(rng, 100) if 5 < len(name) < 11)
        inputs, labels, _ = to_write([(country, name)])
        with torch.no_grad():
            states = network[0](one_hot(inputs, len(SYMBOLS)).float())[0][0]
            network[1].weight.copy_(torch.linalg.lstsq(states, 40 * one_hot(labels[0], len(CHARACTERS)).float())[0].T)
            network[1].bias.zero_()
        names = [written(network, country), *(wrong for wrong, _ in WORDS.made(written, network, country))]
        if names[0] == name and len(set(names)) == len(names):
            return network, country, name


@torch.no_grad()
def written(network: Network, country: str) -> str:
    """Write a name by always choosing the character with the largest logit."""
    name, state, read = "", None, country
    while len(name) < MOST:
        logits, state = run(network, encode([read])[None], state)
        read = CHARACTERS[logits[0, -1].argmax()]
        if read == END:
            break
        name += read
    return name
