"""Checks for the student's ``train_step`` and ``train_at_the_end`` functions."""

import functools
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from parity_checks.assertions import Query, messages
from parity_checks.core import call_on_same, replaced_if_wrong, scale_readouts
from parity_checks.decorator import check
from parity_checks.no_teacher_forcing import training_reference as reference
from parity_checks.no_teacher_forcing.ends import CORRECT_LOSS, READY_LAST, as_loss
from parity_checks.no_teacher_forcing.labels import cut_parity, draw_strings, final_parity
from parity_checks.no_teacher_forcing.training_reference import LONGEST, THE_LOOP, THE_SEED, Network
from parity_checks.plain_data import ModuleState, kind_of

WORDS = messages("no_teacher_forcing")
READY_TRAINING = ("parity_lib.training:train",)
TRAINING_SEEDS = (0, 1, 2)
STEPS, FIRST_STEPS, MANY_STEPS = 200, 3, 1100
SHORT, LONG = (1, LONGEST, 0.9), (LONGEST + 1, 50, 0.95)     # shortest and longest string, and required accuracy
# The mean distance between weights that are taken for equal; in an update, they move by about the learning rate. In two
# of a hundred trainings, rounding alone adds up to more, but never in the first EARLY updates, and never from less than
# a hundredth of this in one update. Then training runs with other seeds decide.
NEAR, EARLY, MORE_SEEDS = 2e-4, 40, 4
LONGEST_START = 400      # updates that a function may have made already if it is asked for none


# ---------------------------------------------------------------- one update


@check("train_step: the weights move as they should, for three batches in a row")
@replaced_if_wrong(*CORRECT_LOSS)
def train_step(seed: int = 0) -> None:
    """Check the update and the loss of ``train_step(lstm, readout, optimizer, inputs, lengths, labels)``."""
    rng = np.random.default_rng(seed)
    # Large weights in the readout make the norm of the gradient larger than 1.
    for size, count in (("small", 40), ("large", 5), ("tiny", 2)):
        network = reference.new_network()
        weights = rng.uniform(-0.5, 0.5, size=len(reference.weights_of(network)))
        reference.set_weights(network, torch.from_numpy(weights).float())
        network[1].weight.data *= 40 if size == "large" else 1
        drawn = [draw_strings(rng, 5, 6) for _ in range(count)]
        batches = [reference.tensors(bits, lengths, cut_parity(bits, lengths)) for bits, lengths in drawn]
        if size == "tiny":
            inputs, lengths, _ = batches[0]     # with labels that the network predicts, for a small loss
            last = reference.logits_of(network, inputs)[torch.arange(len(inputs)), lengths - 1, 0].detach()
            for parameter in network[1].parameters():
                parameter.data *= 7 / last.abs().min()
            batches = [(inputs, lengths, (last > 0).float())] * count
        calls = call_on_same("train_step", *map(ModuleState.of, network), batches=batches,
                             learning_rate=reference.RATE_OF_STEPS, forbid=READY_LAST)
        query = Query(f"train_step, called for {count} batches (SGD, {size} gradients)", THE_LOOP)
        reference.require_updates(
            query, network, batches, (as_loss(query.part("the loss that it returns"), called.result)
                                      for called in calls),
            [called.arguments for called in calls], WORDS["loss-after-update"], state_kept=WORDS["state-kept"],
            moved=size != "small")


CORRECT = (("final_parity", final_parity, f"{cut_parity.__module__}:cut_parity"), *CORRECT_LOSS,
           ("train_step", train_step, f"{reference.__name__}:train_step"))


# ---------------------------------------------------------------- modules that come from the seed


