"""Checks for the exercise *LSTM comparison*."""

from parity_checks.lstm_comparison.cell import lstm_step
from parity_checks.lstm_comparison.forget_bias import forget_bias
from parity_checks.lstm_comparison.medians import summarise
from parity_checks.lstm_comparison.memory_cell import memory_cell
from parity_checks.lstm_comparison.plans import fair_plan
from parity_checks.reporting import check, fresh, not_installed, private

try:
    from parity_checks.lstm_comparison.gradient_norms import gradient_norms
    from parity_checks.lstm_comparison.lstm_parity import lstm_parity
except ModuleNotFoundError as error:
    gradient_norms = lstm_parity = not_installed(error)

__all__ = ["check", "fair_plan", "forget_bias", "fresh", "gradient_norms", "lstm_parity", "lstm_step", "memory_cell",
           "private", "summarise"]
