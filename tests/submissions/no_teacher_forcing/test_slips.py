"""Every known slip in a loop of training is named by the check, also where the net would learn in spite of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from parity_lib import checks
from parity_lib.checks.no_teacher_forcing import loops as check
from torch import nn

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
# what the message says: the line of the loop that is replaced, and by what
SLIPS = {
    "the label is that of the string before it was cut": (" * (np.arange(max_length) < lengths[:, None])", ""),
    "`optimizer.zero_grad()` is missing": ("optimizer.zero_grad()", "pass"),
    "nothing moved": ("optimizer.step()", "pass"),
    "the states were detached": ("readout(states)", "readout(states.detach())"),
    "the hidden state of the last batch was carried": (
        "float()[..., None])", "float()[..., None], tuple(one.detach() for one in last) if step else None)"),
    "the last column is read": ("lengths - 1", "-1"),
    "the label is compared with every step": (
        "logits, torch.from_numpy(labels)",
        "readout(states), torch.from_numpy(labels)[:, None, None].expand(64, max_length, 1)"),
    "the loss is summed over the strings": ("labels).float())", "labels).float(), reduction='sum')"),
    "odd and even are swapped": ("labels).float())", "1 - labels).float())"),
    "every string has the full length": ("min_length, max_length, rng", "max_length, max_length, rng"),
    "every step has the same strings": ("max_length, rng)", "max_length, np.random.default_rng(seed))"),
    "`rng` is used once before the loop": ("for step", "draw(64, 1, max_length, rng)\nfor step"),
    "the strings do not come from the argument `seed`": ("default_rng(seed)", "default_rng(0)"),
    "the lengths are drawn before the bits": (
        "bits, lengths = draw(64, min_length, max_length, rng)",
        "lengths = rng.integers(min_length, max_length + 1, 64); bits = rng.integers(2, size=(64, max_length))"),
    "the optimiser is made anew for every step": ("optimizer.step()", f"{NEW_ADAM}; optimizer.step()"),
    "only the LSTM moved": ("Adam([*lstm.parameters(), *readout.parameters()]", "Adam([*lstm.parameters()]"),
    "a batch has 32 strings, not 64": ("draw(64", "draw(32"),
    "steps of Adam at a rate of 0.001": ("lr=0.03", "lr=0.001"),
    "steps of SGD at a rate of 0.03": ("Adam", "SGD"),
    "none of the usual mistakes": ("Adam", "RMSprop"),
    "the gradient is not clipped to a norm of 1": (
        "nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)", "pass"),
    "which is another thing": ("clip_grad_norm_", "clip_grad_value_"),
    "every bit has a label here": (
        "logits, torch.from_numpy(labels)", "readout(states)[..., 0], torch.from_numpy(np.cumsum(bits, axis=1) % 2)"),
    "turned into -1 and +1": ("torch.from_numpy(bits).float()", "(2 * torch.from_numpy(bits).float() - 1)"),
    "one step too few": ("range(steps)", "range(1, steps)"),
    "one step too many": ("range(steps)", "range(steps + 1)"),
    "`steps` is not used": ("range(steps)", "range(20)"),
    "something is drawn without the seed": ("np.random.default_rng(seed)", "np.random.default_rng()"),
    "the next call with it gives other weights": ("torch.manual_seed(seed)", "torch.seed()"),
}


# what the message says: the first step that is wrong, the line that is replaced, and by what
LATE_SLIPS = {
    "step 11 has the strings of step 1 again": (11, "bits, lengths = draw(64, min_length, max_length, rng)",
        "rng = np.random.default_rng(seed) if step % 10 == 0 else rng\n"
        "    bits, lengths = draw(64, min_length, max_length, rng)"),
    "step 51 has the strings of step 1 again": (51, "bits, lengths = draw(64, min_length, max_length, rng)",
        "rng = np.random.default_rng(seed) if step % 50 == 0 else rng\n"
        "    bits, lengths = draw(64, min_length, max_length, rng)"),
    "the loop stops early": (10, "range(steps)", "range(min(steps, 9))"),
    "a label at every bit is in the loss": (6, "optimizer.zero_grad()",
        "each = torch.from_numpy(np.cumsum(bits, axis=1) % 2).float()\n"
        "    real = torch.arange(max_length) < torch.from_numpy(lengths)[:, None]\n"
        "    every = nn.functional.binary_cross_entropy_with_logits(readout(states)[..., 0][real], each[real])\n"
        "    loss = every if step > 4 else loss\n    optimizer.zero_grad()"),
    "here the rate becomes 0.003": (51, "optimizer.step()",
        "optimizer.param_groups[0]['lr'] = 0.03 if step < 50 else 0.003\n    optimizer.step()"),
    "those of a later draw": (21, "optimizer.zero_grad()",
        "optimizer.zero_grad()\n    draw(64, min_length, max_length, rng) if step == 19 else None"),
}


def draw(batch_size, min_length, max_length, rng):
    bits = rng.integers(2, size=(batch_size, max_length))
    return bits, rng.integers(min_length, max_length, size=batch_size, endpoint=True)


def said(loop: str, asked=check.trained_short) -> str:
    """What the check, that of the short strings for one, says of a loop: nothing where it passes."""
    source = "def train_at_the_end(max_length, steps, seed, min_length=1):" + loop.replace("\n", "\n    ")
    namespace = {"np": np, "torch": torch, "nn": nn, "draw": draw}
    exec(source + "return lstm, readout", namespace)
    checks.bind(namespace)
    try:
        asked()
    except checks.CheckFailed as failure:
        return str(failure)
    finally:
        checks.bind(None)
    return ""


@pytest.mark.parametrize("words", SLIPS)
def test_slip_is_named(words):
    line, slip = SLIPS[words]
    assert line in LOOP
    assert words in said(LOOP.replace(line, slip))


def test_right_loop_passes():
    assert said(LOOP) == ""


@pytest.mark.parametrize("words", LATE_SLIPS)
def test_slip_after_the_first_steps_is_named_and_placed(words):
    step, line, slip = LATE_SLIPS[words]
    assert line in LOOP
    message = said(LOOP.replace(line, slip))
    assert words in message
    assert f"other weights from step {step}" in message


def test_min_length_is_needed_for_the_long_strings():
    assert "every string has the full length" not in said(LOOP, check.trained_long)
    assert "other weights from step" in said(LOOP.replace("min_length, max_length, rng", "1, max_length, rng"),
                                             check.trained_long)
