"""Is packing faster than a mask on a CPU?

We time a forward and a backward pass through strings of 1 to 50 bits, with one PyTorch thread. Packing and masking take
turns, so that a busy machine slows down both of them. Returns ``{"nets": {"relu, 4 units, 8 strings": {"packed_us",
"masked_us", "ratio"}}}``, and the same for each cell, number of units and batch size, with median times in
microseconds.
"""

import statistics
import time
from itertools import product
from typing import Any

import numpy as np

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import masked_loss
from parity_study.experiments.summaries import rounded

QUICK: dict[str, Any] = {"repeats": 2}


def run(repeats: int = 40, steps: int = 50) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for cell, units, count in product(("relu", "lstm"), (4, 32), (8, 64)):
        model, strings = ParityRNN(units, cell), ParityTask((1, steps)).batch(count, np.random.default_rng(0))
        lengths, seconds = strings.mask.sum(1), {"packed": [], "masked": []}
        for _ in range(repeats + 1):
            for way, given in (("packed", lengths), ("masked", None)):
                start = time.perf_counter()
                model.zero_grad()
                masked_loss(model(strings.inputs, given), strings.targets, strings.mask).backward()
                seconds[way].append(time.perf_counter() - start)
        packed, masked = (1e6 * statistics.median(times[1:]) for times in seconds.values())     # without a warm-up
        results[f"{cell}, {units} units, {count} strings"] = {
            "packed_us": rounded(packed), "masked_us": rounded(masked), "ratio": rounded(packed / masked)}
    return {"nets": results}
