"""Checks for the exercise *Without teacher forcing*."""

from parity_checks import check, fresh, private
from parity_checks.decorator import not_installed
from parity_checks.no_teacher_forcing.labels import final_parity, next_max_length

try:
    from parity_checks.no_teacher_forcing.ends import end_gradient, end_loss, last_valid
    from parity_checks.no_teacher_forcing.loops import train_at_the_end, train_step, trained_long, trained_short
except ModuleNotFoundError as error:
    end_gradient = end_loss = last_valid = not_installed(error)
    train_at_the_end = train_step = trained_long = trained_short = end_gradient

__all__ = ["check", "end_gradient", "end_loss", "final_parity", "fresh", "last_valid", "next_max_length", "private",
           "train_at_the_end", "train_step", "trained_long", "trained_short"]
