"""Runs that were recorded, revealed a seed at a time, after the reader has said how many will succeed.

Chapter: *The experiment*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import traitlets

from parity_lib.errors import require, require_int
from parity_lib.widgets.base import ParityWidget, front_end

MOST_CONDITIONS = 6


class SeedBySeed(ParityWidget):
    """The reader guesses how many runs of each condition solve the task; then a seed drops a dot into every panel.

    ``conditions`` gives each of 1 to 6 conditions a name and, for each seed, the step at which its run solved the
    task, or None; all have as many seeds. ``cap`` is the step at which a run was given up. Below the dots of a
    condition stands Wilson's 95 % interval for its success rate. With a kernel ``shown``, the number of seeds in
    sight, and ``guesses``, a number of runs for each condition that the reader guessed at, follow the reader. Raises
    ValueError where an argument is not allowed.

    >>> SeedBySeed({"5 bits": [120, None], "50 bits": [None, None]}, cap=4000)
    [Interactive figure] Reveals 2 recorded runs of each condition, one after another: 5 bits, 50 bits.
    """

    _esm, _css = front_end("seed_by_seed")

    conditions = traitlets.Dict().tag(sync=True)
    cap = traitlets.Int().tag(sync=True)
    shown = traitlets.Int(0).tag(sync=True)
    guesses = traitlets.Dict().tag(sync=True)

    def __init__(self, conditions: Mapping[str, Sequence[int | None]], cap: int) -> None:
        require(1 <= len(conditions) <= MOST_CONDITIONS, "conditions", len(conditions), f"1 to {MOST_CONDITIONS} of them")
        require_int("cap", cap, least=1)
        counts = sorted({len(steps) for steps in conditions.values()})
        require(len(counts) == 1 and counts[0] > 0, "conditions", counts, "as many seeds, at least 1, for each condition")
        for name, steps in conditions.items():
            require(all(step is None or 1 <= step <= cap for step in steps), f"conditions[{name!r}]", list(steps),
                    f"steps from 1 to {cap}, or None")
        super().__init__(conditions={name: list(steps) for name, steps in conditions.items()}, cap=cap)

    def summary(self) -> str:
        """What it reveals."""
        seeds = len(next(iter(self.conditions.values())))
        return f"Reveals {seeds} recorded runs of each condition, one after another: {', '.join(self.conditions)}."

    @traitlets.validate("shown")
    def _check_shown(self, proposal: dict) -> int:
        most = len(next(iter(self.conditions.values()), []))
        require(0 <= proposal["value"] <= most, "shown", proposal["value"], f"0 to {most}")
        return proposal["value"]

    @traitlets.validate("guesses")
    def _check_guesses(self, proposal: dict) -> dict:
        most = len(next(iter(self.conditions.values()), []))
        for name, guess in proposal["value"].items():
            require(name in self.conditions, "guesses", name, " or ".join(self.conditions))
            require(isinstance(guess, int) and 0 <= guess <= most, f"guesses[{name!r}]", guess, f"0 to {most}")
        return proposal["value"]
