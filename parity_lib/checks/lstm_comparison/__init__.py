"""The checks of the exercise *LSTM comparison*."""

from parity_lib.checks.lstm_comparison.cell import lstm_step
from parity_lib.checks.lstm_comparison.gradients import gradient_norms
from parity_lib.checks.lstm_comparison.medians import summarise
from parity_lib.checks.lstm_comparison.model import lstm_parity
from parity_lib.checks.reporting import check, fresh, private

__all__ = ["check", "fresh", "gradient_norms", "lstm_parity", "lstm_step", "private", "summarise"]
