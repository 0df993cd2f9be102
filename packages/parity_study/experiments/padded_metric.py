"""How accurate does the constant answer "even" appear if padding is counted?

The accuracy without padding is measured too. ``training`` uses batches of 8 strings of up to 50 bits, and
``evaluation`` uses batches of 500 strings of up to 75 bits. ``course`` draws lengths as the course's notebook does
(from 1 to one less than the longest, with the first string at full length); ``uniform`` draws them from 1 to the
longest. Returns ``{"training" | "evaluation": {"course" | "uniform": {"accuracy_with_padding", "accuracy_on_real"}}}``.
"""

from typing import Any

import numpy as np

from parity_lib.data import ParityTask
from parity_study.experiments.summaries import rounded

QUICK: dict[str, Any] = {"batches": 40}


def run(batches: int = 2500, seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for name, steps, batch_size, count in (("training", 50, 8, batches), ("evaluation", 75, 500, -(-batches // 20))):
        rng = np.random.default_rng((seed, steps))
        results[name] = {"course": score_always_even(steps, batch_size, count, rng, as_in_course=True),
                         "uniform": score_always_even(steps, batch_size, count, rng, as_in_course=False)}
    return results


def score_always_even(steps: int, batch_size: int, count: int, rng: np.random.Generator, as_in_course: bool) -> dict:
    """Measure the accuracy of always answering "even" on ``count`` random batches."""
    task = ParityTask((1, steps))
    positions = real = correct_real = correct_padding = 0
    for _ in range(count):
        bits, lengths = task.draw(batch_size, rng)
        if as_in_course:
            lengths = rng.integers(1, steps, size=batch_size)
            lengths[0] = steps
        batch = task.assemble(bits, lengths)
        correct = (batch.targets < 0.5).squeeze(-1)
        positions += correct.numel()
        real += int(batch.mask.sum())
        correct_real += int(correct[batch.mask].sum())
        correct_padding += int(correct[~batch.mask].sum())
    return {"accuracy_with_padding": rounded((correct_real + correct_padding) / positions),
            "accuracy_on_real": rounded(correct_real / real)}
