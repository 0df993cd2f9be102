"""Checks for the student's ``train_step`` and ``train_at_the_end`` functions."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from parity_checks.assertions import Query
from parity_checks.core import call_steps, scale_readouts
from parity_checks.no_teacher_forcing import training_reference as reference
from parity_checks.no_teacher_forcing.ends import READY_LAST, as_loss, loss_mistakes, with_correct_last_valid
from parity_checks.no_teacher_forcing.labels import THE_LABEL, cut_parity, draw_strings
from parity_checks.no_teacher_forcing.training_reference import HIDDEN, LONGEST, THE_LOOP, THE_SEED, Loop, Network
from parity_checks.plain_data import ModuleState
from parity_checks.reporting import check

READY_TRAINING = ("parity_lib.training:train",)
TRAINING_SEEDS = (0, 1, 2)
STEPS, FIRST_STEPS, MANY_STEPS = 200, 3, 1100
SHORT, LONG = (1, LONGEST, 0.9), (LONGEST + 1, 50, 0.95)     # shortest and longest string, and required accuracy
STEP_RATE = 0.5         # the learning rate of SGD with which the check calls train_step
# Mean distances between weights, which move by about the learning rate in an update. The second is for many updates, in
# which rounding adds up to less than 1e-4 in nearly all trainings.
NEAR, LATE_NEAR = 2e-4, 2e-3
# In two of a hundred trainings, rounding alone leads to other weights. Those are followed in short parts, from shortly
# before the last update in which both agree.
PART, BACK = 2, 10
STILL = ("Nothing moved. Are `loss.backward()` and `optimizer.step()` both there, is `zero_grad()` before "
         "`backward()`, and does the optimiser hold these parameters?")
DETACHED = ("The LSTM did not move, only the readout. Did you detach the states, or does the optimiser not hold the "
            "LSTM's parameters?")


# ---------------------------------------------------------------- one update


@check("train_step: the weights move as they should, for three batches in a row")
@with_correct_last_valid()
def train_step(seed: int = 0) -> None:
    """Check that the student's ``train_step`` function performs a correct update.

    The update is made by ``train_step(lstm, readout, optimizer, inputs, lengths, labels)``.
    """
    rng = np.random.default_rng(seed)
    # Large weights in the readout make the norm of the gradient larger than 1.
    for size, count in (("small", 40), ("large", 5), ("tiny", 2)):
        network, not_zeroed = reference.new_network(), reference.new_network()
        weights = rng.uniform(-0.5, 0.5, size=len(reference.weights_of(network)))
        reference.set_weights(network, torch.from_numpy(weights).float())
        network[1].weight.data *= 40 if size == "large" else 1
        drawn = [draw_strings(rng, 5, 6) for _ in range(count)]
        batches = [reference.tensors(bits, lengths, cut_parity(bits, lengths)) for bits, lengths in drawn]
        if size == "tiny":
            batches = [_with_a_small_loss(network, *batches[0][:2])] * count
        calls = call_steps("train_step", *map(ModuleState.of, network), batches=batches, learning_rate=STEP_RATE,
                           forbid=READY_LAST)
        for number, (called, batch) in enumerate(zip(calls, batches, strict=True), start=1):
            query = Query(f"train_step, batch {number} of {count} (SGD, {size} gradients)", THE_LOOP)
            after = reference.weights_of(module.build() for module in called.modules)
            reference.set_weights(not_zeroed, reference.weights_of(network))
            _update(not_zeroed, batch, "zero_grad")
            before = reference.weights_of(network)
            _update_and_check_loss(query, network, batch, called.result, number)
            expected = reference.weights_of(network)
            difference = float((after - expected).abs().max())
            if difference > 1e-5 + 2e-3 * float((expected - before).abs().max()):
                query.part("the weights after it").fail(
                    "those of one update with the clipped gradient of end_loss",
                    f"weights that differ by up to {difference:.2g}",
                    _cause_of_update(before, after, expected, reference.weights_of(not_zeroed), size))
            reference.set_weights(network, after)


def _update(network: Network, batch: tuple, mistake: str = "") -> float:
    """Perform one update with SGD and return the loss before the update."""
    return reference.update(network, torch.optim.SGD(reference.parameters(network), lr=STEP_RATE), batch, mistake)


def _with_a_small_loss(network: Network, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch whose labels match the network's predictions.

    Scales the weights of the readout, so that the last logits have absolute values of at least 7.
    """
    last = reference.logits_of(network, inputs)[torch.arange(len(inputs)), lengths - 1, 0].detach()
    for parameter in network[1].parameters():
        parameter.data *= 7 / last.abs().min()
    return inputs, lengths, (last > 0).float()


