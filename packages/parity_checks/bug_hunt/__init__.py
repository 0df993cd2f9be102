"""Checks for the exercise *Bug hunt*, in which students write ``find_error`` and tests for a training script."""

import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from parity_checks import check, fresh, private  # noqa: F401  (notebooks call them here)
from parity_checks.assertions import Query, messages, show
from parity_checks.bug_hunt import script
from parity_checks.core import call
from parity_checks.plain_data import CheckFailed, split_cause
from parity_checks.two_unit_search import Weights, find_error, first_error, outputs

WORDS = messages("bug_hunt")
script_for = script.script_for
BY_HAND = "unrolling#Two units by hand"
MARGIN = 1e-3  # an output nearer to 0 than this may have another sign on another processor
SHORT, LONG = 12, 60

BRITTLE, SLOW, STURDY, CROWDED, EARLY, APERIODIC = tomllib.loads(
    Path(__file__).with_name("networks.toml").read_text(encoding="utf-8")).values()
# What a false alarm may come from in the test of each function, and the section about the function.
ALARMS = {
    "draw": ("alarm-draw", "data#Random bits"), "labels": ("alarm-labels", "data#Three ways to compute labels"),
    "logits": ("alarm-logits", "unrolling#The cell in NumPy"), "loss": ("alarm-loss", "packing#The loss lies too"),
    "accuracy": ("alarm-accuracy", "packing#A network that knows nothing"),
    "update": ("alarm-update", "training#Clipping")}


def _check_of(function: str) -> Callable[..., None]:
    def run(seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        hunt(function, [fault for fault in script.faults(rng) if fault.function == function], rng)

    run.__name__, run.__doc__ = f"hunt_{function}", f"Check ``test_{function}(script)``, which returns True or False."
    return check(f"test_{function}: finds every fault of {function}, and raises no false alarm")(run)


hunt_draw, hunt_labels, hunt_logits = map(_check_of, ("draw", "labels", "logits"))
hunt_loss, hunt_accuracy, hunt_update = map(_check_of, ("loss", "accuracy", "update"))


def hunt(function: str, faulty: list[script.Fault], rng: np.random.Generator) -> None:
    """Raise CheckFailed unless the student's test distinguishes correct scripts from faulty ones.

    The versions come in random order, and each correct version comes two to four times, so that a test with random
    cases does not pass by luck, and no test passes by counting its calls. Every version has dead lines of its own.
    """
    test, missed, (alarm, see) = f"test_{function}", [], ALARMS[function]
    causes = {"AssertionError": WORDS[alarm], "stopped with": WORDS["test-stops"]}
    versions: list[str | script.Fault] = [*faulty, *(way for way in ("", ", written in another way")
                                              for _ in range(rng.integers(2, 5)))]
    for index in rng.permutation(len(versions)):
        version = versions[index]
        if isinstance(version, str):
            source = script.with_dead_lines(script.with_edits(script.IN_OTHER_WORDS if version else ()), rng)
            query = Query(f"{test} on the correct script{version}", see)
            if not query.as_bool(query.call_through("verdict", test, test, source, causes=causes)):
                even = (script.PARTS["LENGTHS"], "1 + rng.permutation(np.arange(batch) % longest)")
                mask = script.PARTS["ARANGE"]
                zeros = (f"bits, {mask}", f"bits * ({mask}), {mask}")
                easier = {"alarm-tolerance": [even], "alarm-padding": [zeros], "alarm-both": [zeros, even]}
                accepted = (cause for cause, edits in easier.items() if function == "draw" and
                            _accepts_fault(test, script.with_edits(edits)))
                # A test that rejects every correct script may expect what one of the faulty ones does.
                instead = [fault for fault in faulty if not _accepts_fault(test, script.SCRIPT) and _accepts_fault(
                    test, script.with_edits([(fault.old, fault.new)]))]
                words = WORDS[next(accepted, "instead" if len(instead) == 1 else alarm)]
                query.fail(True, False, words.format(alarm=split_cause(WORDS[alarm])[1], clue=_clue(instead[0])
                                                     if instead else ""))
        elif _accepts_fault(test, script.with_dead_lines(script.with_edits([(version.old, version.new)]), rng)):
            missed.append(version)
    if missed:
        clues = Counter(map(_clue, missed)).most_common()
        Query(f"{test} on versions with one fault each in {function}", see).fail(
            "False for each", f"True for {len(missed)} of {len(faulty)}",
            WORDS["fault-missed"].format(clues="; ".join(clue for clue, _ in clues)))


def _clue(fault: script.Fault) -> str:
    words = f"clue-{fault.clue}"
    return split_cause(WORDS[words])[1]


def _accepts_fault(test: str, version: str) -> bool:
    try:
        answer = call("verdict", test, version)
    except CheckFailed as failure:
        if failure.cause == "not-written":
            raise
        return False        # a test that stops with an error rejects the version
    return Query(f"{test} on a faulty version").as_bool(answer)


def by_hand(sharpness: float, first: float, second: float, readout: float) -> Weights:
    """Create a two-unit tanh network with the given sharpness and thresholds."""
    K = sharpness       # each unit compares s + 2x with its threshold, for a bit x and the difference s of the units
    return (np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]]), np.array([-first * K, -second * K]),
            np.array([[1.0, -1.0]]), np.array([-readout]))


