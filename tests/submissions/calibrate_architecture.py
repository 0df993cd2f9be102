"""Count how often the check that trains passes, for the solution, correct submissions and similar wrong ones.

``python -m tests.submissions.calibrate_architecture`` writes the JSON file of the same name. The check first
runs tests that need no training (``refused`` counts the seeds with which they reject an answer). Then it tries up to
three starts, and passes if one of them succeeds. ``seeds_passed`` counts single starts, also of rejected answers,
because a network that reads down the batch learns this batch by the order of its strings. ``checks_passed`` counts
whole checks.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

import parity_checks as checks
from parity_checks.architecture import building as check
from tests.submissions import bank, disturbed

STORED = Path(__file__).with_suffix(".json")
CORRECT = ("right_cells_in_a_loop", "right_own_cells_in_float64", "right_helpers_and_noise", "right_steps_first")
WRONG = ("wrong_all_weights_start_alike", "wrong_detached_readout", "wrong_state_not_carried",
         "wrong_batch_first_forgotten", "wrong_sigmoid_at_the_end")


def calibrate(seeds: int = 100) -> dict:
    """Return a row for each answer: its number of starts, how many succeed, and after how many updates."""
    answers = {"solution": None} | {name: bank.named(f"architecture/{name}") for name in CORRECT + WRONG}
    rows = [{"check": check.learns.__name__, "answer": name} | _counted(item, seeds) for name, item in answers.items()]
    return {"about": {"starts": seeds, "updates": check.UPDATES, "tries": check.TRIES}, "disturbed": disturbed_starts(),
            "rows": rows}


def disturbed_starts() -> dict:
    """Return the updates of the solution's quickest start, sorted, with the weights disturbed in different ways."""
    with bank.answers(bank.authoring.notebook(bank.published("architecture"))):
        quickest = [_quickest(number) for number in range(disturbed.TIMES)]
    return {"size": disturbed.SIZE, "updates": sorted(quickest)}


def _quickest(number: int) -> int:
    with disturbed.weights(number):
        updates = [check.train_once(start).updates for start in range(check.TRIES)]
    return min(check.UPDATES + 1 if count is None else count for count in updates)


def _counted(answer: bank.Submission | None, seeds: int) -> dict:
    with bank.answers(bank.notebook(answer) if answer else bank.authoring.notebook(bank.published("architecture"))):
        updates = [check.train_once(start).updates for start in range(seeds)]
        refused = [_refused(seed) for seed in range(seeds)]
    solved = sorted(count for count in updates if count is not None)
    triples = [updates[i:i + check.TRIES] for i in range(seeds - check.TRIES + 1)]
    passes = sum(not refused[i] and any(count is not None for count in triple)
                 for i, triple in enumerate(triples))
    return {"seeds": seeds, "seeds_passed": len(solved), "checks": len(triples), "checks_passed": passes,
            "refused": sum(refused), "most_updates": solved[-1] if solved else None,
            "median_updates": solved[len(solved) // 2] if solved else None}


def _refused(seed: int) -> bool:
    try:
        check.require_learnable(seed)
    except checks.CheckFailed:
        return True
    return False


def main() -> None:
    """Write the counts."""
    torch.set_num_threads(1)
    STORED.write_text(json.dumps(calibrate(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
