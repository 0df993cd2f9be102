"""Benchmarks of string generation and sequence packing. The book quotes their results.

``parity bench`` compares the library's strings with those of the course's original notebook, and packing with masking,
with one PyTorch thread. The competing programs take turns, so that a busy machine slows down both of them.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from parity_lib.data import Batch, ParityTask, bits_and_parity
from parity_lib.models import ParityRNN
from parity_lib.training import masked_loss, use_single_thread
from parity_study.experiments.result_files import provenance

STEPS = 50
SIZES: dict[str, dict[str, Any]] = {
    "generation": {"count": 100_000, "repeats": 15},
    "packing": {"hidden": [4, 32], "batch": [8, 64], "repeats": 40},
}


def course_bits_and_parity(count: int, steps: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Generate float32 bits and parities ``[count, steps, 1]`` as the course's notebook does."""
    bit_sequences = rng.randint(2, size=(count, steps))
    bitsum = np.cumsum(bit_sequences, axis=1)
    parity = bitsum % 2 != 0
    features, labels = bit_sequences.astype("float32"), parity.astype("float32")
    return np.expand_dims(features, -1), np.expand_dims(labels, -1)


def generation(count: int, repeats: int) -> dict[str, Any]:
    """Compare ``bits_and_parity`` with the course's code in median run time and peak memory."""
    def generate_as_course() -> None:
        course_bits_and_parity(count, STEPS, np.random.RandomState(0))

    def generate_by_library() -> None:
        bits_and_parity(count, STEPS, np.random.default_rng(0))

    programs = [generate_as_course, generate_by_library]
    course_ms, ours_ms = (seconds * 1e3 for seconds in time_in_turns(programs, repeats))
    course_mib, ours_mib = map(peak_mib, programs)
    return {"course_ms": course_ms, "ours_ms": ours_ms, "ratio": course_ms / ours_ms,
            "course_mib": course_mib, "ours_mib": ours_mib, "memory_ratio": course_mib / ours_mib}


def packing(hidden: list[int], batch: list[int], repeats: int) -> Iterator[dict[str, Any]]:
    """Compare the speed of packing with that of masking on strings of 1 to 50 bits.

    We time a forward and a backward pass. Yields a row for each cell, number of units and batch size, with median times
    in microseconds and their ratio.
    """
    def forward_and_backward(model: ParityRNN, strings: Batch, packed: bool) -> None:
        model.zero_grad()
        logits = model(strings.inputs, strings.run_lengths, packed=packed)
        masked_loss(logits, strings.targets, strings.mask).backward()

    for cell, units, batch_size in product(("relu", "lstm"), hidden, batch):
        model, strings = ParityRNN(units, cell), ParityTask((1, STEPS)).batch(batch_size, np.random.default_rng(0))
        packed_us, masked_us = (seconds * 1e6 for seconds in time_in_turns(
            [partial(forward_and_backward, model, strings, packed) for packed in (True, False)], repeats))
        yield {"cell": cell, "hidden": units, "batch": batch_size, "packed_us": packed_us, "masked_us": masked_us,
               "ratio": packed_us / masked_us}


def time_in_turns(programs: list[Callable[[], Any]], rounds: int) -> list[float]:
    """Time several functions, calling them in turn, and return each one's median time in seconds."""
    seconds: list[list[float]] = [[] for _ in programs]
    for _ in range(rounds + 1):
        for program, times in zip(programs, seconds):
            start = time.perf_counter()
            program()
            times.append(time.perf_counter() - start)
    return [statistics.median(times[1:]) for times in seconds]


def peak_mib(program: Callable[[], Any]) -> float:
    """Return the peak memory, in MiB, allocated by Python and NumPy during a function call."""
    tracemalloc.start()
    program()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def run(sizes: dict[str, dict[str, Any]] = SIZES, report: Callable[[str], Any] = print) -> dict[str, Any]:
    """Run the benchmarks of string generation and packing, and return their results.

    With the default sizes, this takes about a minute. ``report`` is called with a text for each result as soon as it is
    available. Returns the content of ``bench.json``: ``results`` with the ``sizes``, ``measurements`` with the results
    of the two functions by name, and ``provenance``.
    """
    start = time.perf_counter()
    with use_single_thread():
        generated = generation(**sizes["generation"])
        report(describe("generation", generated))
        packed = []
        for row in packing(**sizes["packing"]):
            report(describe("packing", row))
            packed.append(row)
    return {"results": {"sizes": sizes}, "measurements": {"generation": generated, "packing": packed},
            "provenance": provenance({}, time.perf_counter() - start)}


def describe(name: str, row: dict[str, Any]) -> str:
    """Format a measurement as a line of text."""
    values = [f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()]
    return "  ".join([f"{name:10}", *values])
