"""Count how often the two checks that train pass, for the solution, correct submissions and similar wrong ones.

``python -m tests.submissions.calibrate_no_teacher_forcing`` writes the JSON file of the same name. It takes some
minutes on one core. ``seeds_passed`` counts networks that have learned, with any loop: without zero_grad, a few do.
``checks_passed`` counts whole checks, with three consecutive seeds in place of the three seeds of the check.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import torch

import parity_checks as checks
from parity_checks.no_teacher_forcing import loops as check
from parity_checks.no_teacher_forcing import training_reference as reference
from tests.submissions import bank, disturbed

STORED = Path(__file__).with_suffix(".json")
ANSWERS = ("solution", "right_packed", "right_other_kinds", "right_loop_of_its_own", "wrong_zero_grad_missing",
           "wrong_loop_without_zero_grad", "wrong_label_before_the_cut")
ASKED = {"trained_short": check.SHORT, "trained_long": check.LONG}


def calibrate(seeds: int = 100) -> dict:
    """Return a row for each answer and check: how many networks learn, and how many whole checks pass."""
    about = {"max_length": check.LONGEST, "steps": check.STEPS, "seeds": seeds, "first_steps": check.FIRST_STEPS,
             "near": check.NEAR, "least_right": {name: least for name, (*_, least) in ASKED.items()}}
    return {"about": about, "disturbed": disturbed_networks(),
            "rows": [row for answer in ANSWERS for row in _rows(answer, seeds)]}


def disturbed_networks() -> dict:
    """Return the accuracies of the solution's best network, sorted, with the weights disturbed in different ways."""
    best: dict[str, list[float]] = {name: [] for name in ASKED}
    for number in range(disturbed.TIMES):
        with _answer("solution"), disturbed.weights(number):
            networks = [_train(seed) for seed in check.TRAINING_SEEDS]
            passed = all(_passes(name, check.TRAINING_SEEDS) for name in ASKED)
        for name, (shortest, longest, _) in ASKED.items():
            share = max(check.accuracy(network, shortest, longest) for network in networks)
            best[name].append(round(share, 4) if passed else 0.0)
    return {"size": disturbed.SIZE, "shares": {name: sorted(shares) for name, shares in best.items()}}


def _rows(answer: str, seeds: int) -> list[dict]:
    rows = []
    with _answer(answer):
        for name, (shortest, longest, least) in ASKED.items():
            shares = [round(check.accuracy(_train(seed), shortest, longest), 4) for seed in range(seeds)]
            passed = [_passes(name, (seed, seed + 1, seed + 2)) for seed in range(seeds - 2)]
            rows.append({"check": name, "answer": answer, "seeds": seeds,
                         "seeds_passed": sum(share >= least for share in shares), "checks": len(passed),
                         "checks_passed": sum(passed), "lowest": min(shares), "highest": max(shares)})
    return rows


def _train(seed: int) -> reference.Network:
    """Return the network that the answer trains with this seed."""
    network = reference.new_network()
    reference.set_weights(network, check.StudentTraining(seed).at(check.STEPS))
    return network


def _passes(name: str, training_seeds: tuple[int, ...]) -> bool:
    with mock.patch.object(check, "TRAINING_SEEDS", training_seeds), mock.patch("builtins.print"):
        try:
            getattr(check, name)()
        except checks.CheckFailed:
            return False
    return True


@contextlib.contextmanager
def _answer(name: str) -> Iterator[None]:
    """Let the checks use an answer's names. Its trainings are cached, because the checks repeat them."""
    nb = (bank.authoring.notebook(bank.published("no_teacher_forcing")) if name == "solution" else
          bank.notebook(bank.named(f"no_teacher_forcing/{name}")))
    with bank.answers(nb) as names:
        names["train_at_the_end"] = functools.cache(names["train_at_the_end"])
        yield


def write(result: dict) -> None:
    """Write the counts with one row on each line."""
    about, disturbed_rows, rows = (json.dumps(result["about"]), json.dumps(result["disturbed"]),
                         ",\n  ".join(map(json.dumps, result["rows"])))
    text = f'{{\n "about": {about},\n "disturbed": {disturbed_rows},\n "rows": [\n  {rows}\n ]\n}}\n'
    STORED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = calibrate(*map(int, sys.argv[1:]))
    write(result)
