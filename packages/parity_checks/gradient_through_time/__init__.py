"""Checks for the exercise *The gradient through time*."""

from parity_checks import check, fresh, private
from parity_checks.gradient_through_time.backward import gradients, output_gradient
from parity_checks.gradient_through_time.differences import gradient_is_right

__all__ = ["check", "fresh", "gradient_is_right", "gradients", "output_gradient", "private"]
