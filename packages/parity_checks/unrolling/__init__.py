"""Checks for the exercise *Unrolling*, which need only NumPy."""

from parity_checks import check, fresh, private
from parity_checks.unrolling.steps import parity, rnn_step, unroll
from parity_checks.unrolling.two_units import two_unit_weights

__all__ = ["check", "fresh", "parity", "private", "rnn_step", "two_unit_weights", "unroll"]