def _update_and_check_loss(query: Query, network: Network, batch: tuple, result: Any, number: int) -> None:
    """Perform the reference update of a network and compare its loss with the student's."""
    inputs, lengths, labels = batch
    logits = reference.logits_of(network, inputs).detach()
    correct_loss = _update(network, batch)
    loss_after = reference.end_loss(reference.logits_of(network, inputs), lengths, labels)
    loss_query = query.part("the loss that it returns")
    loss_query.require_close(as_loss(loss_query, result), correct_loss, "The loss of the first batch was correct. Do "
                             "you carry the hidden state of the last batch into this one? Every batch starts from "
                             "zeros." if number > 1 else "", itertools.chain(
        [(loss_after, "This is the loss after the update. Compute it once, before `backward`, and return that.")],
        loss_mistakes(logits, lengths, labels)), tolerance=1e-4)


def _cause_of_update(before: Tensor, after: Tensor, expected: Tensor, not_zeroed: Tensor, size: str) -> str:
    """Return a hint about the likely mistake if the loss is correct but the update is wrong."""
    own, correct = after - before, expected - before
    ratio = float(own @ correct / (correct @ correct))
    if unmoved := _unmoved(before, after):
        return unmoved if size == "small" else "Nothing moved, but earlier updates were correct. Is one left out?"
    if reference.distance(after, not_zeroed) < 1e-5:
        return reference.MISTAKES["zero_grad"][0]
    if size == "large":
        return ("The update is correct for small gradients and not for large ones. `clip_grad_norm_` scales the whole "
                "gradient to a norm of 1, that of all parameters together.")
    if reference.distance(own, ratio * correct) < 1e-3 * reference.distance(own, 0 * own):
        return (f"The update has the correct direction, but it is {ratio:.4g} times as long as it should be. Do you "
                "change the learning rate, the loss or the gradient?")
    return ("The loss is correct and the update is not. It consists of `zero_grad`, `backward`, `clip_grad_norm_` and "
            "`step`, in this order, on the parameters of both modules.")


def _unmoved(before: Tensor, after: Tensor) -> str:
    """Return a hint if an update has not changed the weights of the LSTM."""
    if reference.distance(before[:-HIDDEN - 1], after[:-HIDDEN - 1]):       # without the readout's weights
        return ""
    return DETACHED if reference.distance(before, after) else STILL


# ---------------------------------------------------------------- modules that come from the seed


@check("train_at_the_end: two modules of the required size, from the seed, moved by training")
@with_correct_last_valid()
def train_at_the_end(seed: int = 0) -> None:
    """Check that the student's training function is reproducible and uses its arguments.

    ``train_at_the_end(max_length, steps, seed, min_length=1)`` returns an nn.LSTM and an nn.Linear.
    """
    seed = seed % 1000
    weights, again = (train_weights(4, 2, seed) for _ in range(2))
    text = f"train_at_the_end(4, 2, seed={seed})"
    if not torch.equal(weights, again):
        Query(text, THE_SEED).fail(
            "the same weights when it is called twice", "different weights", "Something is drawn without the seed. "
            "Call torch.manual_seed(seed) before you make the modules, and draw the strings with "
            "np.random.default_rng(seed).")
    start = train_weights(4, 0, seed)
    for changed, change, hint, see in (
            (train_weights(4, 2, seed + 1), "another seed", "The argument `seed` is not used.", THE_SEED),
            (start, "0 steps", "The argument `steps` is not used, or the modules that you return are not the trained "
             "ones.", THE_LOOP),
            (train_weights(4, 2, seed, min_length=4), "min_length=4", "The argument `min_length` is not used.",
             THE_LABEL)):
        if torch.equal(weights, changed):
            Query(text, see).fail(f"other weights than with {change}", f"the weights of {change}", hint)
    if torch.equal(start, train_weights(4, 0, seed + 1)):
        Query(f"train_at_the_end(4, 0, seed={seed})", THE_SEED).fail(
            "first weights that depend on the seed", "the same first weights for the next seed",
            "The weights do not come from `seed`. Call torch.manual_seed(seed) before you make the modules.")


