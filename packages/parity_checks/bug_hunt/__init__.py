"""Checks for the exercise *Bug hunt*."""

from parity_checks import check, fresh, private
from parity_checks.bug_hunt.breaking import find_error_long, find_error_short
from parity_checks.bug_hunt.hunt import (
    hunt_accuracy,
    hunt_draw,
    hunt_labels,
    hunt_logits,
    hunt_loss,
    hunt_update,
)
from parity_checks.bug_hunt.script import script_for

__all__ = ["check", "find_error_long", "find_error_short", "fresh", "hunt_accuracy", "hunt_draw", "hunt_labels",
           "hunt_logits", "hunt_loss", "hunt_update", "private", "script_for"]
