"""Checks for the student's ``forget_bias`` function."""

from __future__ import annotations

import numpy as np

from parity_checks.assertions import Mistakes, Query
from parity_checks.reporting import check

BIAS = "gates#what-the-forget-bias-does-to-the-gradient"
CASES = ((10, 0.25), (1, 0.8), (48, 0.01), (50, 0.5), (1000, 0.5), (3, 1e-6), (100_000, 0.9))


@check("forget_bias: the bias that keeps a given share of the cell state")
def forget_bias(seed: int = 0) -> None:
    """Check that the student's ``forget_bias`` function returns the correct bias for a forget gate.

    ``forget_bias(steps, kept)`` returns the bias with which a share ``kept`` of the cell state is left after ``steps``
    time steps, as a number.
    """
    rng = np.random.default_rng(seed)
    drawn = [(int(10 ** rng.uniform(0.3, 5)), float(rng.uniform(0.02, 0.98))) for _ in range(20)]
    for steps, kept in (*CASES, *drawn):
        query = Query(f"forget_bias(steps={steps}, kept={kept:.4g})", BIAS)
        got = query.as_array(query.call("forget_bias", steps, kept), (),
                             nan_hint="A logarithm of a negative number is not a number.")
        bias = _bias(kept ** (1 / steps))
        hint = ("This is nearly the bias. Is it rounded, an approximation, or computed in float32, which cannot "
                "represent gates very near to 1?" if abs(got - bias) < 0.2 else
                "Let your function return b, and compute sigmoid(b) ** steps: is it the share `kept`?")
        query.require_close(got, bias, hint, _mistakes(steps, kept), 1e-4)


def _bias(gate: float) -> float:
    """Return the bias that sets a gate to the value ``gate`` if all other inputs are zero."""
    return float(np.log(gate) - np.log1p(-gate))


def _mistakes(steps: int, kept: float) -> Mistakes:
    gate = kept ** (1 / steps)
    yield -_bias(gate), "The sign is wrong: a gate that keeps more than one half has a positive bias."
    yield gate, "This is the value of the gate. The bias is the number whose sigmoid is this value."
    yield np.log(gate), "This is the logarithm of the gate, but a gate is the sigmoid of its bias."
    yield np.arctanh(gate), "This is the inverse of tanh. The forget gate is a sigmoid."
    if steps > 1:
        yield _bias(kept), "With this bias, the share `kept` is left after one step."
        yield (_bias(1 - (1 - kept) / steps), "You divided the loss evenly, but the gate multiplies: at each step the "
               "same share of what is left is lost, and not the same amount.")
        yield _bias(kept / steps), "You divided the share by the steps. The shares of all steps are multiplied."
        yield (_bias((1 - kept) ** (1 / steps)), "This bias loses the share that should be kept: `kept` is what is "
               "left.")
        for other in (steps - 1, steps + 1):
            yield _bias(kept ** (1 / other)), "You counted one gate too few or too many: each step has one forget gate."