def train_weights(max_length: int, steps: int, seed: int, **kwargs: Any) -> Tensor:
    """Train a network with the student's ``train_at_the_end`` and return its weights as a single vector."""
    arguments = [str(max_length), str(steps), f"seed={seed}", *(f"{key}={value}" for key, value in kwargs.items())]
    query = Query(f"train_at_the_end({', '.join(arguments)})", THE_LOOP)
    pair = "a pair (lstm, readout) of nn.LSTM and nn.Linear"
    result = query.call("train_at_the_end", max_length, steps, seed, **kwargs,
                        forbid=READY_TRAINING if steps <= FIRST_STEPS else (), causes={"` returns ": f"Return {pair}. "
                        "The check copies their weights into a network of its own, so it cannot use a class of yours."})
    if not isinstance(result, (tuple, list)) or [getattr(part, "cls", "") for part in result] != ["LSTM", "Linear"]:
        query.fail(pair, type(result).__name__, "Return lstm, readout.")
    if not result[0].arguments["batch_first"]:
        query.fail("an nn.LSTM with batch_first=True", "an nn.LSTM without it", "Without batch_first=True, the LSTM "
                   "takes strings for time steps: it reads down the batch, and raises no error.")
    network = reference.new_network()
    try:
        for module, part in zip(network, result, strict=True):
            module.load_state_dict(part.state)
    except RuntimeError:
        query.fail("nn.LSTM(1, 8, batch_first=True) and nn.Linear(8, 1)", "modules of another size",
                   "The LSTM has 1 input, 8 hidden units and one layer, and the readout has one output.")
    return reference.weights_of(network)


# ---------------------------------------------------------------- the whole loop


@check("trained on strings of up to 10 bits, the network is correct on strings of that kind")
@with_correct_last_valid()
def trained_short(seed: int = 0) -> None:
    """Check that the student's network learns the parity of strings of up to 10 bits.

    The updates have to be those of the task, and one of three training runs has to reach an accuracy of 90 % on
    strings of 1 to 10 bits.
    """
    _require_loop(seed)
    _require_accuracy("strings of 1 to 10 bits", *SHORT, seed)
    if not seed:
        _require_many_updates()


@check("trained on strings of up to 10 bits, the network is correct on strings of up to 50")
@with_correct_last_valid()
def trained_long(seed: int = 0) -> None:
    """Check that the student's trained network generalises to strings of up to 50 bits.

    The updates have to be those of the task, and one of three training runs has to reach an accuracy of 95 % on
    strings of 11 to 50 bits.
    """
    _require_loop(seed)
    follow(6 + seed % 6, seed % 100, min_length=4, longest=LONG[1])
    _require_accuracy("strings of 11 to 50 bits, longer than any in training", *LONG, seed)
    if not seed:
        _require_many_updates()


