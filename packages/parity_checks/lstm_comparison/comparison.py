"""Checks for the student's ``fair_plan`` and ``summarise`` functions."""

import itertools
from collections import Counter
from typing import Any

import numpy as np

from parity_checks.architecture.counts_and_rates import COUNT, count
from parity_checks.assertions import Query, likely_cause, messages
from parity_checks.decorator import check

WORDS = messages("lstm_comparison")
BUDGETS = "training#Twenty seeds instead of one"

KEYS = ("net", "units", "seed", "lr", "max_updates")
Run = dict[str, Any]


@check("fair_plan: three networks with the same seeds, rates and budget")
def fair_plan(seed: int = 0) -> None:
    """Check ``fair_plan(lstm_units, seeds, budget, rates)``, which returns a list with a dict for each run."""
    rng = np.random.default_rng(seed)
    # With 5 units, an RNN has exactly as many parameters as the LSTM; with 6 units, one has a single parameter less.
    cases = [(8, [0, 1, 2, 3, 4], 1500, [0.01]), (2, [1], 100, [0.02]), (4, [1], 100, [0.02]),
             (5, [7, 3], 300, [0.003, 0.03]), (6, [2], 200, [0.02]), (1, [11], 50, [0.1])]
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
    """Return the total number of parameters in a one-input recurrent layer and its readout."""
    return count({"RNN": "tanh", "LSTM": "lstm"}[net], 1, units, 1) + units + 1


def matched_units(lstm_units: int) -> int:
    """Return the number of units in the smallest RNN that has at least as many parameters as an LSTM."""
    wanted = parameters("LSTM", lstm_units)
    return next(units for units in itertools.count(1) if parameters("RNN", units) >= wanted)


def _as_runs(query: Query, result: Any) -> list[Run]:
    if not isinstance(result, (list, tuple)) or not result:
        query.fail("a list with a dict for each run", result, WORDS["return-missing"] if result is None else "")
    runs = []
    for run in result:
        if not isinstance(run, dict) or set(run) != set(KEYS):
            query.fail(f"a dict with the keys {', '.join(KEYS)}", sorted(run) if isinstance(run, dict) else run)
        if not isinstance(run["net"], str) or run["net"] not in ("RNN", "LSTM"):
            query.part("net").fail('"RNN" or "LSTM"', run["net"])
        for key, kind in (("units", "integer"), ("seed", "integer"), ("lr", None), ("max_updates", "integer")):
            query.part(key).as_array(run[key], (), kind)
        runs.append({"net": run["net"], "lr": float(run["lr"])}
                    | {key: int(run[key]) for key in ("units", "seed", "max_updates")})
    return runs


def _require_networks(query: Query, runs: list[Run], lstm_units: int) -> None:
    """Raise CheckFailed unless the plan has the LSTM, an RNN with as many units and an RNN with as many parameters."""
    lstms, rnns = (sorted({run["units"] for run in runs if run["net"] == net}) for net in ("LSTM", "RNN"))
    if not lstms or not rnns:
        query.part("the networks").fail("an LSTM and two RNNs", f"only {runs[0]['net']}s", WORDS["one-network"])
    if lstms != [lstm_units]:
        query.part("the units of the LSTM").fail([lstm_units], lstms, WORDS["lstm-units"])
    expected = sorted((lstm_units, matched_units(lstm_units)))
    if rnns != expected:
        hint = (WORDS["one-rnn"] if len(rnns) == 1 else WORDS["no-equal-units"] if lstm_units not in rnns else
                _size_hint([units for units in rnns if units != lstm_units], lstm_units))
        Query(f"{query.text}: the units of the RNNs", COUNT).fail(expected, rnns, hint)


def _size_hint(others: list[int], lstm_units: int) -> str:
    wanted, matched = parameters("LSTM", lstm_units), matched_units(lstm_units)
    here = ", ".join(f"an RNN with {units} units has {parameters('RNN', units)} parameters" for units in others)
    # With 2 units, only a missing bias vector makes the RNN one unit too large, and with 4 that or missing readouts.
    too_many = {2: "one-bias-of-rnn", 4: "readouts-forgotten"}.get(lstm_units, "one-too-many")
    sizes = {matched + 1: too_many, matched - 1: "one-too-few", 2 * lstm_units: "twice",
             4 * lstm_units: "four-times"}      # for a few units, two of these are equal, and the last one counts
    mistake = sizes.get(others[0], "other-size") if len(others) == 1 else "other-size"
    return WORDS[mistake].format(counts=f"The LSTM with its readout has {wanted} parameters; {here}.")


