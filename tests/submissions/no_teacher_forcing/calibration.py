"""How often the check that trains passes: the reference and its nearest wrong answers, over many seeds.

``python -m tests.submissions.no_teacher_forcing.calibration`` writes
``calibration.json`` beside this file. It takes about two minutes on one core.

A net trained without zero_grad now and then learns all the same, and then it is
right: that mistake is told for certain by the check of ``train_step``, which
compares weights. The training tells the wrong labels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from parity_lib import checks
from parity_lib.checks import no_teacher_forcing as check
from tests.submissions import bank

HERE = Path(__file__).parent
WRONG = ("wrong_zero_grad_missing", "wrong_label_before_the_cut")


def calibrate(seeds: int = 100) -> dict:
    """Of ``seeds`` trainings, how many pass each step of the check; and of their threes, which is what is graded.

    The check passes where any of three training seeds does, so the counts of
    ``threes`` are over the consecutive triples of seeds.
    """
    counts = {}
    for name in ("solution", *WRONG):
        shares = _shares(name, seeds)
        counts[name] = {}
        for step, (column, least) in {"trained_short": (0, 0.9), "trained_long": (1, 0.95)}.items():
            passed = [row[column] >= least for row in shares]
            threes = [any(passed[i:i + 3]) for i in range(seeds - 2)]
            counts[name][step] = {"seeds": seeds, "passed": sum(passed), "threes": len(threes),
                                  "threes_passed": sum(threes), "lowest": min(row[column] for row in shares),
                                  "highest": max(row[column] for row in shares)}
    return {"max_length": check.LONGEST, "steps": check.STEPS, "counts": counts}


def _shares(name: str, seeds: int) -> list[tuple[float, float]]:
    """Share right on 1 to 10 and on 11 to 50 bits for each training seed of a submission."""
    namespace = {"__name__": "__main__"}
    checks.bind(namespace)
    try:
        for cell in _cells(name):
            exec(compile(cell, f"<{name}>", "exec"), namespace)
        nets = (check.trained(check.LONGEST, check.STEPS, seed) for seed in range(seeds))
        return [(round(check.share_right(*net, 1, check.LONGEST), 4),
                 round(check.share_right(*net, check.LONGEST + 1, 50), 4)) for net in nets]
    finally:
        checks.bind(None)


def _cells(name: str) -> list[str]:
    """The code of a submission that defines something: neither tests nor runs."""
    if name == "solution":
        nb = bank.authoring.notebook(bank.authoring.read(bank.ROOT / "solutions" / "no_teacher_forcing.md"))
    else:
        nb = bank.notebook(bank.read(HERE / f"{name}.py"))
    return [cell.source for cell in nb.cells
            if cell.cell_type == "code" and "nbgrader" in cell.metadata and not cell.metadata["nbgrader"]["grade"]]


if __name__ == "__main__":
    result = calibrate(*map(int, sys.argv[1:]))
    (HERE / "calibration.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