class StudentTraining:
    """Training runs of the student's function with one seed, compared with those of the task's loop.

    The task's loop starts from the student's weights after 0 updates. The method ``at`` is ``train`` with a cache.
    """

    def __init__(self, seed: int, min_length: int = 1, longest: int = LONGEST, note: str = "") -> None:
        self.note = note
        self.task: dict[str, Any] = {"seed": seed, "min_length": min_length, "longest": longest}
        self.options: dict[str, Any] = {} if min_length == 1 else {"min_length": min_length}
        self.at = functools.cache(self.train)

    def query(self, updates: int, see: str = THE_LOOP, circumstances: str = "") -> Query:
        """Create a ``Query`` about a call with the given number of updates."""
        options = "".join(f", {name}={value}" for name, value in self.options.items())
        return Query(f"train_at_the_end({self.task['longest']}, {updates}, seed={self.task['seed']}{options})"
                     f"{circumstances}", see)

    def train(self, updates: int) -> Tensor:
        """Return the student's weights after the given number of updates as a single vector."""
        query, network = self.query(updates), reference.new_network()
        result = query.call("train_at_the_end", self.task["longest"], updates, self.task["seed"],
                            causes={"` returns ": WORDS["own-class"]},
                            forbid=READY_TRAINING if updates <= FIRST_STEPS else (), **self.options)
        kinds = [getattr(part, "cls", kind_of(part)) for part in result] if isinstance(result, (tuple, list)) else []
        if kinds != [type(module).__name__ for module in network]:
            other_layer = len(kinds) == 2 and kinds[1] == "Linear"
            query.fail("a pair (lstm, readout) of nn.LSTM and nn.Linear", " and ".join(kinds) or kind_of(result),
                       WORDS["not-an-lstm" if other_layer else "not-a-pair"])
        if not result[0].arguments["batch_first"]:
            query.fail("an nn.LSTM with batch_first=True", "an nn.LSTM without it", WORDS["batch-first"])
        for module, part in zip(network, result, strict=True):
            wanted, got = ({key: tuple(value.shape) for key, value in state.items()}
                           for state in (module.state_dict(), part.state))
            if got != wanted:
                query.part(f"the shapes of the weights of the nn.{part.cls}").fail(
                    wanted, got, WORDS["biases-missing" if len(got) < len(wanted) else "other-sizes"])
            module.load_state_dict(part.state)
        return reference.weights_of(network)

    def distance(self, updates: int) -> float:
        """Return the distance between the student's weights and those of the task's loop."""
        return reference.distance(self.at(updates), reference.weights_after(updates, self.at(0), **self.task))

    def agrees(self, updates: int) -> bool:
        """Return True if the student's weights agree with those of the task's loop, apart from rounding."""
        return self.distance(updates) < NEAR

    def fail(self, updates: int, expected: str, got: str, hint: str, see: str = THE_LOOP) -> NoReturn:
        """Raise CheckFailed with a message about the weights after the given number of updates."""
        self.query(updates, see, f"{self.note}, followed from your weights after 0 updates").fail(expected, got, hint)


@check("train_at_the_end: two modules of the required size, from the seed, moved by training")
@replaced_if_wrong(*CORRECT)
def train_at_the_end(seed: int = 0) -> None:
    """Check ``train_at_the_end(max_length, steps, seed, min_length=1)``, which returns an nn.LSTM and an nn.Linear."""
    training, other = StudentTraining(seed % 1000, longest=4), StudentTraining(seed % 1000 + 1, longest=4)
    weights, start = training.at(2), training.at(0)
    if not torch.equal(weights, training.train(2)):
        training.query(2, THE_SEED).fail("the same weights when it is called twice", "different weights",
                                         WORDS["not-from-seed"])
    for changed, change, hint, see in (
            (other.at(2), "another seed", WORDS["seed-unused"], THE_SEED),
            (start, "0 steps", WORDS["steps-unused"], THE_LOOP),
            (StudentTraining(seed % 1000, 4, 4).at(2), "min_length=4", WORDS["min-length-unused"], reference.LENGTHS)):
        if torch.equal(weights, changed):
            training.query(2, see).fail(f"other weights than with {change}", f"the weights of {change}", hint)
    if torch.equal(start, other.at(0)):
        training.query(0, THE_SEED).fail("first weights that depend on the seed",
                                         "the same first weights for the next seed", WORDS["weights-not-from-seed"])


# ---------------------------------------------------------------- the whole loop


@check("trained on strings of up to 10 bits, the network is correct on strings of that kind")
@replaced_if_wrong(*CORRECT)
def trained_short(seed: int = 0) -> None:
    """Check that the updates are correct, and that one of three runs reaches 90 % accuracy on 1 to 10 bits."""
    _require_training("strings of 1 to 10 bits", SHORT, seed)


@check("trained on strings of up to 10 bits, the network is correct on strings of up to 50")
@replaced_if_wrong(*CORRECT)
def trained_long(seed: int = 0) -> None:
    """Check that the updates are correct, and that one of three runs reaches 95 % accuracy on 11 to 50 bits."""
    _require_training("strings of 11 to 50 bits, longer than any in training", LONG, seed, min_lengths=(1, 4))


