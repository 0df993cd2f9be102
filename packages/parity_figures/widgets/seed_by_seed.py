"""An interactive figure that reveals recorded runs seed by seed, for the chapter *The experiment*."""

import math
from collections.abc import Mapping, Sequence

import traitlets
from matplotlib.figure import Figure

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require, require_int

MOST_CONDITIONS = 6


class SeedBySeed(ParityWidget):
    """A widget that reveals the results of recorded runs one seed at a time.

    There is a panel for each condition. Each seed adds a dot to it and narrows the interval of the success rate.

    ``conditions`` maps 1 to 6 names to the update that solved the task for each seed, or None if none did; all have the
    same number of seeds. ``cap`` is the update at which a run was stopped. The reader guesses first. ``shown`` is the
    number of seeds that have been revealed, and ``guesses`` maps names to the guessed numbers of successful runs.

    >>> SeedBySeed({"5 bits": [120, None], "50 bits": [None, None]}, cap=4000)
    [Interactive figure] Reveals 2 recorded runs of each condition, one after another: 5 bits, 50 bits.
    """

    _esm, _css = front_end("seed_by_seed")

    conditions = traitlets.List().tag(sync=True)      # a list, because saved widgets sort the keys of a dict
    cap = traitlets.Int().tag(sync=True)
    shown = traitlets.Int(0, min=0).tag(sync=True)
    guesses = traitlets.Dict().tag(sync=True)

    def __init__(self, conditions: Mapping[str, Sequence[int | None]], cap: int) -> None:
        require(1 <= len(conditions) <= MOST_CONDITIONS, "conditions", len(conditions),
                f"1 to {MOST_CONDITIONS} of them")
        require_int("cap", cap, least=1)
        counts = sorted({len(steps) for steps in conditions.values()})
        require(len(counts) == 1 and counts[0] > 0, "conditions", counts,
                "lists with the same number of seeds, at least 1")
        for name, steps in conditions.items():
            require(all(step is None or 1 <= step <= cap for step in steps), f"conditions[{name!r}]", list(steps),
                    f"updates from 1 to {cap}, or None")
        super().__init__(conditions=[{"name": name, "steps": list(steps)} for name, steps in conditions.items()],
                         cap=cap, room=[16.2 + 18.1 * math.ceil(len(conditions) / 2), 24.8 + 18.6 * len(conditions)])

    def summary(self) -> str:
        """Describe the conditions and the number of seeds."""
        names = ", ".join(condition["name"] for condition in self.conditions)
        return (f"Reveals {len(self.conditions[0]['steps'])} recorded runs of each condition, one after another: "
                f"{names}.")

    def draw(self) -> Figure:
        """Plot the results of all runs."""
        return figures.steps_to_solve([(condition["name"], condition["steps"], self.cap)
                                       for condition in self.conditions]).figure
