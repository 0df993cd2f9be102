"""Words for figures."""

from typing import Any

from parity_lib.experiments import wilson_interval

from .claim import Results


def rate(row: dict[str, Any]) -> str:
    """How many of the seeds, with the interval."""
    low, high = wilson_interval(row["solved"], row["seeds"])
    return f"{row['solved']} of {row['seeds']} seeds (95 % interval {100 * low:.0f} to {100 * high:.0f} %)"


def rate_and_steps(row: dict[str, Any]) -> str:
    """The same, and the steps of those that succeeded."""
    solved = sorted(step for step in row["steps"] if step is not None)
    if not solved:
        return rate(row)
    of = "" if len(solved) == len(row["steps"]) else " of these"
    return f"{rate(row)}; median{of} {row['median_steps']:,.0f} steps, from {solved[0]:,} to {solved[-1]:,}"


def rates(results: Results, *names: str) -> str:
    """Conditions of a series, each with its rate and its steps."""
    return "; ".join(f"{name}: {rate_and_steps(results['conditions'][name])}" for name in names) + "."


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage."""
    return f"{100 * share:.{digits}f} %"


def power(value: float) -> str:
    """A number in words that fit a wide range: 0.12, 6,100 or 3·10⁻¹⁴."""
    if value == 0 or 1e-3 <= value < 1e5:
        return f"{value:.2g}" if value < 100 else f"{value:,.0f}"
    digits, exponent = f"{value:.0e}".split("e")
    return f"{digits}·10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def lowered(number: int) -> str:
    """A number as an index."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
