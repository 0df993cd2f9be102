"""Checks for the exercise *LSTM comparison*."""

from parity_checks.lstm_comparison.cell import lstm_step
from parity_checks.lstm_comparison.gradient_norms import gradient_norms
from parity_checks.lstm_comparison.lstm_parity import lstm_parity
from parity_checks.lstm_comparison.medians import summarise
from parity_checks.reporting import check, fresh, private

__all__ = ["check", "fresh", "gradient_norms", "lstm_parity", "lstm_step", "private", "summarise"]
