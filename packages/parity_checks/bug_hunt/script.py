"""The training script for the exercise *Bug hunt*, with a faulty version for each bug.

Each faulty version has one fault. A version is source text. A fault is an edit of the correct script; some numbers in
it are drawn.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from parity_lib.errors import require

SCRIPT = '''import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits


def draw(batch, longest, rng):
    """bits [batch, longest], and a mask that is True on the bits of each string;
    the lengths of the strings are drawn uniformly from 1 to longest, both included"""
    lengths = rng.integers(1, longest + 1, size=batch)
    bits = torch.from_numpy(rng.integers(2, size=(batch, longest)))
    return bits, torch.arange(longest) < torch.from_numpy(lengths)[:, None]

def labels(bits):
    """the parity of each string after each bit [batch, steps]"""
    return bits.cumsum(dim=1) % 2

def logits(weights, bits):
    """the outputs of a tanh network [batch, steps]; weights: U [H, 1], V [H, H], b [H], W [1, H], c [1]"""
    U, V, b, W, c = weights
    h, outputs = torch.zeros(len(bits), len(b), dtype=U.dtype), []
    for t in range(bits.shape[1]):
        h = torch.tanh(bits[:, t:t + 1].to(U.dtype) @ U.T + h @ V.T + b)
        outputs.append(h @ W[0] + c[0])
    return torch.stack(outputs, dim=1)

def loss(weights, bits, mask):
    """the mean cross-entropy over the positions of the mask"""
    scores = logits(weights, bits)
    each = binary_cross_entropy_with_logits(scores, labels(bits).to(scores.dtype), reduction="none")
    return each[mask].mean()

def accuracy(weights, bits, mask):
    """the fraction of correct answers at the positions of the mask; a positive output means odd"""
    right = (logits(weights, bits) > 0) == (labels(bits) == 1)
    return right[mask].double().mean().item()

def update(weights, bits, mask, rate, bound):
    """one update by gradient descent on the loss, which changes the tensors in `weights` themselves;
    the gradient as a whole is clipped to the norm `bound`"""
    for weight in weights:
        weight.grad = None
    loss(weights, bits, mask).backward()
    norm = torch.sqrt(sum((weight.grad ** 2).sum() for weight in weights))
    with torch.no_grad():
        for weight in weights:
            weight -= rate * weight.grad * min(1, bound / norm)
'''


@dataclass(frozen=True)
class Fault:
    """A fault that can be inserted into one function of the training script.

    It replaces ``old`` by ``new``. ``clue`` names a question that leads students to a test for the fault, which is the
    message ``clue-...`` of this exercise.
    """

    function: str
    name: str
    old: str
    new: str
    clue: str


LENGTHS = "rng.integers(1, longest + 1, size=batch)"
ARANGE = "torch.arange(longest) < torch.from_numpy(lengths)[:, None]"
PARITY = "bits.cumsum(dim=1) % 2"
STATE = "h = torch.tanh(bits[:, t:t + 1].to(U.dtype) @ U.T + h @ V.T + b)"
READ = "outputs.append(h @ W[0] + c[0])"
MEAN, RIGHT, SCALE = "each[mask].mean()", "right[mask].double().mean().item()", "min(1, bound / norm)"
STEP = f"weight -= rate * weight.grad * {SCALE}"
EACH = "for weight in weights:\n            weight -="


def faults(rng: np.random.Generator) -> list[Fault]:
    """Return all faults, in the order of the functions. Some contain newly drawn numbers."""
    period, number = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    return [
        Fault("draw", "the longest is left out", LENGTHS, "rng.integers(1, longest, size=batch)", "longest"),
        Fault("draw", "short ones left out", LENGTHS, f"rng.integers({number}, longest + 1, size=batch)", "shortest"),
        Fault("draw", "one length for all strings", LENGTHS, "np.full(batch, rng.integers(1, longest + 1))", "same"),
        Fault("draw", "the last bit is masked", "< torch", "+ 1 < torch", "last-bit"),
        Fault("draw", "zeros only", "rng.integers(2, size", "rng.integers(1, size", "bits"),
        Fault("draw", "long strings are rare", LENGTHS, "np.minimum(" + ", ".join([LENGTHS] * 2) + ")", "frequency"),
        Fault("draw", "padding before", ARANGE, "torch.arange(longest) >= longest - torch.from_numpy(lengths)[:, None]",
              "side"),
        Fault("labels", "a string continues in the next", PARITY, "bits.flatten().cumsum(dim=0).view(bits.shape) % 2",
              "other-strings"),
        Fault("labels", "across strings", PARITY, "bits.cumsum(dim=0) % 2", "other-strings"),
        Fault("labels", "one time step late", PARITY, "(bits.cumsum(dim=1) - bits) % 2", "late"),
        Fault("labels", "the whole string", PARITY, "(bits.sum(dim=1, keepdim=True) % 2).expand(bits.shape)", "late"),
        Fault("labels", "even is 1", PARITY, "(bits.cumsum(dim=1) + 1) % 2", "even"),
        Fault("labels", "the count", PARITY, f"bits.cumsum(dim=1) % {number + 1}", "count"),
        Fault("logits", "V is transposed", "h @ V.T", "h @ V", "value"),
        Fault("logits", "no bias", " @ V.T + b)", " @ V.T)", "value"),
        Fault("logits", "the state is forgotten", STATE, f"h = h * (t % {period} > 0)\n        {STATE}", "forgotten"),
        Fault("logits", "the gradient stops", "+ h @ V.T", "+ h.detach() @ V.T", "flow"),
        Fault("logits", "the readout sends no gradient back", READ, "outputs.append(h.detach() @ W[0] + c[0])", "flow"),
        Fault("logits", "the bias gets no gradient", " @ V.T + b)", " @ V.T + b.detach())", "bias-gradient"),
        Fault("logits", "the gradient stops at some time steps", STATE,
              f"h = h if t % {period} else h.detach()\n        {STATE}", "flow"),
        Fault("loss", "the rectangle", MEAN, "each.mean()", "padding"),
        Fault("loss", "masked, mean over the rectangle", MEAN, "(each * mask).mean()", "padding"),
        Fault("loss", "per string", MEAN, "(each * mask).sum() / len(bits)", "strings-alike"),
        Fault("loss", "mean of means", MEAN, "((each * mask).sum(dim=1) / mask.sum(dim=1)).mean()", "strings-alike"),
        Fault("loss", "smoothed labels", "labels(bits).to(scores.dtype)", "0.9 * labels(bits).to(scores.dtype) + 0.05",
              "labels"),
        Fault("accuracy", "zero means odd", "> 0)", ">= 0)", "zero"),
        Fault("accuracy", "mean of means", RIGHT,
              "((right & mask).sum(dim=1) / mask.sum(dim=1)).double().mean().item()", "strings-alike"),
        Fault("accuracy", "the rectangle", RIGHT, "right.double().mean().item()", "padding"),
        Fault("accuracy", "padding is correct", RIGHT, "(right | ~mask).double().mean().item()", "padding"),
        Fault("accuracy", "above one half", "> 0)", "> 0.5)", "odd"),
        Fault("accuracy", "whole strings", RIGHT, "(right | ~mask).all(dim=1).double().mean().item()", "whole-strings"),
        Fault("update", "old gradients stay", "weight.grad = None", "pass", "next-updates"),
        Fault("update", "the first weight stays", EACH, EACH.replace("in weights", "in weights[1:]"), "stays"),
        Fault("update", "the last weight stays", EACH, EACH.replace("in weights", "in weights[:-1]"), "stays"),
        Fault("update", "not in place", f"{EACH}{STEP.removeprefix('weight -=')}",
              f"weights[:] = [(weight - {STEP.removeprefix('weight -= ')}).requires_grad_() for weight in weights]",
              "in-place"),
        Fault("update", "uphill", "weight -=", "weight +=", "moved"),
        Fault("update", "each by itself", STEP, STEP.replace("norm", "weight.grad.norm()"), "as-a-whole"),
        Fault("update", "never clipped", SCALE, "1", "never-clipped"),
        Fault("update", "always scaled to the bound", SCALE, "(bound / norm)", "always-scaled"),
        Fault("update", "entry by entry", f"weight.grad * {SCALE}", "weight.grad.clamp(-bound, bound)", "as-a-whole"),
        Fault("update", "the square of the norm", "torch.sqrt(sum((weight.grad ** 2).sum() for weight in weights))",
              "sum((weight.grad ** 2).sum() for weight in weights)", "clipped"),
    ]


# Anybody who watches the loss or the accuracy notices these faults. The script of a student has none of them.
LOUD = {"zeros only", "the count", "uphill", "not in place"}


def faults_of(seed: int) -> list[Fault]:
    """Return the faults of a student's own script, in three or four functions, in the order of the functions."""
    rng = np.random.default_rng(seed)
    possible = [fault for fault in faults(rng) if fault.name not in LOUD]
    functions = list(dict.fromkeys(fault.function for fault in possible))
    chosen = []
    for place in sorted(rng.choice(len(functions), size=rng.integers(3, 5), replace=False)):
        own = [fault for fault in possible if fault.function == functions[place]]
        chosen.append(own[rng.integers(len(own))])
    return chosen


