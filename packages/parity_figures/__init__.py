"""Functions that draw the figures of the book in a common style.

The figures can be read on white, on black and without colour. Each function returns a :class:`Picture`, which cannot be
made without a text alternative. The module ``picture`` holds the style. The modules ``drawings``, ``gated_cells`` and
``reading`` show how something works, and the modules ``charts_*`` show measurements.
"""
# ruff: noqa: F401

from parity_figures.charts_networks import (
    accuracy_by_length,
    curves,
    drift,
    gradient_norms,
    lines,
    many_curves,
    states_at_moments,
    states_on_ones,
)
from parity_figures.charts_runs import (
    rates,
    steps_to_solve,
    success_rates,
    two_by_two,
)
from parity_figures.drawings import (
    backward_pass,
    encoder_and_decoder,
    machines,
    one_unit,
    packing,
    strings_and_labels,
    unrolled,
)
from parity_figures.gated_cells import gru_cell, lstm_cell, memory_line
from parity_figures.picture import EVEN, ODD, Numbers, Picture, canvas, in_style
from parity_figures.reading import all_at_once, one_by_one, two_ways_to_read, unrolled_with_numbers
from parity_figures.table import Table, table
