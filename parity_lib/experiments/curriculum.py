"""Longest lengths that grow from 2 to 50 with success, against 1 to 50 from the start."""

from __future__ import annotations

from parity_lib.cells import CELLS
from parity_lib.data import Curriculum
from parity_lib.experiments.condition import LONGEST, Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "cells": ("gru",), "max_steps": 5}


def conditions(cells: tuple[str, ...] = tuple(CELLS), max_steps: int = 8000) -> Conditions:
    """The conditions by name."""
    ways = {"grows": Curriculum(2, LONGEST), "from the start": (1, LONGEST)}
    return {f"{cell}, {way}": Condition(cell, lengths, max_steps=max_steps)
            for cell in cells for way, lengths in ways.items()}