def from_entries(U: list, V: list, b: list, W: list, c: list) -> Weights:
    """Create a network from the entries of its five weight arrays."""
    return np.reshape(U, (2, 1)), np.reshape(V, (2, 2)), np.array(b), np.reshape(W, (1, 2)), np.array(c)


def disguise(weights: Weights, rng: np.random.Generator) -> Weights:
    """Return an equivalent network with different weights."""
    U, V, b, W, c = weights
    order, signs, scale = rng.permutation(2), rng.choice([-1.0, 1.0], size=2), rng.uniform(2, 10)
    return ((U * signs[:, None])[order], (V * np.outer(signs, signs))[order][:, order], (b * signs)[order],
            scale * (W * signs)[:, order], scale * c)


def draw_error(weights: Weights, longest: int, rng: np.random.Generator) -> tuple[Weights, np.ndarray]:
    """Draw a variant of a network and a string that the variant classifies incorrectly."""
    while True:
        changed = disguise(tuple(array * (1 + rng.uniform(-1e-4, 1e-4, size=array.shape)) for array in weights), rng)
        string = find_error(changed, longest, keep=30)
        if string is not None and abs(outputs(changed, string[None])[0, -1]) > MARGIN:
            return changed, string


@check("find_error: finds errors within 12 bits, and none in a network that is correct")
def find_error_short(seed: int = 0) -> None:
    """Check ``find_error(U, V, b, W, c, longest)``, which returns bits on which the network errs, or None."""
    rng = np.random.default_rng(seed)
    for parameters in BRITTLE:
        weights, string = draw_error(by_hand(*parameters), SHORT, rng)
        shortest = np.asarray(find_error(weights, SHORT, keep=2**SHORT))
        _check_network(weights, string, SHORT)
        _check_network(weights, shortest, len(shortest))
        _check_network(weights, None, len(shortest) - 1)
    _check_network(*draw_error(from_entries(*EARLY), SHORT, rng), SHORT, "earlier-bit")
    _check_network(disguise(by_hand(*STURDY[0]), rng), None, SHORT)


@check("find_error: finds errors on few and long strings, and none in networks that are correct")
def find_error_long(seed: int = 0) -> None:
    """Check ``find_error`` on strings of up to 60 bits. There are too many of these strings to try them all."""
    rng = np.random.default_rng(seed)
    _require_a_search(disguise(by_hand(*STURDY[0]), rng))
    for parameters in STURDY:
        _check_network(disguise(by_hand(*parameters), rng), None, LONG)
    for original in (*(from_entries(*entries) for entries in APERIODIC + CROWDED),
                     *(by_hand(*parameters) for parameters in SLOW)):
        weights, string = draw_error(original, LONG, rng)
        _check_network(weights, string, LONG)
        if len(set(string[1:].tolist())) == 1:       # every good search finds this string, up to its last bit
            _check_network(weights, string, len(string))


def _require_a_search(weights: Weights) -> None:
    for _ in range(3):      # a moment in which the machine is slow must neither look like nor hide such a function
        short, long = min(_measure_seconds(weights, 16) for _ in range(3)), _measure_seconds(weights, 20)
        if long < max(0.05, 6 * short):      # 1.25 times the time is usual, and 16 times if every string is tried
            return
        if long > 5:
            break
    Query("find_error for strings of up to 16 and of up to 20 bits", BY_HAND).fail(
        "an answer in about the same time", f"{long / short:.0f} times the time for 20 bits", WORDS["too-slow"])


