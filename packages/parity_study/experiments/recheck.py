"""Rechecks of stored results: a stated sample is derived again, and the claims on the results are tried on it.

Processors round sums in different orders, so that a network that is trained from the
same seed may end differently on another processor. A recheck therefore does not
require equal numbers. It requires that

- no count of successes in the sample differs from the stored one, by Fisher's exact
  test at the level ``LEVEL``; and
- every claim on the file holds if the sample replaces its part of the stored results.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from parity_study.experiments import conditions, defaults, find, is_series, load, run_settings
from parity_study.experiments.comparisons import fisher_p
from parity_study.experiments.condition import EVALUATION
from parity_study.experiments.jobs import FinishedJobs, train_series
from parity_study.experiments.result_files import made_with, write

LEVEL = 0.001


def recheck(name: str, folder: Path, failing_claims: Callable[[Any], list[str]], scheduler: str | None = None,
            jobs: int = -1) -> dict[str, Any]:
    """Derive the sample of an experiment again, add a record to ``folder/NAME.json``, and return the record.

    ``failing_claims(results)`` returns a description of each claim that fails on the
    results. The record says when, by which versions and on which processor the ``sample``
    was derived, how many of its ``numbers`` are ``equal`` to the stored ones, and the
    ``verdict``: ``"holds"``, or ``"fails"`` with a list of ``failures``. Raises ValueError,
    and writes nothing, if the file was made with other settings than the present ones.
    """
    stored, provenance = load(name, folder=folder), load(name, "provenance", folder)
    finished = FinishedJobs(folder / "unfinished" / f"{name}-recheck")
    require_equal_settings(name, provenance["settings"], defaults(name) | {"tests": EVALUATION})
    if is_series(name):
        chosen = chosen_conditions(name, stored)
        sample = {"conditions": list(chosen), "seeds": [0, find(name).SEEDS]}
        derived = {"conditions": train_series(chosen, find(name).SEEDS, finished, scheduler, jobs)["conditions"]}
    else:
        sample = {"settings": getattr(find(name), "SAMPLE", {})}
        derived = run_settings(name, defaults(name) | sample["settings"])
    derived = as_json(derived)
    failures = [*different_counts(derived, stored), *failing_claims(replace_part(stored, derived))]
    numbers, stored_numbers = dict(leaves(derived)), dict(leaves(stored))
    record = {**made_with(), "sample": as_json(sample), "numbers": len(numbers),
              "equal": sum(stored_numbers.get(path) == number for path, number in numbers.items()),
              "verdict": "fails" if failures else "holds"} | ({"failures": failures} if failures else {})
    provenance["rechecked"] = [*provenance.get("rechecked", []), record]
    write(folder / f"{name}.json", {"results": stored, "provenance": provenance})
    finished.remove()
    return record


def chosen_conditions(name: str, stored: dict[str, Any]) -> dict[str, Any]:
    """Return the conditions in the sample by name. Raises ValueError if they are stored with other settings."""
    every = conditions(name)
    chosen = {key: every[key] for key in getattr(find(name), "SAMPLE", (next(iter(every)), list(every)[-1]))}
    for key, condition in chosen.items():
        if key not in stored["conditions"]:
            raise ValueError(f"the file of {name} has no condition {key!r}; make it again: parity experiment {name}")
        require_equal_settings(name, stored["defaults"] | stored["conditions"][key]["settings"], asdict(condition))
    return chosen


def require_equal_settings(name: str, stored: dict[str, Any], present: dict[str, Any]) -> None:
    """Raise ValueError if a setting that the file and the present code both know has different values."""
    for key, value in as_json(present).items():
        if key in stored and stored[key] != value:
            raise ValueError(f"the file of {name} was made with {key} = {stored[key]}, which is {value} now; make it "
                             f"again: parity experiment {name}")


def different_counts(derived: Any, stored: Any, path: str = "") -> Iterator[str]:
    """Yield a description of each count of solved runs that Fisher's exact test tells from the stored count."""
    if not isinstance(derived, dict) or not isinstance(stored, dict):
        return
    if {"seeds", "solved"} <= derived.keys():
        rates = [(row["solved"], row["seeds"]) for row in (derived, stored)]
        if fisher_p(*rates) < LEVEL:
            yield "{}: {} of {} seeds solved it, and {} of {} in the file".format(path, *rates[0], *rates[1])
    for key, value in derived.items():
        yield from different_counts(value, stored.get(key), f"{path}, {key}".lstrip(", "))


def replace_part(stored: Any, part: Any) -> Any:
    """Return the stored results with ``part`` in place of the entries of the same keys, at whatever depth."""
    if not isinstance(stored, dict) or not isinstance(part, dict):
        return part
    return stored | {key: replace_part(stored.get(key), value) for key, value in part.items()}


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Yield each plain value in nested dicts and lists, with its path of keys and places."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def as_json(value: Any) -> Any:
    """Return a value as JSON would return it after it was written and read."""
    return json.loads(json.dumps(value))
