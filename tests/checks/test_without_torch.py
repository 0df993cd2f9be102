"""Checks that need NumPy alone run where PyTorch is not installed, and the others say what is missing."""

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["torch"] = None         # as if it were not installed

import numpy as np
import parity_checks as checks
from parity_checks import rpc, unrolling, varying_lengths
from parity_checks.core import call, remote_calls

def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V.T + b)

def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
        states.append(h)
    return np.stack(states, axis=1)

checks.bind({"parity": lambda bits: bits.sum(axis=1) % 2, "rnn_step": rnn_step, "unroll": unroll,
             "masked_loss": lambda logits, targets, mask: 0.0,
             "length_mask": lambda n, steps, padding="after": np.arange(steps) < n[:, None] if padding == "after"
             else np.arange(steps) >= steps - n[:, None]})
for check in (unrolling.parity, unrolling.rnn_step, unrolling.unroll, varying_lengths.length_mask):
    check()
    check(seed=7)
with remote_calls(lambda *request: rpc.read(rpc.answer(rpc.request(*request)))):
    unrolling.parity()
try:
    varying_lengths.masked_loss()
except checks.CheckFailed as failure:
    print(failure)
"""


def test_checks_without_torch():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("✓") == 9
    assert ran.stdout.splitlines()[-1] == "This task needs PyTorch."
