"""Automated checks for students' solutions to the exercises.

Each exercise has a subpackage with one check for each task. Without arguments, a check tries fixed cases, which
students can see. With a seed of :func:`fresh`, it draws new cases, as grading does. A check either prints a line that
begins with ✓ or raises :class:`CheckFailed` with a message for the student, which names the misconception behind a
wrong answer. If PyTorch is not installed, the checks that need it raise :class:`NotChecked`.

The modules ``core``, ``decorator``, ``forbidden_calls``, ``plain_data``, ``private_tests``, ``rpc`` and ``serialise``
know no exercise. They are the protocol between a test and the kernel of a student, which :mod:`parity_grading` uses.
"""

from parity_checks.answers import model_answer
from parity_checks.core import bind, call, call_gradient, call_module, call_on_same
from parity_checks.decorator import check, fresh, grading
from parity_checks.personal_numbers import countries_for, seed_of, seeds_for, strings_for
from parity_checks.plain_data import CallResult, CheckFailed, ModuleState, NotChecked, Seed
from parity_checks.points import summary
from parity_checks.private_tests import private

__all__ = ["CallResult", "CheckFailed", "ModuleState", "NotChecked", "Seed", "bind", "call",
           "call_gradient", "call_module", "call_on_same", "check", "countries_for", "fresh", "grading",
           "model_answer", "private", "seed_of", "seeds_for", "strings_for", "summary"]
