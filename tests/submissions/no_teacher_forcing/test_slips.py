"""Every known mistake in a training loop loses the points, even if the network would learn in spite of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import parity_checks as checks
from parity_checks.no_teacher_forcing import loops as check

LOOP = """
torch.manual_seed(seed)
rng = np.random.default_rng(seed)
lstm, readout = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)
for step in range(steps):
    bits, lengths = draw(64, min_length, max_length, rng)
    labels = (bits * (np.arange(max_length) < lengths[:, None])).sum(axis=1) % 2
    states, last = lstm(torch.from_numpy(bits).float()[..., None])
    logits = readout(states)[torch.arange(len(bits)), lengths - 1, 0]
    loss = nn.functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(labels).float())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
"""
NEW_ADAM = "optimizer = torch.optim.Adam([*lstm.parameters(), *readout.parameters()], lr=0.03)"
# Each message, with the part of the loop that is replaced and its replacement.
NAMED = {
    "The label is that of the string before it was cut": (" * (np.arange(max_length) < lengths[:, None])", ""),
    "`optimizer.zero_grad()` is missing": ("optimizer.zero_grad()", "pass"),
    "Nothing moved": ("optimizer.step()", "pass"),
    "Did you detach the states": ("readout(states)", "readout(states.detach())"),
    "You read the last column": ("lengths - 1", "-1"),
    "Every update has the same strings": ("max_length, rng)", "max_length, np.random.default_rng(seed))"),
    "The gradient is not clipped to a norm of 1": (
        "nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)", "pass"),
    "clipped to a norm of 1: call": ("clip_grad_norm_", "clip_grad_value_"),
    "Something is drawn without the seed": ("np.random.default_rng(seed)", "np.random.default_rng()"),
    "the next call with it gives other weights": ("torch.manual_seed(seed)", "torch.seed()"),
}
# Other mistakes get the general message. Each has the first wrong update, the part that is replaced and its
# replacement.
OTHERS = {
    "state carried": (
        2, "float()[..., None])", "float()[..., None], tuple(h.detach() for h in last) if step else None)"),
    "label at every time step": (
        1, "logits, torch.from_numpy(labels)",
        "readout(states), torch.from_numpy(labels)[:, None, None].expand(64, max_length, 1)"),
    "a draw before the loop": (1, "for step", "draw(64, 1, max_length, rng)\nfor step"),
    "a new optimiser": (2, "optimizer.step()", f"optimizer.step(); {NEW_ADAM}"),
    "only the LSTM": (1, "Adam([*lstm.parameters(), *readout.parameters()]", "Adam([*lstm.parameters()]"),
    "one update more": (1, "range(steps)", "range(steps + 1)"),
    "a later change of the loss": (
        6, "optimizer.zero_grad()", "loss = loss if step < 5 else loss * 0 + (readout(states) ** 2).mean()\n"
        "    optimizer.zero_grad()"),
}


def draw(batch_size, min_length, max_length, rng):
    bits = rng.integers(2, size=(batch_size, max_length))
    return bits, rng.integers(min_length, max_length, size=batch_size, endpoint=True)


def message(part: str, replacement: str, run_check=check.trained_short) -> str:
    """Return the message of a check about the loop with one part replaced, or "" if it passes."""
    assert part in LOOP
    loop = LOOP.replace(part, replacement).replace("\n", "\n    ")
    namespace = {"np": np, "torch": torch, "nn": nn, "draw": draw}
    exec(f"def train_at_the_end(max_length, steps, seed, min_length=1):{loop}return lstm, readout", namespace)
    checks.bind(namespace)
    try:
        run_check()
    except checks.CheckFailed as failure:
        return str(failure)
    finally:
        checks.bind(None)
    return ""


@pytest.mark.slow
def test_the_correct_loop_passes():
    assert message("", "") == ""


@pytest.mark.parametrize("words", NAMED)
def test_a_frequent_mistake_is_named(words):
    assert words in message(*NAMED[words])


@pytest.mark.slow
@pytest.mark.parametrize("mistake", OTHERS)
def test_the_first_wrong_update_of_other_mistakes_is_named(mistake):
    update, part, replacement = OTHERS[mistake]
    text = message(part, replacement)
    assert f"other weights from update {update} on" in text
    assert "None of the usual mistakes explains it" in text or "only the readout" in text


@pytest.mark.slow
def test_the_check_of_long_strings_passes_min_length():
    assert "other weights from update 1 on" in message("min_length, max_length, rng", "1, max_length, rng",
                                                       check.trained_long)
