"""Checks for the exercise *Varying lengths*."""

from parity_checks import check, fresh, private
from parity_checks.varying_lengths.lengths import random_lengths
from parity_checks.varying_lengths.measures import always_even, masked_accuracy, masked_loss, reported_accuracy
from parity_checks.varying_lengths.rectangles import length_mask, run_packed

__all__ = ["always_even", "check", "fresh", "length_mask", "masked_accuracy", "masked_loss", "private",
           "random_lengths", "reported_accuracy", "run_packed"]
