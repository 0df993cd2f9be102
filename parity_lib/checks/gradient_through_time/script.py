"""The training script of the *Bug hunt*: as it should be, in other words, and with one fault or several.

A version is source text. Each fault is an edit of the right script, with numbers
that are drawn; ``GIVEN`` names those of the version that students read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from parity_lib.checks.constants import constant
from parity_lib.errors import require

IMPORTS = """import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
"""
FUNCTIONS = ("draw", "labels", "logits", "loss", "accuracy", "update")
SCRIPT = IMPORTS + '''

def draw(batch, longest, rng):
    """bits [batch, longest], and a mask that is True on each string, whose own length is uniform on 1..longest"""
    lengths = rng.integers(1, longest + 1, size=batch)
    bits = torch.from_numpy(rng.integers(2, size=(batch, longest)))
    return bits, torch.arange(longest) < torch.from_numpy(lengths)[:, None]

def labels(bits):
    """the parity of each string after each bit [batch, steps]"""
    return bits.cumsum(dim=1) % 2

def logits(weights, bits):
    """the outputs of a tanh net [batch, steps]; weights: U [H, 1], V [H, H], b [H], W [1, H], c [1]"""
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
    """the share of right answers at the positions of the mask; a positive output says odd"""
    right = (logits(weights, bits) > 0) == (labels(bits) == 1)
    return right[mask].double().mean().item()

def update(weights, bits, mask, rate, bound):
    """one step of gradient descent on the loss, in place; the gradient as a whole is clipped to the norm `bound`"""
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
    """An edit that breaks one function, and where its docstring says what a test could ask."""

    function: str
    name: str
    edits: tuple[tuple[str, str], ...]
    clue: str


def fault(function: str, name: str, old: str, new: str, clue: str) -> Fault:
    """A fault of one edit."""
    return Fault(function, name, ((old, new),), clue)


LENGTHS = "rng.integers(1, longest + 1, size=batch)"
ARANGE = "torch.arange(longest) < torch.from_numpy(lengths)[:, None]"
PARITY = "bits.cumsum(dim=1) % 2"
STATE = "h = torch.tanh(bits[:, t:t + 1].to(U.dtype) @ U.T + h @ V.T + b)"
READ = "outputs.append(h @ W[0] + c[0])"
MEAN, RIGHT, SCALE = "each[mask].mean()", "right[mask].double().mean().item()", "min(1, bound / norm)"
STEP = f"weight -= rate * weight.grad * {SCALE}"
EACH = "for weight in weights:\n            weight -="


def faults(rng: np.random.Generator) -> list[Fault]:
    """All the faults, in the order of the functions, with fresh numbers in them."""
    every, most = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    lengths, each_length = "which lengths may come up, and do all of them?", "what is the mask on a string's last bit?"
    parity, value = "after each bit, for each string by itself", "the outputs of a net whose states you know"
    flow = "the outputs may be right and their gradient wrong: compare it with differences"
    where = ("which positions count, and for how much each? Ask with outputs that differ: at outputs of 0 each "
             "position costs ln 2, whatever it is")
    odd, counts = "which outputs say odd?", "which positions count, and for how much each?"
    moved = "by how much does each weight move, and where to?"
    clipped = ("is the gradient clipped as a whole, and only where it is too long? Ask with a bound below its norm and "
               "with one above")
    return [
        fault("draw", "the longest is left out", LENGTHS, "rng.integers(1, longest, size=batch)", lengths),
        fault("draw", "short ones are left out", LENGTHS, f"rng.integers({most}, longest + 1, size=batch)", lengths),
        fault("draw", "one length for all", LENGTHS, "np.full(batch, rng.integers(1, longest + 1))", lengths),
        fault("draw", "the last bit is masked", "< torch", "+ 1 < torch", each_length),
        fault("draw", "zeros only", "rng.integers(2, size", "rng.integers(1, size",
              "which bits may come up?"),
        fault("draw", "long ones are rare", LENGTHS, "np.minimum(" + ", ".join([LENGTHS] * 2) + ")",
              "is each length as frequent as the others?"),
        fault("draw", "padding before", ARANGE, "torch.arange(longest) >= longest - torch.from_numpy(lengths)[:, None]",
              "where in its row does a string stand?"),
        fault("labels", "one string goes on in the next", PARITY, "bits.flatten().cumsum(dim=0).view(bits.shape) % 2",
              parity),
        fault("labels", "across strings", PARITY, "bits.cumsum(dim=0) % 2", parity),
        fault("labels", "a step late", PARITY, "(bits.cumsum(dim=1) - bits) % 2", parity),
        fault("labels", "the whole string", PARITY, "(bits.sum(dim=1, keepdim=True) % 2).expand(bits.shape)", parity),
        fault("labels", "even is 1", PARITY, "(bits.cumsum(dim=1) + 1) % 2", parity),
        fault("labels", "the count", PARITY, f"bits.cumsum(dim=1) % {most + 1}", parity),
        fault("logits", "V is transposed", "h @ V.T", "h @ V", value),
        fault("logits", "no bias", " @ V.T + b)", " @ V.T)", value),
        fault("logits", "the state is forgotten", STATE, f"h = h * (t % {every} > 0)\n        {STATE}", value),
        fault("logits", "the gradient stops", "+ h @ V.T", "+ h.detach() @ V.T", flow),
        fault("logits", "the readout sends no gradient back", READ, "outputs.append(h.detach() @ W[0] + c[0])", flow),
        fault("logits", "the bias does not learn", " @ V.T + b)", " @ V.T + b.detach())", flow),
        fault("logits", "the gradient stops now and then", STATE,
              f"h = h if t % {every} else h.detach()\n        {STATE}", flow),
        fault("loss", "the rectangle", MEAN, "each.mean()", where),
        fault("loss", "masked, mean over the rectangle", MEAN, "(each * mask).mean()", where),
        fault("loss", "per string", MEAN, "(each * mask).sum() / len(bits)", where),
        fault("loss", "mean of means", MEAN, "((each * mask).sum(dim=1) / mask.sum(dim=1)).mean()", where),
        fault("loss", "smoothed labels", "labels(bits).to(scores.dtype)", "0.9 * labels(bits).to(scores.dtype) + 0.05",
              "is it the cross-entropy with the labels as they are?"),
        fault("accuracy", "zero says odd", "> 0)", ">= 0)", "what does an output of 0 say?"),
        fault("accuracy", "mean of means", RIGHT,
              "((right & mask).sum(dim=1) / mask.sum(dim=1)).double().mean().item()", counts),
        fault("accuracy", "the rectangle", RIGHT, "right.double().mean().item()", counts),
        fault("accuracy", "padding is right", RIGHT, "(right | ~mask).double().mean().item()", counts),
        fault("accuracy", "above one half", "> 0)", "> 0.5)", odd),
        fault("accuracy", "whole strings", RIGHT, "(right | ~mask).all(dim=1).double().mean().item()", counts),
        fault("update", "old gradients stay", "weight.grad = None", "pass", "and the second step, and the third?"),
        fault("update", "the first weight stays", EACH, EACH.replace("in weights", "in weights[1:]"), moved),
        fault("update", "the last weight stays", EACH, EACH.replace("in weights", "in weights[:-1]"), moved),
        fault("update", "not in place", f"{EACH}{STEP.removeprefix('weight -=')}",
              f"weights[:] = [(weight - {STEP.removeprefix('weight -= ')}).requires_grad_() for weight in weights]",
              "in place: is it the same tensor that has moved?"),
        fault("update", "uphill", "weight -=", "weight +=", moved),
        fault("update", "each by itself", STEP, STEP.replace("norm", "weight.grad.norm()"), clipped),
        fault("update", "never clipped", SCALE, "1", clipped),
        fault("update", "always scaled to the bound", SCALE, "(bound / norm)", clipped),
        fault("update", "entry by entry", f"weight.grad * {SCALE}", "weight.grad.clamp(-bound, bound)", clipped),
        fault("update", "the square of the norm", "torch.sqrt(sum((weight.grad ** 2).sum() for weight in weights))",
              "sum((weight.grad ** 2).sum() for weight in weights)", clipped),
    ]


# What students read has these faults, one a function.
GIVEN = (("draw", "the longest is left out"), ("logits", "the gradient stops"),
         ("accuracy", "padding is right"), ("update", "each by itself"))
# The same functions in other words: a test that turns one of these away asks for more than the docstrings promise.
IN_OTHER_WORDS = (
    (LENGTHS, "1 + (rng.random(batch) * longest).astype(int)"),
    (PARITY, "torch.remainder(torch.cumsum(bits, 1), 2)"),
    (STATE, "h = 2 * torch.sigmoid(2 * (h @ V.T + bits[:, t:t + 1].to(U.dtype) @ U.T + b)) - 1"),
    (MEAN, "torch.where(mask, each, 0).sum() / mask.sum()"),
    (RIGHT, "float((right & mask).sum() / mask.sum())"),
    (SCALE, "(bound / norm).clamp(max=1)"),
)


def with_edits(edits: tuple[tuple[str, str], ...], script: str = SCRIPT) -> str:
    """The script with each old part replaced. Raises ValueError where one is not there exactly once."""
    for old, new in edits:
        require(script.count(old) == 1, "an edit", old, "a part that the script has once")
        script = script.replace(old, new)
    return script


def as_asked(script: str) -> str:
    """A version of the script with the docstrings of a variant, and with functions that keep to them as before.

    Lengths begin at another number, and labels are the parity of the zeros.
    """
    less = constant("gradient_through_time", "shortest") - 1
    if less:
        script = script.replace("uniform on 1..longest", f"uniform on {less + 1}..longest")
        script = re.sub(r"^    lengths = (.*)$", lambda line: f"    lengths = {less} + "
                        + line[1].replace("longest", f"(longest - {less})"), script, count=1, flags=re.MULTILINE)
    if constant("gradient_through_time", "hunted") == "zeros":
        script = re.sub(r"the parity of each string after each bit (.*)$", r"the parity of the number of zeros of each "
                        r"string after each bit \1\n    bits = 1 - bits", script, count=1, flags=re.MULTILINE)
    return script


def given() -> str:
    """The version that students read: the faults of GIVEN, all at once."""
    known = {(one.function, one.name): one.edits for one in faults(np.random.default_rng(0))}
    return with_edits(tuple(edit for key in GIVEN for edit in known[key]))


def right_versions() -> list[str]:
    """The script as it should be, and in other words."""
    return [SCRIPT, with_edits(IN_OTHER_WORDS)]
