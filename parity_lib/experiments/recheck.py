"""Whether a file of results still comes out of the code: a stated part of it is derived again and compared.

A file carries the hash of the code that made it. After a change of the code the
experiment is run again, or a part of it is, here: only if every number of that
part is equal does the file take the new hash, and beside it a record of what was
derived, when, with which versions, and of the earlier hash. Equal numbers can be
expected on the same type of CPU only.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from parity_lib.experiments import conditions, defaults, find, is_series, source_hash, with_one_thread
from parity_lib.experiments.results import cpu_model, load, today, versions, write

PER_SEED = ("steps", "bit_accuracy", "sequence_accuracy", "far")


def recheck(name: str, folder: Path) -> dict[str, Any]:
    """Derive a part of ``folder/NAME.json`` again; where it is equal, give the file the present hash.

    Returns the record that was added to its provenance: ``{"date", "versions",
    "cpu", "earlier_sources", "sample": what was derived, "numbers": how many
    were compared}``. Raises ValueError, and changes nothing, where a number or a
    setting differs: it names the first.
    """
    behind, settings = source_hash(name), plain(defaults(name))
    stored, made = load(name, folder=folder), load(name, "provenance", folder)
    refuse_other(name, made["settings"], settings)
    sample, found = series_sample(name, made, stored) if is_series(name) else experiment_sample(name)
    numbers = compared(found, stored, folder / f"{name}.json")
    record = {"date": today(), "versions": versions(), "cpu": cpu_model(), "earlier_sources": made["sources"],
              "sample": sample, "numbers": numbers}
    if is_series(name):
        describe(name, stored)
    write(folder / f"{name}.json", {"results": stored, "provenance": made | {
        "settings": made["settings"] | settings, "sources": behind, "rechecked": [*made.get("rechecked", []), record]}})
    return record


def refuse_other(name: str, made: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise ValueError where a setting of the file is another now; settings that are new may be added."""
    for key, value in made.items():
        if key in now and now[key] != value:
            raise ValueError(f"{name} was made with {key} = {value}, which is {now[key]} now: run it again")


def experiment_sample(name: str) -> tuple[dict[str, Any], Any]:
    """All of an experiment, or what it does under the settings of its SAMPLE."""
    module = find(name)
    sample = getattr(module, "SAMPLE", {})
    found = plain(with_one_thread(module.run, **defaults(name) | sample))
    keys = getattr(module, "PER_SEED", None)
    if keys:
        found = only(found, keys)
    return {"settings": plain(sample), "of_each_seed": list(keys or ())} if sample else {"settings": {}}, found


def series_sample(name: str, made: dict[str, Any], stored: Any) -> tuple[dict[str, Any], Any]:
    """The first job of some conditions: those of SAMPLE, or the first and last, and all that are described anew."""
    from parity_lib.experiments.condition import SEEDS_A_JOB, Examination

    every, examination = conditions(name, defaults(name)), Examination()
    refuse_other(name, made["settings"], {"tests": plain(asdict(examination))})
    refuse_other(name, stored["defaults"], usual(every))
    if missing := every.keys() ^ stored["conditions"].keys():
        raise ValueError(f"{name} has other conditions than its file, such as {sorted(missing)[0]!r}: run it again")
    otherwise = [key for key, one in every.items()
                 if plain(one.changed()) != stored["conditions"][key]["settings"]]
    chosen = dict.fromkeys([*getattr(find(name), "SAMPLE", (next(iter(every)), list(every)[-1])), *otherwise])
    seeds = range(min(SEEDS_A_JOB, defaults(name)["seeds"]))
    found = {key: only(plain(every[key].gathered(with_one_thread(
        every[key].rows, seeds=seeds, examination=examination))), PER_SEED) for key in chosen}
    return {"conditions": list(chosen), "seeds": [seeds.start, seeds.stop], "of_each_seed": list(PER_SEED)}, {
        "conditions": found}


def usual(every: dict[str, Any]) -> dict[str, Any]:
    """The settings that a condition has where it names no others."""
    return plain(asdict(type(next(iter(every.values())))()))


def describe(name: str, stored: Any) -> None:
    """Write what the conditions are, as the code says it now, into the results."""
    every = conditions(name, defaults(name))
    stored["defaults"] = usual(every)
    for key, one in every.items():
        stored["conditions"][key]["settings"] = plain(one.changed())


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return json.loads(json.dumps(value))


def only(results: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """What stands under some keys, at whatever depth: the lists with an entry a seed."""
    found = {}
    for key, value in results.items():
        if key in keys:
            found[key] = value
        elif isinstance(value, dict) and (inner := only(value, keys)):
            found[key] = inner
    return found


def compared(found: Any, stored: Any, path: Path, place: str = "results") -> int:
    """How many numbers were compared; of a list the file may hold more. Raises ValueError at the first that differs."""
    if isinstance(found, dict) and isinstance(stored, dict) and found.keys() <= stored.keys():
        return sum(compared(found[key], stored[key], path, f"{place}[{key!r}]") for key in found)
    if isinstance(found, list) and isinstance(stored, list) and len(found) <= len(stored):
        return sum(compared(one, other, path, f"{place}[{i}]") for i, (one, other) in enumerate(zip(found, stored)))
    if found != stored or type(found) is not type(stored):
        raise ValueError(f"{path}: {place} is {stored!r} in the file and {found!r} now; run the experiment again")
    return 1
