"""OpenAI's question in full: a label at every step or at the end x 50 bits or 1 to 50, for each cell."""

from __future__ import annotations

from parity_lib.cells import CELLS
from parity_lib.experiments.condition import LONGEST, Condition, Conditions, words

SEEDS = 50
QUICK = {"seeds": 3, "cells": ("lstm",), "max_steps": 500}


def conditions(cells: tuple[str, ...] = tuple(CELLS), max_steps: int = 8000) -> Conditions:
    """The conditions by name."""
    return {f"{label}, {words(lengths)}, {cell}": Condition(cell, lengths, label, max_steps=max_steps)
            for label in ("every_step", "end") for lengths in (LONGEST, (1, LONGEST)) for cell in cells}
