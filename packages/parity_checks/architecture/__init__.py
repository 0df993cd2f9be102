"""Checks for the exercise *Architecture*."""

from parity_checks import check, fresh, private
from parity_checks.architecture.counts_and_rates import count_parameters, success_rate
from parity_checks.architecture.modulo import multiple_of_three
from parity_checks.decorator import not_installed

try:
    from parity_checks.architecture.building import build_model, learns
except ModuleNotFoundError as error:
    build_model = learns = not_installed(error)

__all__ = ["build_model", "check", "count_parameters", "fresh", "learns", "multiple_of_three", "private",
           "success_rate"]
