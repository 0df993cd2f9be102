"""Automated checks for students' solutions to the exercises.

Each exercise has a subpackage with one check for each task. Without arguments, a check tries fixed cases, which
students can see. With a seed of :func:`fresh`, it draws new cases, as grading does. A check either prints a line that
begins with ✓ or raises :class:`CheckFailed` with a message for the student, which names the misconception behind a
wrong answer. If PyTorch is not installed, the checks that need it raise :class:`NotChecked`.
"""

from parity_checks.answers import model_answer
from parity_checks.core import bind, call, call_gradient, call_module, call_on_same, call_steps
from parity_checks.personal_numbers import seed_of, strings_for
from parity_checks.plain_data import CallResult, CheckFailed, ModuleRun, ModuleState, NotChecked, Seed
from parity_checks.reporting import check, fresh, grading, private, summary

__all__ = ["CallResult", "CheckFailed", "ModuleRun", "ModuleState", "NotChecked", "Seed", "bind", "call",
           "call_gradient", "call_module", "call_on_same", "call_steps", "check", "fresh", "grading", "model_answer",
           "private", "seed_of", "strings_for", "summary"]