def script_for(seed: int) -> str:
    """Return the training script with the faults of a student, from the student's seed."""
    # From the last function on, because a fault of `logits` may contain a part that one of `accuracy` replaces.
    return with_edits((fault.old, fault.new) for fault in reversed(faults_of(seed)))


# These functions keep the promises of their docstrings, so a test must accept them.
IN_OTHER_WORDS = (
    (LENGTHS, "1 + (rng.random(batch) * longest).astype(int)"),
    (PARITY, "torch.remainder(torch.cumsum(bits, 1), 2)"),
    (STATE, "h = 2 * torch.sigmoid(2 * (h @ V.T + bits[:, t:t + 1].to(U.dtype) @ U.T + b)) - 1"),
    (MEAN, "(torch.where(mask, each, 0) / mask.sum()).sum()"),
    (RIGHT, "1 - (~right & mask).sum().item() * (1 / mask.sum().item())"),
    (STEP, "weight += rate * ((weight - weight.grad * (bound / norm).clamp(max=1)) - weight)"),
)


def with_edits(edits: Iterable[tuple[str, str]]) -> str:
    """Return the edited training script, or raise ValueError if an old part does not occur exactly once."""
    script = SCRIPT
    for old, new in edits:
        require(script.count(old) == 1, "an edit", old, "a part that the script contains once")
        script = script.replace(old, new)
    return script


def with_dead_lines(script: str, rng: np.random.Generator) -> str:
    """Add lines without effect, so that a student's test cannot recognise the correct script by its byte code."""
    return re.sub(r'"""\n(?=    )', lambda found: found[0] + "".join(
        f"    unused = {number}\n" for number in rng.integers(10**9, size=rng.integers(1, 60))), script)
