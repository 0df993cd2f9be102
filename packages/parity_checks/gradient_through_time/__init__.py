"""Checks for the exercise *The gradient through time*."""

from parity_checks.gradient_through_time.backward import gradients, output_gradient
from parity_checks.gradient_through_time.breaking import find_error_long, find_error_short
from parity_checks.gradient_through_time.differences import gradient_is_right
from parity_checks.gradient_through_time.hunt import (
    hunt_accuracy,
    hunt_draw,
    hunt_labels,
    hunt_logits,
    hunt_loss,
    hunt_update,
)
from parity_checks.reporting import check, fresh, private

__all__ = ["check", "find_error_long", "find_error_short", "fresh", "gradient_is_right", "gradients", "hunt_accuracy",
           "hunt_draw", "hunt_labels", "hunt_logits", "hunt_loss", "hunt_update", "output_gradient", "private"]
