"""Every figure of the book, in one style that reads on white, on black and without colour.

Each function returns a :class:`Picture`, which cannot be made without a text for
those who do not see it. ``picture`` has the style, ``drawings`` what is not measured,
and each module of charts one kind of measurement.
"""

from parity_figures.charts_answers import accuracy_by_length, accuracy_by_step, loss_by_bit, verdicts
from parity_figures.charts_drift import drift
from parity_figures.charts_positions import right_by_position
from parity_figures.charts_rates import (
    lengths_present,
    rates,
    success_grid,
    success_rates,
    two_by_two,
    two_by_two_by_length,
)
from parity_figures.charts_states import interval_rounds, states_in_plane, states_on_ones
from parity_figures.charts_steps import predicted_and_observed, steps_to_solve, survival, trials_to_guess
from parity_figures.charts_training import curves, gradient_norms, label_signal, many_curves
from parity_figures.drawings import gru_cell, lstm_cell, machines, one_unit, strings_and_labels, unrolled
from parity_figures.drawings_backwards import backwards
from parity_figures.drawings_packing import packing
from parity_figures.drawings_still import bits_answered, bits_read, return_map, training_loop
from parity_figures.picture import EVEN, ODD, Numbers, Picture, canvas, in_style
from parity_figures.table import Table, table

__all__ = [
    "EVEN", "ODD", "Numbers", "Picture", "Table", "accuracy_by_length", "accuracy_by_step", "backwards",
    "bits_answered", "bits_read", "canvas", "curves", "drift", "gradient_norms", "gru_cell", "in_style",
    "interval_rounds", "label_signal", "lengths_present", "loss_by_bit", "lstm_cell", "machines", "many_curves",
    "one_unit", "packing", "predicted_and_observed", "rates", "return_map", "right_by_position", "states_in_plane",
    "states_on_ones", "steps_to_solve", "strings_and_labels", "success_grid", "success_rates", "survival", "table",
    "training_loop", "trials_to_guess", "two_by_two", "two_by_two_by_length", "unrolled", "verdicts",
]
