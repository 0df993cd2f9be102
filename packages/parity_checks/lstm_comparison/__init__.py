"""Checks for the exercise *LSTM comparison*."""

from parity_checks import check, fresh, private
from parity_checks.decorator import not_installed
from parity_checks.lstm_comparison.cell import forget_bias, lstm_step
from parity_checks.lstm_comparison.comparison import fair_plan, summarise
from parity_checks.lstm_comparison.memory_cell import memory_cell

try:
    from parity_checks.lstm_comparison.in_torch import gradient_norms, lstm_parity
except ModuleNotFoundError as error:
    gradient_norms = lstm_parity = not_installed(error)

__all__ = ["check", "fair_plan", "forget_bias", "fresh", "gradient_norms", "lstm_parity", "lstm_step", "memory_cell",
           "private", "summarise"]