def _measure_seconds(weights: Weights, longest: int) -> float:
    start = time.perf_counter()
    Query(f"find_error for a network and {longest} bits", BY_HAND).call("find_error", *weights, longest)
    return time.perf_counter() - start


def _check_network(weights: Weights, string: np.ndarray | None, longest: int, missed: str = "") -> None:
    # The network errs on the string, or on no string of up to `longest` bits if it is None. `missed` is the mistake of
    # those who return None for this network alone.
    U, V, b, _, _ = weights
    query = Query(f"find_error for the network with U = {show(U)}, V = {show(V)}, b = {show(b)}, up to {longest} bits",
                  BY_HAND)
    bits = _as_bits(query, query.call("find_error", *weights, longest), longest)
    if bits is None and string is not None:
        parity = "odd" if string.sum() % 2 else "even"
        later = query.call("find_error", *weights, longest + 1) if len(string) == longest else None
        query.fail(f"a string; there is one of {len(string)} bits, with an {parity} number of ones", "None",
                   WORDS[missed or ("last-bit-counts" if later is not None and len(later) <= longest else
                                    "short-not-searched" if longest <= SHORT else "long-not-searched")])
    if bits is not None and first_error(weights, bits[None]) is None:
        # A mistake is named if it explains what the function returns for other networks, too.
        others = [by_hand(*parameters) for parameters in STURDY + BRITTLE]
        found = [(weights, bits), *((other, string) for other in others if (
            string := _as_bits(query, query.call("find_error", *other, longest), longest)) is not None)]
        hint = next((mistake for mistake, (change, read, zero) in MISREAD.items() if all(first_error(
            change(*other), np.array([read(string)]), zero) == (0, len(read(string)) - 1)
            for other, string in found)), "not-an-error")
        if all(any(first_error(other, np.array([[*string, bit]])) == (0, len(string)) for bit in (0, 1))
               for other, string in found):
            hint = "last-bit-missing"
        query.fail("None: the network is correct on every string of this length" if string is None else
                   f"a string on which it errs; there is one of {len(string)} bits",
                   f"{''.join(map(str, bits))}, on which the network is correct after every bit; its outputs are "
                   f"{show(outputs(weights, bits[None])[0].round(2).tolist())}",
                   WORDS[hint])


# What a wrong search may take for the network: its weights, the string, and the value of a 0. With a 0 before the
# string, the first state is tanh(b).
MISREAD: dict[str, tuple[Callable[..., Weights], Callable[[np.ndarray], np.ndarray], int]] = {
    "zero-as-minus-one": (lambda *weights: weights, np.asarray, -1),
    "V-transposed": (lambda U, V, b, W, c: (U, V.T, b, W, c), np.asarray, 0),
    "c-left-out": (lambda U, V, b, W, c: (U, V, b, W, 0 * c), np.asarray, 0),
    "b-left-out": (lambda U, V, b, W, c: (U, V, 0 * b, W, c), np.asarray, 0),
    "string-reversed": (lambda *weights: weights, lambda bits: bits[::-1], 0),
    "first-state": (lambda *weights: weights, lambda bits: np.concatenate([[0], bits]), 0)}


def _as_bits(query: Query, result: Any, longest: int) -> np.ndarray | None:
    """Convert the student's string to an integer array, or return None if the student returned None."""
    if result is None:
        return None
    if type(result) is str:
        result = [int(character) if character in "01" else -1 for character in result]
    bits = query.as_array(np.array(result) if type(result) in (list, tuple) else result)
    if bits.ndim != 1 or bits.size == 0:
        query.fail("one string, a list of at least one bit", f"shape {bits.shape}",
                   WORDS["empty-list"] if bits.size == 0 else "")
    if not np.isin(bits, (0, 1)).all():
        query.fail("bits, each 0 or 1", bits)
    if len(bits) > longest:
        query.fail(f"at most {longest} bits", f"{len(bits)} bits", WORDS["too-long"])
    return bits.astype(int)
