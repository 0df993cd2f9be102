"""Functions that format results as text."""

import re
from typing import Any

from parity_lib.statistics import updates_to_solve, wilson_interval


def rate(row: dict[str, Any]) -> str:
    """Format a success rate with its 95 % interval."""
    low, high = wilson_interval(row["solved"], row["seeds"])
    return f"{row['solved']} of {row['seeds']} seeds (95 % interval {100 * low:.0f} to {100 * high:.0f} %) solved it"


def rate_and_steps(row: dict[str, Any]) -> str:
    """Format a success rate together with the numbers of updates in the successful runs."""
    solved = sorted(step for step in row.get("steps", ()) if step is not None)
    if not solved:
        return rate(row)
    half = updates_to_solve(row["steps"])
    median = f"median {half:,}, " if half else ""
    return f"{rate(row)}; updates: {median}from {solved[0]:,} to {solved[-1]:,}"


PARTS = (           # of a condition's name, as patterns, with words for the reader
    (r"every_step", "a label at every time step"), (r"end", "a label at the end"), (r"lstm\b(.*)", r"LSTM\1"),
    (r"gru\b(.*)", r"GRU\1"), (r"(\d+)\.\.(\d+)", r"\1 to \2 bits"),
    (r"2\^(\d+) drawn", r"batches of 2^\1 drawn strings"),
    (r"bias ([\d.]+)", r"forget bias \1"), (r"all", "all strings"),
    (r"1/(\d+) of one bit", r"one string in \1 of one bit"), (r"none of one bit", "no string of one bit"),
    (r"x (\d+)", r"initial weights × \1"))
SIZE = re.compile(r"(\w+) (\d+) x (\d+)")


def named(condition: str) -> str:
    """Convert the name of a condition to readable text.

    Each of its numbers gets a unit.

    >>> named("every_step, 1..50, lstm"), named("5 bits, 64, bias 0")
    ('a label at every time step, 1 to 50 bits, LSTM', '5 bits, batches of 64, forget bias 0')
    >>> named("50"), named("tanh 2 x 1")
    ('50 bits', 'tanh, units: 2, layers: 1')
    """
    size = SIZE.fullmatch(condition)
    if size:
        return f"{named(size[1])}, units: {size[2]}, layers: {size[3]}"
    return ", ".join(_part(part, condition) for part in condition.split(", "))


def _part(part: str, condition: str) -> str:
    if re.fullmatch(r"\d+", part):
        return f"batches of {part}" if " bits" in condition else f"{part} bits"
    for pattern, words in PARTS:
        if re.fullmatch(pattern, part):
            return re.sub(f"^{pattern}$", words, part)
    return part


def percent(share: float, digits: int = 1) -> str:
    """Format a fraction as a percentage."""
    return f"{100 * share:.{digits}f} %"


def power(value: float) -> str:
    """Format a number in decimal or scientific notation.

    Examples are 0.12, 6,100 and 3·10⁻¹⁴.
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:,.0f}"
    digits, exponent = f"{value:.0e}".split("e")
    return f"{digits}·10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
