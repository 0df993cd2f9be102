"""Functions that find runs shared by several results files.

Two rows share runs if they have the same settings and were trained from the same seeds.
"""

import html
import json
from dataclasses import asdict
from typing import Any

from IPython.display import HTML

from parity_study.experiments import load, names
from parity_study.experiments.condition import Condition, Enumerated

from .words import named

# These settings do not make a different run: it only continues for longer, or is rounded in a different order.
NO_MATTER = ("max_steps", "backend")

Row = tuple[str, str, int]


def same_runs() -> list[list[Row]]:
    """Group rows from different files that contain the same runs.

    Return groups of ``(file, row, seeds)`` whose settings agree, with the largest group first. Each file occurs only
    once in a group. Every series trains from seeds 0, 1, 2, ..., so if one of two such rows has fewer seeds, its runs
    are a part of the runs of the other row.
    """
    groups: dict[str, dict[str, Row]] = {}
    for source in names():
        results = load(source)
        for name, row in results.get("conditions", {}).items():
            groups.setdefault(json.dumps(settings(results, row), sort_keys=True), {})[source] = (
                source, name, row["seeds"])
    return sorted((list(group.values()) for group in groups.values() if len(group) > 1), key=len, reverse=True)


def settings(results: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of a row that may affect its results."""
    stated = results.get("defaults", {"bits": Enumerated.bits})
    usual = asdict(Enumerated() if "bits" in stated else Condition())
    return {key: value for key, value in (usual | stated | row["settings"]).items() if key not in NO_MATTER}


def show_same_runs() -> HTML:
    """Return a table of the rows that contain the same runs for display on the page *Evidence*."""
    rows = "".join(
        f"<tr><td>{min(seeds for *_, seeds in group)}</td><td>" + "<br>".join(
            f"<code>{source}</code>: {html.escape(named(row))} ({seeds} seeds)" for source, row, seeds in group)
        + "</td></tr>" for group in same_runs())
    return HTML("<table><thead><tr><th>number of shared runs</th><th>where they appear</th></tr></thead>"
                f"<tbody>{rows}</tbody></table>")
