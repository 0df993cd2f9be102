"""Checks for the student's ``final_parity`` and ``next_max_length`` functions."""

from functools import partial

import numpy as np

from parity_checks.assertions import Query, messages, show, with_other
from parity_checks.decorator import check
from parity_checks.plain_data import kind_of

WORDS = messages("no_teacher_forcing")
THE_END = "packing#The last real step"
READY_PARITY = ("parity_lib.data:final_parity", "parity_lib.data:running_parity")
READY_CURRICULUM = ("parity_lib.data:Curriculum.next_longest",)
ACCURACIES = (0.0, 0.5, 0.9, 0.93, 0.949, 0.95, 0.951, 0.97, 0.995, 1.0)
# On these strings, no two of the usual mistakes give the same labels.
BITS = np.array([[*map(int, string)] for string in ("1110000", "0011111", "1111110", "1100110", "1110010", "1000000",
                                                    "0001110", "1100111", "0111111")])
LENGTHS = np.array([3, 6, 6, 4, 1, 6, 4, 3, 2])
ERROR_CAUSES = {"could not be broadcast": WORDS["second-axis"]}


def cut_parity(bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the parity of each string after truncating it to its length."""
    real = np.arange(bits.shape[1]) < lengths[:, None]
    count = (bits * real).sum(axis=1)
    return count % 2


def draw_strings(rng: np.random.Generator, count: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw random bit strings and the lengths to which they are truncated."""
    lengths = rng.integers(1, steps, size=count, endpoint=True)
    lengths[:2] = 1, steps
    return rng.integers(2, size=(count, steps)), rng.permutation(lengths)


@check("final_parity: the parity of each string as it was cut")
def final_parity(seed: int = 0) -> None:
    """Check ``final_parity(bits, lengths)`` for bits ``[batch, steps]``. It returns integers ``[batch]``."""
    rng = np.random.default_rng(seed)
    for bits, lengths in ((BITS, LENGTHS), (np.ones((9, 9), dtype=int), np.arange(9, 0, -1)),
                          draw_strings(rng, 40, 7), draw_strings(rng, 9, 700)):
        query = Query(f"final_parity of {show(bits, 60)}, cut to the lengths {show(lengths, 40)}", THE_END)
        result = query.call("final_parity", bits, lengths, forbid=READY_PARITY, causes=ERROR_CAUSES)
        if not isinstance(result, np.ndarray):
            query.fail("a NumPy array of integers", kind_of(result))
        got = query.as_array(result, kind="integer")
        query.require_equal(got, cut_parity(bits, lengths), WORDS["label-unexplained"], [
            *WORDS.made(cut_parity, bits, lengths), *WORDS.made(cut_parity, bits, lengths, table="-other"),
            *with_other(partial(cut_parity, bits), lengths)])
        query.require_unchanged("final_parity", {"bits": bits, "lengths": lengths}, forbid=READY_PARITY)


@check("next_max_length: grows by one at an accuracy of 0.95 or more, and stops at stop")
def next_max_length(seed: int = 0) -> None:
    """Check ``next_max_length(longest, accuracy, stop)``, which returns an integer."""
    rng = np.random.default_rng(seed)
    cases = [(2, 1.0, 50), (2, 0.95, 50), (2, 0.9499, 50), (7, 0.5, 50), (49, 0.99, 50), (50, 1.0, 50),
             (50, 0.2, 50), (1, 0.0, 1), (1, 1.0, 1)]
    cases += [(int(longest), float(accuracy), int(longest + room)) for longest, accuracy, room in
              zip(rng.integers(1, 99, 20), rng.uniform(0.9, 1, 20), rng.integers(0, 3, 20), strict=True)]
    for longest, accuracy, stop in cases:
        query = Query(f"next_max_length({longest}, {accuracy:.4g}, stop={stop})")
        got = query.as_array(query.call("next_max_length", longest, accuracy, stop, forbid=READY_CURRICULUM), (),
                             "integer")
        expected = min(longest + 1, stop) if accuracy >= 0.95 else longest
        query.require_equal(got, expected, "" if got == expected else _hint(query, int(got), longest, accuracy, stop))


def _hint(query: Query, got: int, longest: int, accuracy: float, stop: int) -> str:
    grows, elsewhere = ([query.call("next_max_length", other, limit, 50, forbid=READY_CURRICULUM) > other
                         for limit in ACCURACIES] for other in (2, 20))
    right = [limit >= 0.95 for limit in ACCURACIES]
    reversed_order = [not answer for answer in right]
    # Otherwise the answers do not depend on the accuracy alone.
    if right != grows == elsewhere and got <= stop and grows in (sorted(grows), reversed_order):
        return WORDS["never-grows" if not any(grows) else "always-grows" if all(grows) else
                     "grows-when-wrong" if grows == reversed_order else
                     "exactly-enough" if grows[6] and not grows[5] else "other-limit"].format(
                         limit=", ".join(str(limit) for limit, answer in zip(ACCURACIES, grows, strict=True) if answer))
    return WORDS["beyond-stop" if got > stop else "stays" if accuracy < 0.95 else "stop-not-reached"
                 if longest + 1 == stop else "stop-at-once" if got == stop else "grows-by-one"].format(by=got - longest)
