"""Tools for rechecking stored results, used by `parity experiment NAME --recheck`.

A recheck derives a sample of the results again, or all of them from seeds that no stored result has used, and compares
them with the stored results. Processors round sums in different orders, so training from the same seed may end
differently on another processor. A recheck therefore does not require equal numbers. It requires that

- no count of successes in the sample differs from the stored count, by Fisher's exact
  test at the significance level ``LEVEL``; and
- all claims of the book about the results still hold if the sample replaces its part of them.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parity_lib.errors import require
from parity_study.claims import failing_claims
from parity_study.comparisons import fisher_p
from parity_study.experiments import conditions, defaults, find, run_settings
from parity_study.experiments.jobs import train_series
from parity_study.experiments.series import SERIES
from parity_study.results import load, made_with, write

LEVEL = 0.001
OTHER_SEEDS = 10_000    # the first of the other seeds


def recheck(name: str, folder: Path, scheduler: str | None = None, jobs: int = -1,
            other_seeds: bool = False) -> dict[str, Any]:
    """Recheck a sample of the results, or all of them if ``other_seeds`` is true, and record the verdict.

    The record is added to ``folder/NAME.json``. It is also returned, and contains the date, the versions, the
    processor, the ``sample`` and the ``verdict``: ``"holds"``, or ``"fails"`` with a list of ``failures``. Raises
    ValueError, and writes nothing, if ``other_seeds`` is true for an experiment whose seeds cannot be chosen.
    """
    stored, provenance = load(name, folder=folder), load(name, "provenance", folder)
    unfinished = folder / f"{name}-recheck-unfinished"
    first_seed = OTHER_SEEDS if other_seeds else 0
    if name in SERIES:
        all_conditions = conditions(name)
        first, *_, last = all_conditions
        sampled = all_conditions if other_seeds else SERIES[name].sample or (first, last)
        chosen = {key: all_conditions[key] for key in sampled}
        first_seed += SERIES[name].first_seed
        seeds = range(first_seed, first_seed + SERIES[name].seeds)
        sample: dict[str, Any] = {"conditions": list(chosen), "seeds": [seeds.start, seeds.stop]}
        derived = {"conditions": train_series(chosen, seeds, unfinished, scheduler, jobs)["conditions"]}
    else:
        require(not other_seeds or "first_seed" in defaults(name), "other_seeds", other_seeds,
                f"False for {name}, whose seeds cannot be chosen")
        sample = {"settings": {"first_seed": first_seed} if other_seeds else getattr(find(name), "SAMPLE", {})}
        derived = run_settings(name, defaults(name) | sample["settings"])
    derived = as_json(derived)
    failures = [*different_counts(derived, stored), *failing_claims(name, replace_part(stored, derived))]
    record = made_with() | {"sample": as_json(sample), "verdict": "fails" if failures else "holds"}
    if failures:
        record["failures"] = failures
    provenance["rechecked"] = [*provenance.get("rechecked", []), record]
    write(folder / f"{name}.json", {"results": stored, "provenance": provenance})
    shutil.rmtree(unfinished, ignore_errors=True)
    return record


def different_counts(derived: Any, stored: Any, path: str = "") -> Iterator[str]:
    """Yield a description of each success count that differs significantly from the stored count."""
    if not isinstance(derived, dict) or not isinstance(stored, dict):
        return
    if {"seeds", "solved"} <= derived.keys():
        rates = [(row["solved"], row["seeds"]) for row in (derived, stored)]
        if fisher_p(*rates) < LEVEL:
            yield "{}: {} of {} seeds solved the task, but {} of {} in the stored results".format(
                path, *rates[0], *rates[1])
    for key, value in derived.items():
        yield from different_counts(value, stored.get(key), f"{path}, {key}".lstrip(", "))


def replace_part(stored: Any, part: Any) -> Any:
    """Return a copy of the nested dict ``stored`` that is updated with the values in ``part``."""
    if not isinstance(stored, dict) or not isinstance(part, dict):
        return part
    return stored | {key: replace_part(stored.get(key), value) for key, value in part.items()}


def as_json(value: Any) -> Any:
    """Convert a value to JSON and back, so that it can be compared with values from a file."""
    return json.loads(json.dumps(value))