def _require_training(kind: str, limits: tuple[int, int, float], seed: int, min_lengths: Iterable[int] = (1,)) -> None:
    for training_seed in TRAINING_SEEDS:
        follow(FIRST_STEPS, training_seed)
    scale_readouts(40.0)        # without clipping, only large gradients show the difference
    try:
        follow(FIRST_STEPS, TRAINING_SEEDS[0], note=" (with large weights in the readout)")
    finally:
        scale_readouts(1.0)
    for min_length in min_lengths:
        follow(6 + seed % 6, seed % 100, min_length, LONG[1])
    follow(int(np.random.default_rng(seed).integers(STEPS // 2, STEPS)), seed % 100)
    (shortest, longest, least), shares = limits, [0.0]
    for training_seed in TRAINING_SEEDS:
        if max(shares) < least:
            shares.append(accuracy(follow(STEPS, training_seed), shortest, longest, seed))
    if max(shares) < least:
        Query(f"train_at_the_end({LONGEST}, {STEPS}, seed), the best of the seeds {TRAINING_SEEDS}, on {kind}",
              THE_LOOP).fail(f"at least {least:.0%} correct", f"{max(shares):.1%} correct", "The updates are those of "
                             "the task, so look at the lines before them: how do the modules start?")
    # On strings as short as these, rounding hardly ever adds up to more than 1e-5.
    trainings = [StudentTraining(training_seed, longest=3) for training_seed in TRAINING_SEEDS[:2]]
    if not seed and not any(training.agrees(MANY_STEPS) for training in trainings):
        trainings[-1].fail(MANY_STEPS, "the weights of the task's loop after the last update", "other weights",
                           WORDS["changes-later"].format(updates=STEPS))


@torch.no_grad()
def accuracy(network: Network, shortest: int, longest: int, seed: int = 0) -> float:
    """Return the accuracy of a network on 30 random strings of each length from ``shortest`` to ``longest``."""
    lengths = np.repeat(np.arange(shortest, longest + 1), 30)
    bits = np.random.default_rng(seed).integers(2, size=(len(lengths), longest))
    labels = cut_parity(bits, lengths)
    logits = reference.logits_of(network, reference.tensors(bits, lengths, labels)[0])[..., 0].numpy()
    return float(((logits[np.arange(len(bits)), lengths - 1] > 0) == (labels == 1)).mean())


def follow(steps: int, seed: int, min_length: int = 1, longest: int = LONGEST, note: str = "") -> Network:
    """Return the student's network after a given number of updates.

    Raises CheckFailed unless the task's loop leads to the same weights. Weights are compared because a network may
    learn in spite of a mistake. If rounding may explain a difference, training runs with other seeds decide.
    """
    training, network = StudentTraining(seed, min_length, longest, note), reference.new_network()
    if not training.agrees(steps):
        last, wrong = 0, steps
        while wrong - last > 1:
            middle = min(2 * last + FIRST_STEPS, (last + wrong) // 2)
            last, wrong = (middle, wrong) if training.agrees(middle) else (last, middle)
        others = [StudentTraining(seed + number, min_length, longest) for number in range(1, MORE_SEEDS + 1)]
        rounding = last >= EARLY and training.distance(last) > NEAR / 100
        agreeing = next((other for other in others if other.agrees(steps)), None) if rounding else None
        if agreeing is None:
            training.fail(steps, "the weights of the task's loop after every update",
                          f"other weights from update {wrong} on", *_cause(training, last))
        training = agreeing
    reference.set_weights(network, training.at(steps))
    return network


def _cause(training: StudentTraining, last: int) -> tuple[str, str]:
    """Return the likely cause of the first wrong update, which follows update ``last``, and a section to read.

    A mistake is named only if the reference loop with this mistake leads to the student's weights.
    """
    at = training.at
    if reference.distance(at(last + 1), training.train(last + 1)):
        return WORDS["draws-differ"], THE_SEED
    hint = "" if last else _number_of_updates(training)
    hint = hint or reference.unmoved(reference.new_network(), at(last), at(last + 1))
    if hint == WORDS["nothing-moved"] and last:
        hint = WORDS["stops-early"].format(last=last)
    elif hint == WORDS["nothing-moved"] and reference.distance(at(1), at(2)):
        hint = WORDS["one-update-short"]
    if not hint and last > 4 * FIRST_STEPS:      # the other mistakes show before
        hint = WORDS["changes-later"].format(updates=last)
    if hint:
        return hint, THE_LOOP

    followed = {*range(1, FIRST_STEPS + 1), last + 1, last + 2}

    def explains(loop: Iterator[Tensor]) -> bool:
        return all(update not in followed or reference.distance(at(update), weights) < min(
            NEAR, reference.distance(at(update), at(0)) / 100)
            for update, weights in enumerate(itertools.islice(loop, last + 3)))

    for name, optimizer in reference.OPTIMIZERS.items():
        loop = functools.partial(reference.train, at(0), **training.task, optimizer=optimizer)
        start, first = itertools.islice(loop(), 2)
        moved, expected = (at(1) - start).norm(), (first - start).norm()
        rate = float(f"{reference.RATE * moved / expected:.2g}")
        if explains(loop(rate=rate)):
            return WORDS["other-optimiser"].format(name=name, rate=rate), THE_LOOP
    for words, see, loop in reference.of_loop(at(0), training.task):
        if explains(loop):
            return words, see
    if last >= FIRST_STEPS:
        return WORDS["changes-later"].format(updates=last), THE_LOOP
    return WORDS["loop-unexplained"], THE_LOOP


def _number_of_updates(training: StudentTraining) -> str:
    """Return a hint if the student's loop is correct except that it makes more or fewer updates than requested."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.task["seed"])
        first = reference.weights_of(reference.new_network())
    start = training.at(0)
    for steps, weights, numbers in ((2, start, (1, 3, 4, 5, 6)),
                                    (0, first, range(1, LONGEST_START if reference.distance(start, first) else 1))):
        for made in numbers:
            expected = reference.weights_after(made, weights, **training.task)
            if reference.distance(training.at(steps), expected) < NEAR:
                return WORDS["updates-counted"].format(steps=steps, made=made)
    return ""