def _require_loop(seed: int) -> None:
    """Raise CheckFailed unless the student's training loop makes the correct updates."""
    for training_seed in TRAINING_SEEDS:
        follow(FIRST_STEPS, training_seed, near=NEAR)
    scale_readouts(40.0)        # without clipping, only large gradients show the difference
    try:
        follow(FIRST_STEPS, TRAINING_SEEDS[0], note=" (with large weights in the readout)")
    finally:
        scale_readouts(1.0)
    follow(6 + seed % 6, seed % 100, longest=LONG[1])
    follow(int(np.random.default_rng(seed).integers(STEPS // 2, STEPS)), seed % 100)


def _require_many_updates() -> None:
    """Raise CheckFailed unless a long training run on short strings ends with the same weights as the reference loop.

    On such short strings, rounding errors hardly ever add up to more than 1e-5.
    """
    for training_seed in TRAINING_SEEDS[:2]:
        start, after = (train_weights(3, update, training_seed) for update in (0, MANY_STEPS))
        expected = reference.weights_after(MANY_STEPS, tuple(start.tolist()), training_seed, 1, 3)
        if reference.distance(after, expected) < NEAR:
            return
    Query(f"train_at_the_end(3, {MANY_STEPS}, seed={training_seed}), followed from your weights after 0 updates",
          THE_LOOP).fail("the weights of the task's loop after the last update", "other weights", "In a run of "
                         f"{STEPS} updates, all were those of the task. Does something change later: the learning "
                         "rate, the lengths of the strings, or which network is returned?")


def _require_accuracy(kind: str, shortest: int, longest: int, least: float, seed: int) -> None:
    """Raise CheckFailed unless at least one training run reaches the required accuracy."""
    best = 0.0
    for training_seed in TRAINING_SEEDS:
        best = max(best, accuracy(follow(STEPS, training_seed), shortest, longest, seed))
        if best >= least:
            return
    Query(f"train_at_the_end({LONGEST}, {STEPS}, seed), the best of the seeds {TRAINING_SEEDS}, on {kind}",
          THE_LOOP).fail(f"at least {least:.0%} correct", f"{best:.1%} correct", "The updates are those of the task, "
                         "so look at the lines before them: how do the modules start?")


@torch.no_grad()
def accuracy(network: Network, shortest: int, longest: int, seed: int = 0) -> float:
    """Return the accuracy of a network on 30 random strings of each length from ``shortest`` to ``longest``."""
    lengths = np.repeat(np.arange(shortest, longest + 1), 30)
    bits = np.random.default_rng(seed).integers(2, size=(len(lengths), longest))
    labels = cut_parity(bits, lengths)
    logits = reference.logits_of(network, reference.tensors(bits, lengths, labels)[0])[..., 0].numpy()
    return float(((logits[np.arange(len(bits)), lengths - 1] > 0) == (labels == 1)).mean())


def follow(steps: int, seed: int, min_length: int = 1, longest: int = LONGEST, near: float = LATE_NEAR,
           note: str = "") -> Network:
    """Return the student's network after a given number of updates.

    Raises CheckFailed unless the task's loop leads to the same weights. The task's loop starts from the student's
    weights after 0 updates. Weights are compared because a network may learn in spite of a mistake.
    """
    kwargs = {} if min_length == 1 else {"min_length": min_length}

    @functools.cache
    def at(update: int) -> Tensor:
        return train_weights(longest, update, seed, **kwargs)

    def new_loop(mistake: str = "") -> Loop:
        return Loop(at(0), seed, min_length, longest, mistake)

    def agree(update: int, near: float) -> bool:
        expected = reference.weights_after(update, tuple(at(0).tolist()), seed, min_length, longest)
        return reference.distance(at(update), expected) < near

    if not agree(steps, near):
        last, wrong = 0, steps
        while wrong - last > 1:
            middle = (last + wrong) // 2
            last, wrong = (middle, wrong) if agree(middle, NEAR) else (last, middle)
        if not agree_in_parts(at, new_loop(), last, steps):
            if reference.distance(at(wrong), train_weights(longest, wrong, seed, **kwargs)):
                hint, see = "Something is drawn without the seed: the next call with it gives other weights.", THE_SEED
            else:
                hint, see = _cause(at, new_loop, last)
            arguments = f"{longest}, {steps}, seed={seed}" + "".join(f", {key}={n}" for key, n in kwargs.items())
            query = Query(f"train_at_the_end({arguments}){note}, followed from your weights after 0 updates", see)
            query.fail("the weights of the task's loop after every update", f"other weights from update {wrong} on",
                       hint)
    network = reference.new_network()
    reference.set_weights(network, at(steps))
    return network


def agree_in_parts(at: Callable[[int], Tensor], loop: Loop, last: int, steps: int) -> bool:
    """Return True if short parts of the student's training agree with the reference ``loop``.

    The first part begins ``BACK`` updates before ``last``, the last update after which the weights agree. Each part has
    ``PART`` updates and starts from the student's weights, which are ``at(n)`` after ``n`` updates.
    """
    begin = max(last - BACK, 0)
    loop.run(begin)
    for first in range(begin, steps, PART):
        reference.set_weights(loop.network, at(first))
        count = min(PART, steps - first)
        if reference.distance(at(first + count), loop.run(count)) >= NEAR:
            return False
    return True


def _cause(at: Callable[[int], Tensor], new_loop: Callable[[str], Loop], last: int) -> tuple[str, str]:
    """Return the likely cause of the first wrong update and a section of the book to read."""
    after, hint = at(last + 1), _unmoved(at(last), at(last + 1))
    if hint == STILL and last:
        hint = (f"Nothing moves after update {last}: the loop stops early, or returns a network from before. The task "
                "asks for the network after its last update.")
    if hint:
        return hint, THE_LOOP
    for mistake, explanation in reference.MISTAKES.items():
        if reference.distance(after, new_loop(mistake).run(last + 1)) < NEAR:
            return explanation
    return ("None of the usual mistakes explains it. Do the checks of `final_parity` and `train_step` pass? If so, "
            "compare your loop with the task: one `rng` is made before the loop, each update calls `draw` once, and "
            "nothing else uses `rng`, not even a validation. One Adam makes all the updates at a rate of 0.03.",
            THE_LOOP)
