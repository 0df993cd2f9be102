"""Runs that were recorded, revealed a seed at a time, after the reader has said how many will succeed.

Chapter: *The experiment*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import traitlets

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require, require_int

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

    conditions = traitlets.List().tag(sync=True)      # saved states sort the keys of a dict
    cap = traitlets.Int().tag(sync=True)
    shown = traitlets.Int(0).tag(sync=True)
    guesses = traitlets.Dict().tag(sync=True)

    def __init__(self, conditions: Mapping[str, Sequence[int | None]], cap: int) -> None:
        require(1 <= len(conditions) <= MOST_CONDITIONS, "conditions", len(conditions),
                f"1 to {MOST_CONDITIONS} of them")
        require_int("cap", cap, least=1)
        counts = sorted({len(steps) for steps in conditions.values()})
        require(len(counts) == 1 and counts[0] > 0, "conditions", counts,
                "as many seeds, at least 1, for each condition")
        for name, steps in conditions.items():
            require(all(step is None or 1 <= step <= cap for step in steps), f"conditions[{name!r}]", list(steps),
                    f"steps from 1 to {cap}, or None")
        listed = [{"name": name, "steps": list(steps)} for name, steps in conditions.items()]
        super().__init__(conditions=listed, cap=cap)

    def summary(self) -> str:
        """What it reveals."""
        names = ", ".join(one["name"] for one in self.conditions)
        return f"Reveals {self._seeds()} recorded runs of each condition, one after another: {names}."

    def picture(self) -> figures.Picture:
        """All runs, without a guess before."""
        return self.told_by(figures.steps_to_solve([(one["name"], one["steps"], self.cap) for one in self.conditions]))

    def _seeds(self) -> int:
        return len(self.conditions[0]["steps"]) if self.conditions else 0

    @traitlets.validate("shown")
    def _check_shown(self, proposal: dict) -> int:
        require(0 <= proposal["value"] <= self._seeds(), "shown", proposal["value"], f"0 to {self._seeds()}")
        return proposal["value"]

    @traitlets.validate("guesses")
    def _check_guesses(self, proposal: dict) -> dict:
        names, most = [one["name"] for one in self.conditions], self._seeds()
        for name, guess in proposal["value"].items():
            require(name in names, "guesses", name, " or ".join(names))
            require(isinstance(guess, int) and 0 <= guess <= most, f"guesses[{name!r}]", guess, f"0 to {most}")
        return proposal["value"]
