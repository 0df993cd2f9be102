"""Checks for the student's ``fair_plan`` function."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np

from parity_checks.assertions import Query, likely_cause
from parity_checks.reporting import check

BUDGETS = "training#twenty-seeds-instead-of-one"
COUNT = "unrolling#how-many-parameters"
KEYS = ("net", "units", "seed", "lr", "max_steps")
Run = dict[str, Any]


@check("fair_plan: three networks with the same seeds, rates and budget")
def fair_plan(seed: int = 0) -> None:
    """Check that the student's ``fair_plan`` function treats the LSTM and both RNNs alike.

    ``fair_plan(lstm_units, seeds, budget, rates)`` returns a list with a dict for each run.
    """
    rng = np.random.default_rng(seed)
    # With 5 units, an RNN has exactly as many parameters as the LSTM; with 6 units, one has a single parameter less.
    cases = [(8, [0, 1, 2, 3, 4], 1500, [0.01]), (5, [7, 3], 300, [0.003, 0.03]), (6, [2], 200, [0.02]),
             (1, [11], 50, [0.1])]
    cases += [(int(units), rng.choice(1000, size=rng.integers(2, 6), replace=False).tolist(),
               int(rng.integers(1, 40)) * 50, rng.choice([0.001, 0.003, 0.01, 0.03], size=2, replace=False).tolist())
              for units in (*rng.integers(2, 13, size=3), *rng.integers(13, 200, size=3))]
    for units, seeds, budget, rates in cases:
        query = Query(f"fair_plan(lstm_units={units}, seeds={seeds}, budget={budget}, rates={rates})", BUDGETS)
        runs = _as_runs(query, query.call("fair_plan", units, list(seeds), budget, list(rates)))
        _require_networks(query, runs, units)
        for net in dict.fromkeys((run["net"], run["units"]) for run in runs):
            own = [run for run in runs if (run["net"], run["units"]) == net]
            _require_same_conditions(query.part(f"the runs of the {net[0]} with {net[1]} units"), own, seeds, budget,
                                     rates)


def parameters(net: str, units: int) -> int:
    """Return the total number of parameters in a recurrent layer with one input and its readout.

    >>> parameters("RNN", 8), parameters("LSTM", 8)
    (97, 361)
    """
    return {"RNN": 1, "LSTM": 4}[net] * units * (1 + units + 2) + units + 1


def matched_units(lstm_units: int) -> int:
    """Return the number of units in the smallest RNN that has at least as many parameters as an LSTM.

    >>> matched_units(8)
    18
    """
    wanted = parameters("LSTM", lstm_units)
    return next(units for units in itertools.count(1) if parameters("RNN", units) >= wanted)


def _as_runs(query: Query, result: Any) -> list[Run]:
    """Convert the student's plan to a list of dicts with plain values, or raise CheckFailed."""
    if not isinstance(result, (list, tuple)) or not result:
        query.fail("a list with a dict for each run", result, "Is a `return` missing?" if result is None else "")
    runs = []
    for run in result:
        if not isinstance(run, dict) or set(run) != set(KEYS):
            query.fail(f"a dict with the keys {', '.join(KEYS)}", sorted(run) if isinstance(run, dict) else run)
        if not isinstance(run["net"], str) or run["net"] not in ("RNN", "LSTM"):
            query.part("net").fail('"RNN" or "LSTM"', run["net"])
        for key, kind in (("units", "integer"), ("seed", "integer"), ("lr", None), ("max_steps", "integer")):
            query.part(key).as_array(run[key], (), kind)
        runs.append({"net": run["net"], "lr": float(run["lr"])}
                    | {key: int(run[key]) for key in ("units", "seed", "max_steps")})
    return runs


def _require_networks(query: Query, runs: list[Run], lstm_units: int) -> None:
    """Raise CheckFailed unless the plan contains the LSTM and the two RNNs to compare it with.

    One RNN has as many units as the LSTM, and the other is the smallest with at least as many parameters.
    """
    lstms, rnns = (sorted({run["units"] for run in runs if run["net"] == net}) for net in ("LSTM", "RNN"))
    if lstms != [lstm_units]:
        query.part("the units of the LSTM").fail([lstm_units], lstms, "The LSTM should have `lstm_units` units.")
    matched = matched_units(lstm_units)
    if rnns == sorted((lstm_units, matched)):
        return
    query = Query(f"{query.text}: the units of the RNNs", COUNT)
    if len(rnns) == 1:
        query.fail(sorted((lstm_units, matched)), rnns, "There should be two RNNs, one with as many units and one with "
                   "at least as many parameters. With one of them alone, a lead of the LSTM may be a matter of size.")
    others = [units for units in rnns if units != lstm_units]
    if len(others) == len(rnns):
        query.fail(sorted((lstm_units, matched)), rnns, "One RNN should have as many units as the LSTM.")
    query.fail(sorted((lstm_units, matched)), rnns, _size_hint(others, lstm_units))


def _size_hint(others: list[int], lstm_units: int) -> str:
    """Return a hint about the RNN that should have as many parameters as the LSTM."""
    wanted, matched = parameters("LSTM", lstm_units), matched_units(lstm_units)
    here = ", ".join(f"an RNN with {units} units has {parameters('RNN', units)} parameters" for units in others)
    cause = likely_cause(others[0] if len(others) == 1 else np.nan, [
        (4 * lstm_units, "An LSTM has about four times the parameters, and not four times the units: V alone grows "
         "with the square of the units."),
        (2 * lstm_units, "Twice the units is nearly correct for large networks, but the task asks for the "
         "exact number."),
        (matched - 1, "This RNN has fewer parameters than the LSTM. Did you count the readouts and both of PyTorch's "
         "bias vectors?"),
        (matched + 1, "A smaller RNN has enough parameters, too. Did you count the readouts?"),
    ], tolerance=0)
    return f"The LSTM with its readout has {wanted} parameters; {here}. {cause}".rstrip()


def _require_same_conditions(query: Query, runs: list[Run], seeds: list[int], budget: int, rates: list[float]) -> None:
    """Raise CheckFailed unless a network has exactly one full-budget run for each learning rate and seed."""
    for key, allowed, hint in (
            ("max_steps", [budget], "Every network should have the same budget: with fewer steps, a run that would "
             "have been solved looks like a failure."),
            ("seed", seeds, "Every network should have all of the seeds and no others. Fewer or other seeds are a "
             "selection, and a seed decides which strings come as well."),
            ("lr", rates, "Every network should have all of the rates: if only one network may choose among several, "
             "it has an advantage.")):
        found = sorted({run[key] for run in runs})
        if found != sorted(allowed):
            query.part(key).fail(sorted(allowed), found, hint)
    pairs = Counter((run["lr"], run["seed"]) for run in runs)
    for pair in itertools.product(rates, seeds):
        if pairs[pair] != 1:
            query.part(f"rate {pair[0]} with seed {pair[1]}").fail("1 run", f"{pairs[pair]} runs", "There should be "
                       "one run for each pair of a rate and a seed.")