def _require_same_conditions(query: Query, runs: list[Run], seeds: list[int], budget: int, rates: list[float]) -> None:
    """Raise CheckFailed unless a network has exactly one full-budget run for each learning rate and seed."""
    matched = [(run["lr"], run["seed"]) for run in runs] == list(zip(rates, seeds, strict=False))
    if matched and len(runs) < len(rates) * len(seeds):
        query.fail("each rate with each seed", "the first rate with the first seed, and so on",
                   WORDS["one-run-per-pair"])
    for key, allowed, hint in (
            ("max_updates", [budget], WORDS["budget-differs"]),
            ("seed", seeds, WORDS["seeds-differ"]),
            ("lr", rates, WORDS["rates-differ"])):
        found = sorted({run[key] for run in runs})
        if found != sorted(allowed):
            query.part(key).fail(sorted(allowed), found, hint)
    pairs = Counter((run["lr"], run["seed"]) for run in runs)
    for pair in itertools.product(rates, seeds):
        if pairs[pair] != 1:
            query.part(f"rate {pair[0]} with seed {pair[1]}").fail(
                "1 run", f"{pairs[pair]} runs", WORDS["one-run-per-pair"])


@check("summarise: solved runs, all runs, and a median that counts every run")
def summarise(seed: int = 0) -> None:
    """Check ``summarise(steps)`` for numbers and None. It returns ``(solved, count, median)``."""
    rng = np.random.default_rng(seed)
    cases: list[list] = [[100, 130, 400, *[None] * 4], [300, 100, 250], [100, 300, 900, 500],
                         [None, 100, None, None, None],
                         [400, None, 150, 50, None], [None, None], [700], [200, None, 100, None], [100, 900, 200, None],
                         [101, 300, 200, 100]]
    cases += [[None if rng.random() < 0.4 else int(step) for step in rng.integers(1, 2000, size=rng.integers(1, 9))]
              for _ in range(20)]
    for steps in cases:
        query = Query(f"summarise({steps})", BUDGETS)
        result = query.call("summarise", list(steps))
        late = [np.inf if step is None else step for step in steps]
        median = float(np.median(late))
        expected = sum(step is not None for step in steps), len(steps), median if np.isfinite(median) else None
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            query.fail(expected, result, WORDS["three-values"])
        counts = tuple(int(query.part(f"the number of {kind} runs").as_array(number, (), "integer"))
                       for kind, number in zip(("solved", "all"), result, strict=False))
        if counts != expected[:2]:
            unsolved = len(steps) - expected[0], len(steps)
            hint: dict[tuple, str] = {expected[1::-1]: "counts-swapped", unsolved: "unsolved-counted"}
            query.fail(expected, tuple(result), WORDS[hint.get(counts, "wrong-counts")])
        got = None if result[2] is None else query.part("the median").as_array(
            result[2], (), nan_hint=WORDS["median-none"])
        if got != expected[2]:
            query.fail(expected, tuple(result), _median_hint(got, late))


def _median_hint(got: np.ndarray | None, late: list[float]) -> str:
    if got is None or not np.isfinite(got):
        return WORDS["median-none"]
    solved = [step for step in late if np.isfinite(step)]
    return likely_cause(got, [
        (np.floor(np.median(late)), WORDS["half-a-step"]), *(
            (sorted(late)[(len(late) - lower) // 2], WORDS["even-number"]) for lower in (0, 1)),
        (late[len(late) // 2], WORDS["not-sorted"]),
        (np.median(solved or np.nan), WORDS["solved-only"]),
        (np.mean(solved or np.nan), WORDS["mean-not-median"]),
        *((end(late), WORDS["largest-or-smallest"]) for end in (max, min)),
        (np.median([step if np.isfinite(step) else 0 for step in late]), WORDS["unsolved-first"])],
        tolerance=0) or WORDS["unsolved-replaced"]
