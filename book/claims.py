"""Every measured claim of the book, as a condition on a file of results.

A chapter writes ``{claim}`words <id>` `` and the words lead to the page
*Evidence*, which lists what stands here. The tests hold each condition against
the committed results, and against results altered so that it must fail.
"""

import copy
import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from statistics import mean, median
from typing import Any

from parity_lib.experiments import load, wilson_interval

Results = Any


@dataclass(frozen=True)
class Claim:
    """A sentence and what it rests on.

    ``source`` names the file of results and ``block`` what is read of it.
    ``holds`` is the condition; ``falsify`` alters a copy of the results so that
    the condition must fail; ``shows`` gives the figures in words.
    """

    id: str
    says: str
    source: str
    holds: Callable[[Results], bool]
    falsify: Callable[[Results], Results]
    shows: Callable[[Results], str]
    block: str = "results"

    def results(self, folder=None) -> Results:
        """The results that the claim is about."""
        return load(self.source, self.block, folder)

    @property
    def command(self) -> str:
        """What makes the results again."""
        return "parity bench --save" if self.source == "bench" else f"parity experiment {self.source}"


# ---------------------------------------------------------------- words for figures


def _rate(row: dict[str, Any]) -> str:
    low, high = wilson_interval(row["solved"], row["seeds"])
    return f"{row['solved']} of {row['seeds']} seeds (95 % interval {100 * low:.0f} to {100 * high:.0f} %)"


def _rate_and_steps(row: dict[str, Any]) -> str:
    solved = sorted(step for step in row["steps"] if step is not None)
    steps = f"; median {row['median_steps']:,.0f} steps, from {solved[0]:,} to {solved[-1]:,}" if solved else ""
    return _rate(row) + steps


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def _power(value: float) -> str:
    """A number in words that fit a wide range: 0.12, 6,100 or 3·10⁻¹⁴."""
    if value == 0 or 1e-3 <= value < 1e5:
        return f"{value:.2g}" if value < 100 else f"{value:,.0f}"
    digits, power = f"{value:.0e}".split("e")
    return f"{digits}·10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


# ---------------------------------------------------------------- results made false


def _with(value: Any, *path: Any) -> Callable[[Results], Results]:
    """A copy of the results in which what stands at ``path`` is ``value``."""
    def falsify(results: Results) -> Results:
        altered = copy.deepcopy(results)
        place = altered
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return altered
    return falsify


# ---------------------------------------------------------------- conditions used more than once


def _all_solved(row: dict[str, Any], least: int = 20) -> bool:
    return row["solved"] == row["seeds"] == len(row["steps"]) >= least and None not in row["steps"]


def _mostly_fails(row: dict[str, Any]) -> bool:
    """Fewer than half of the seeds succeed, and the interval agrees."""
    return wilson_interval(row["solved"], row["seeds"])[1] < 0.5


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the intervals of two success rates overlap."""
    (low, high), (other_low, other_high) = (wilson_interval(row["solved"], row["seeds"]) for row in (one, other))
    return low <= other_high and other_low <= high


def _first(results: Results, *names: str) -> list[float]:
    """The median share of the gradient that is left at the first step."""
    return [results["nets"][name]["ratio"]["median"][0] for name in names]


def _rises(values: list[float]) -> bool:
    return all(before < after for before, after in pairwise(values))


def _exact_at_the_end(results: Results, net: str) -> bool:
    row = results["nets"][net]
    return results["lengths"][-1] == 10_000 and row["exact"][-1] == row["solved"] >= 20


def _show_exact(results: Results, net: str) -> str:
    row = results["nets"][net]
    counts = "; ".join(
        f"{exact} of {row['solved']} on {strings:,} strings of {length:,}"
        for length, strings, exact in zip(results["lengths"], results["strings"], row["exact"], strict=True))
    worst = min(min(each) for each in row["bit_accuracy"])
    return (f"Every bit right: {counts}. Strings missed by one net at one length: at most "
            f"{_most_missed(results, net)}; worst accuracy per bit {_percent(worst, 3)}.")


def _most_missed(results: Results, net: str) -> int:
    """The most strings of one length that one net gets wrong somewhere."""
    return max(round((1 - share) * strings) for each in results["nets"][net]["sequence_accuracy"]
               for share, strings in zip(each, results["strings"], strict=True))


def _show_first(results: Results, *names: str) -> str:
    steps = results["steps"]
    shares = "; ".join(f"{name}: {_power(share)}" for name, share in zip(names, _first(results, *names), strict=True))
    seeds = results["nets"][names[0]]["seeds"]
    return f"Gradient at h₁ divided by that at h{_lowered(steps)}, median of {seeds} seeds: {shares}."


def _at_the_first_cell(results: Results) -> list[tuple[str, float, float]]:
    """For each forget bias: the share of the gradient at c that is left at the first step, and the gates' product."""
    return [(name, results["nets"][name]["cell_ratio"]["median"][0], (1 + exp(-float(name.split()[-1]))) ** -48)
            for name in FORGET_BIASES]


def _lowered(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the first mean lies below the second by more than two standard errors of their difference."""
    error = (one["standard_error"] ** 2 + other["standard_error"] ** 2) ** 0.5
    return other["mean"] - one["mean"] > 2 * error


def _errors_off(results: Results, net: str) -> float:
    """How many standard errors of their difference the published mean lies from ours, if it is a mean of ten runs.

    The number of trials up to a success has a geometric distribution, whose deviation is about its mean.
    """
    row = results["nets"][net]
    return abs(row["mean"] - PUBLISHED[net]) / math.hypot(row["standard_error"], PUBLISHED[net] / math.sqrt(10))


def _show_guesses(results: Results) -> str:
    return "; ".join(
        f"{net}: mean {row['mean']:,.0f} ± {row['standard_error']:,.0f} (one standard error), median "
        f"{row['median']:,.0f}, quartiles {row['low']:,.0f} and {row['high']:,.0f}, {row['repetitions']} repetitions"
        + (f", published mean {PUBLISHED[net]:,}" if net in PUBLISHED else "")
        for net, row in results["nets"].items()) + "."


def _guessed_right(results: Results, *tests: str) -> str:
    """How many of the guessed nets pass each test, net by net."""
    return "; ".join(f"{net}: " + ", ".join(f"{row[test]} of {row['solved']} ({NAMED_TESTS[test]})" for test in tests)
                     for net, row in results["nets"].items()) + "."


def _show_budget(results: Results, *names: str) -> str:
    words = []
    for name in names:
        solved, guesses = (results["budget"][name][key] for key in ("solved", "guesses"))
        low, high = wilson_interval(solved, guesses)
        words.append(f"{name}: {solved} of {guesses:,} guesses (95 % interval {100 * low:.4f} to {100 * high:.4f} %)")
    return "; ".join(words) + "."


def _later_coin(row: dict[str, Any]) -> bool:
    """Whether the answers after the first ten steps are right as often as a coin's, within a hundredth."""
    return abs(mean(row["by_step"][10:]) - 0.5) < 0.01


def _factor_pairs(row: dict[str, Any], exact: bool) -> list[list[float]]:
    """The factors (after 0, after 1) of the nets that are right everywhere, or of the others."""
    return [pair for pair, share in zip(row["factors"], row["bit_accuracy"], strict=True) if (share == 1) == exact]


def _two_kinds_of_ends(row: dict[str, Any]) -> bool:
    """Exact nets keep nearly 1 after a 0 and flip by nearly -1; all others have small factors of the wrong signs."""
    right, wrong = _factor_pairs(row, True), _factor_pairs(row, False)
    return bool(right and wrong and all(keep > 0.9 and flip < -0.9 for keep, flip in right)
                and all(-0.5 < keep < 0 < flip < 0.5 for keep, flip in wrong))


PUBLISHED = {"A1": 2906, "A2": 2797, "A2 without self-connections": 250}  # mean guesses, Schmidhuber et al. 2001
NAMED_TESTS = {"fresh": "100 fresh strings", "long": "20 random strings of 5,000 bits",
               "regular": "five regular strings of 5,000 bits", "switches": "as switches, all lengths from 500 on",
               "switches_from_1": "as switches, all lengths"}
LN2 = math.log(2)


def _of(results: Results, *names: str) -> list[dict[str, Any]]:
    """Conditions of a series of the grid."""
    return [results["conditions"][name] for name in names]


def _interval(row: dict[str, Any]) -> tuple[float, float]:
    return wilson_interval(row["solved"], row["seeds"])


def _none_solved(row: dict[str, Any], least: int = 20) -> bool:
    return row["solved"] == 0 and row["seeds"] == len(row["steps"]) >= least and set(row["steps"]) == {None}


def _mostly_solved(row: dict[str, Any]) -> bool:
    """More than half of the seeds succeed, and the interval agrees."""
    return _interval(row)[0] > 0.5


def _clearly_more(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the interval of the first success rate lies wholly above that of the second."""
    return _interval(one)[0] > _interval(other)[1]


def _show_rates(results: Results, *names: str) -> str:
    return "; ".join(f"{name}: {_rate_and_steps(row)}" for name, row in zip(names, _of(results, *names),
                                                                           strict=True)) + "."


def _of_the_failed(row: dict[str, Any], place: int) -> float:
    """The share of strings right in a bucket of lengths, by the nets that failed, if the others are always right."""
    return (row["by_length"]["mean"][place] * row["seeds"] - row["solved"]) / (row["seeds"] - row["solved"])


def _at(results: Results, name: str, bits: int) -> float:
    """Signal divided by noise, the median over seeds, in strings of so many bits."""
    return results["nets"][name]["ratio"]["median"][results["bits"].index(bits)]


def _show_signal(results: Results, *names: str) -> str:
    rows = "; ".join(f"{name}: " + ", ".join(f"{_power(_at(results, name, n))} at {n}" for n in (1, 2, 5, 12))
                     for name in names)
    return (f"Signal divided by the noise of a batch of {results['batch']}, median of "
            f"{results['nets'][names[0]]['seeds']} seeds, by the number of bits. {rows}.")


def _cells(label: str, lengths: str) -> tuple[str, ...]:
    return tuple(f"{label}, {lengths}, {cell}" for cell in ("tanh", "relu", "lstm", "gru"))


def _speeds(results: Results) -> list[float]:
    """The median steps on 1 to 50 bits divided by those on 50 bits, with a label at every step, for each net."""
    return [varying["median_steps"] / fixed["median_steps"]
            for fixed, varying in zip(_of(results, *_cells("every_step", "50")),
                                      _of(results, *_cells("every_step", "1..50")), strict=True)]


def _both_ways(results: Results) -> list[list[dict[str, Any]]]:
    """Growing lengths, and all lengths from the start, for each kind of net of which most succeed both ways."""
    pairs = [_of(results, f"{cell}, grows", f"{cell}, from the start") for cell in ("tanh", "relu", "lstm", "gru")]
    return [pair for pair in pairs if all(_mostly_solved(row) for row in pair)]


def _sizes(cells=("tanh", "relu", "lstm", "gru"), sizes=(1, 2, 3, 4, 8, 16, 32), layers: int = 1) -> tuple[str, ...]:
    return tuple(f"{cell} {size} x {layers}" for cell in cells for size in sizes)


GAINS = tuple(f"orthogonal {gain}" for gain in ("0.5", "1", "1.5", "2"))
FORGET_BIASES = tuple(f"forget bias {bias}" for bias in ("0", "1", "2", "3", "5"))
SGD_FAILS = (("relu 32", "sgd 0.1"), ("tanh 16", "sgd 1"), ("tanh 16", "sgd 0.1"))
UNTRAINED = ("tanh 8", "relu 8", "lstm 8", "gru 8")
FIXED_BITS = ("2", "3", "4", "5", "6", "8", "10", "20")
BIASES_50, BIASES_5, BIASES_VARYING = (tuple(f"{lengths}, bias {bias}" for bias in (0, 1, 2, 3, 5))
                                       for lengths in ("50", "5", "1..50"))
SMALL = (2, 3, 4)
TESTED = (("training", "course"), ("training", "uniform"), ("evaluation", "course"), ("evaluation", "uniform"))


def _total(results: Results, what: str, kinds: tuple[str, ...] = ()) -> int:
    """A count of the certificates, summed over kinds of nets, or over all of them."""
    return sum(row[what] for kind, row in results["nets"].items() if not kinds or kind in kinds)


def _show_verdicts(results: Results, *kinds: str) -> str:
    return "; ".join(f"{kind}: {row['certified']} certified, {row['refuted']} refuted, {row['undecided']} undecided, "
                     f"of {row['solved']} that were right in validation"
                     for kind, row in results["nets"].items() if not kinds or kind in kinds) + "."


# ---------------------------------------------------------------- the claims


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "default-always-solves",
        "The default recipe, a plain relu net, reaches exact validation on strings of 75 bits with every seed tried.",
        "recipes",
        lambda results: _all_solved(results["relu 32"]),
        _with(19, "relu 32", "solved"),
        lambda results: _rate_and_steps(results["relu 32"]) + ".",
    ),
    Claim(
        "tanh-recipe-solves",
        "The tanh recipe, 16 units, does so too with every seed tried, and takes more steps.",
        "recipes",
        lambda results: (_all_solved(results["tanh 16"])
                         and results["tanh 16"]["median_steps"] > results["relu 32"]["median_steps"]),
        _with(19, "tanh 16", "solved"),
        lambda results: _rate_and_steps(results["tanh 16"]) + ".",
    ),
    Claim(
        "plateau-then-drop",
        "In every training curve of the two recipes there is a stretch of at most a quarter of the steps in which the "
        "loss, averaged over 10 steps, makes half of its whole fall; in the median curve a tenth of the steps "
        "suffices. A straight line would need half of them.",
        "recipes",
        lambda results: all(max(shares) <= 0.25 and median(shares) <= 0.1
                            for shares in (results[net]["half_fall_share"] for net in ("relu 32", "tanh 16"))),
        _with([0.5] * 20, "tanh 16", "half_fall_share"),
        lambda results: "Share of the steps that hold half of the fall: " + "; ".join(
            f"{net}: median {_percent(median(shares))}, most {_percent(max(shares))}, and at most a tenth in "
            f"{sum(share <= 0.1 for share in shares)} of {len(shares)} curves"
            for net, shares in ((net, results[net]["half_fall_share"]) for net in ("relu 32", "tanh 16"))) + ".",
    ),
    Claim(
        "course-loop-often-fails",
        "With the course's settings (4 tanh units, SGD with rate 1, batches of 8) on strings of 50 bits, most seeds "
        "are not exact within 15,000 steps.",
        "course_loop",
        lambda results: _mostly_fails(results["fixed"]),
        _with(15, "fixed", "solved"),
        lambda results: _rate_and_steps(results["fixed"]) + ".",
    ),
    Claim(
        "course-varying-often-fails",
        "With lengths from 1 to 50 and the padding masked, more than half of the seeds tried fail all the same. The "
        "interval overlaps with that of fixed lengths: these runs do not tell which of the two is better.",
        "course_loop",
        lambda results: (2 * results["varying"]["solved"] < results["varying"]["seeds"] >= 20
                         and _overlap(results["varying"], results["fixed"])),
        _with(15, "varying", "solved"),
        lambda results: f"{_rate_and_steps(results['varying'])}. Fixed lengths: {_rate(results['fixed'])}.",
    ),
    Claim(
        "always-even-looks-good",
        "Where padding is counted as in the course's evaluation, a net that always says “even” is scored at about "
        "three quarters, although it is wrong at half of the real bits.",
        "padded_metric",
        lambda results: (abs(results["evaluation"]["course"]["accuracy_with_padding"] - 0.75) < 0.01
                         and abs(results["evaluation"]["course"]["accuracy_on_real"] - 0.5) < 0.01),
        _with(0.5, "evaluation", "course", "accuracy_with_padding"),
        lambda results: "; ".join(
            f"{part} (up to {results[part]['steps']} bits, batches of {results[part]['batch_size']}): "
            f"{_percent(results[part]['course']['accuracy_with_padding'])} with padding counted, exactly expected "
            f"{_percent(results[part]['course']['expected_accuracy_with_padding'], 2)}, on real bits "
            f"{_percent(results[part]['course']['accuracy_on_real'])}; padding is "
            f"{_percent(results[part]['course']['padding_share'])} of all positions"
            for part in ("training", "evaluation")).capitalize() + ".",
    ),
    Claim(
        "masking-repairs-the-metric",
        "With the padding masked, the same net is scored at one half, however the lengths are drawn.",
        "padded_metric",
        lambda results: all(abs(results[part][how]["accuracy_on_real"] - 0.5) < 0.005 for part, how in TESTED),
        _with(0.75, "training", "uniform", "accuracy_on_real"),
        lambda results: "On real bits: " + "; ".join(
            f"{part}, {how} lengths: {_percent(results[part][how]['accuracy_on_real'], 2)}"
            for part, how in TESTED) + ".",
    ),
    Claim(
        "one-tanh-unit-never",
        "One tanh unit never learns the parity of 10 bits.",
        "one_unit",
        lambda results: results["tanh"]["solved"] == 0 and results["tanh"]["seeds"] >= 50,
        _with(1, "tanh", "solved"),
        lambda results: f"{_rate(results['tanh'])}; best accuracy per bit "
                        f"{_percent(max(results['tanh']['bit_accuracy']))}. It is proven that no weights can do it.",
    ),
    Claim(
        "one-gru-unit-can",
        "One GRU unit learns it in some runs.",
        "one_unit",
        lambda results: 0 < results["gru"]["solved"] < results["gru"]["seeds"],
        _with(0, "gru", "solved"),
        lambda results: _rate_and_steps(results["gru"]) + ".",
    ),
    Claim(
        "one-lstm-unit-can",
        "One LSTM unit learns it in some runs.",
        "one_unit",
        lambda results: 0 < results["lstm"]["solved"] < results["lstm"]["seeds"],
        _with(0, "lstm", "solved"),
        lambda results: _rate_and_steps(results["lstm"]) + ".",
    ),
    Claim(
        "one-lstm-unit-more-often",
        "One LSTM unit learns it more often than one GRU unit does; the two intervals do not overlap.",
        "one_unit",
        lambda results: (results["lstm"]["solved"] > results["gru"]["solved"]
                         and not _overlap(results["lstm"], results["gru"])),
        _with(20, "lstm", "solved"),
        lambda results: f"LSTM: {_rate(results['lstm'])}. GRU: {_rate(results['gru'])}.",
    ),
    Claim(
        "default-rnn-gradient-vanishes",
        "In an untrained tanh net as PyTorch draws it, less than a millionth of the gradient at step 50 reaches "
        "step 1.",
        "gradients",
        lambda results: _first(results, "tanh 16 untrained")[0] < 1e-6,
        _with(0.5, "nets", "tanh 16 untrained", "ratio", "median", 0),
        lambda results: _show_first(results, "tanh 16 untrained", "tanh 16 trained", "relu 32 untrained",
                                    "relu 32 trained"),
    ),
    Claim(
        "default-lstm-gradient-vanishes-too",
        "The same holds for an untrained LSTM as PyTorch draws it.",
        "gradients",
        lambda results: _first(results, "lstm 8 untrained")[0] < 1e-6,
        _with(0.5, "nets", "lstm 8 untrained", "ratio", "median", 0),
        lambda results: _show_first(results, "lstm 8 untrained", "lstm 8 trained", "gru 8 untrained", "gru 8 trained"),
    ),
    Claim(
        "forget-bias-lengthens-gradient",
        "The larger the bias of an LSTM's forget gate, the more of the gradient reaches step 1.",
        "gradients",
        lambda results: _rises(_first(results, *FORGET_BIASES)),
        _with(1.0, "nets", "forget bias 1", "ratio", "median", 0),
        lambda results: _show_first(results, *FORGET_BIASES),
    ),
    Claim(
        "forget-gates-are-not-all",
        "With every bias tried, more of the gradient reaches an LSTM's first cell state than the forget gates alone "
        "would let through: the sigmoid of the bias, once for each of the 48 steps.",
        "gradients",
        lambda results: all(arrives > alone for _, arrives, alone in _at_the_first_cell(results)),
        _with(1e-15, "nets", "forget bias 3", "cell_ratio", "median", 0),
        lambda results: "Gradient at c₁ divided by that at c₄₉, median of "
                        f"{results['nets'][FORGET_BIASES[0]]['seeds']} seeds, and beside it the gates alone: "
                        + "; ".join(f"{name}: {_power(arrives)} and {_power(alone)}"
                                    for name, arrives, alone in _at_the_first_cell(results)) + ".",
    ),
    Claim(
        "orthogonal-gain-sets-gradient",
        "With V a gain times an orthogonal matrix, the gain decides whether the gradient vanishes (one half), is "
        "carried (one) or explodes (two).",
        "gradients",
        lambda results: (_rises(_first(results, *GAINS)) and _first(results, GAINS[0])[0] < 1e-6
                         and 1e-3 < _first(results, GAINS[1])[0] < 1 and _first(results, GAINS[-1])[0] > 1),
        _with(1e-9, "nets", "orthogonal 2", "ratio", "median", 0),
        lambda results: _show_first(results, *GAINS),
    ),
    Claim(
        "hand-built-latch-has-no-gradient",
        "The tanh net built by hand, which remembers perfectly, lets practically no gradient through 50 steps: less "
        "than one part in 10³⁰.",
        "gradients",
        lambda results: max(results["nets"]["tanh by hand"]["ratio"]["high"][:1]) < 1e-30,
        _with(0.5, "nets", "tanh by hand", "ratio", "high", 0),
        lambda results: _show_first(results, "tanh by hand"),
    ),
    Claim(
        "tanh-nets-exact-at-10000",
        "Every tanh net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right. On shorter "
        "strings, of which more were tried, not every one does, and none misses more than one string.",
        "longer_strings",
        lambda results: (_exact_at_the_end(results, "tanh 16")
                         and min(results["nets"]["tanh 16"]["exact"]) < results["nets"]["tanh 16"]["solved"]
                         and _most_missed(results, "tanh 16") <= 1),
        _with(19, "nets", "tanh 16", "exact", -1),
        lambda results: _show_exact(results, "tanh 16"),
    ),
    Claim(
        "relu-nets-at-10000",
        "Every relu net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right, and of all "
        "shorter strings tried.",
        "longer_strings",
        lambda results: (_exact_at_the_end(results, "relu 32")
                         and min(results["nets"]["relu 32"]["exact"]) == results["nets"]["relu 32"]["solved"]),
        _with(19, "nets", "relu 32", "exact", -1),
        lambda results: _show_exact(results, "relu 32"),
    ),
    Claim(
        "lstm-nets-at-10000",
        "Most LSTMs that learned 50 bits get every bit of 100 random strings of 10,000 bits right, but not all; none "
        "misses more than one string.",
        "longer_strings",
        lambda results: (0.5 < results["nets"]["lstm 8"]["exact"][-1] / results["nets"]["lstm 8"]["solved"] < 1
                         and _most_missed(results, "lstm 8") <= 1),
        _with(20, "nets", "lstm 8", "exact", -1),
        lambda results: _show_exact(results, "lstm 8"),
    ),
    Claim(
        "adam-solves",
        "With Adam, both recipes succeed with every seed within 2,000 steps.",
        "optimizers",
        lambda results: all(_all_solved(results[net]["adam"]) for net in ("relu 32", "tanh 16")),
        _with(19, "tanh 16", "adam", "solved"),
        lambda results: "; ".join(f"{net}: {_rate_and_steps(results[net]['adam'])}" for net in results) + ".",
    ),
    Claim(
        "sgd-often-fails",
        "Plain SGD in place of Adam, with two learning rates for each recipe, fails with most seeds within 2,000 steps "
        "in three of the four; the relu net with rate 1 always succeeds, in more steps than with Adam.",
        "optimizers",
        lambda results: (all(_mostly_fails(results[net][choice]) for net, choice in SGD_FAILS)
                         and _all_solved(results["relu 32"]["sgd 1"])
                         and results["relu 32"]["sgd 1"]["median_steps"] > results["relu 32"]["adam"]["median_steps"]),
        _with(20, "tanh 16", "sgd 0.1", "solved"),
        lambda results: "; ".join(f"{net}, rate {choice.split()[1]}: {_rate_and_steps(results[net][choice])}"
                                  for net in results for choice in ("sgd 1", "sgd 0.1")) + ".",
    ),
    Claim(
        "end-fixed-never",
        "With a label at the end and every string 50 bits long, none of the four kinds of net solves it with any seed "
        "within 8,000 steps.",
        "two_by_two",
        lambda results: all(_none_solved(row, 50) for row in _of(results, *_cells("end", "50"))),
        _with(1, "conditions", "end, 50, lstm", "solved"),
        lambda results: _show_rates(results, *_cells("end", "50")),
    ),
    Claim(
        "end-fixed-is-a-coin",
        "Of these nets each one is right on between 40 and 60 % of its last validation strings, and on average over "
        "the seeds of a kind on 45 to 55 % of strings of each length from 1 to 50.",
        "two_by_two",
        lambda results: all(0.4 < min(row["bit_accuracy"]) and max(row["bit_accuracy"]) < 0.6
                            and 0.45 < min(row["by_length"]["mean"]) and max(row["by_length"]["mean"]) < 0.55
                            for row in _of(results, *_cells("end", "50"))),
        _with([0.9] * 10, "conditions", "end, 50, tanh", "by_length", "mean"),
        lambda results: "; ".join(
            f"{name}: {_percent(min(row['bit_accuracy']))} to {_percent(max(row['bit_accuracy']))}, by length from "
            f"{_percent(min(row['by_length']['mean']))} to {_percent(max(row['by_length']['mean']))}"
            for name, row in zip(_cells("end", "50"), _of(results, *_cells("end", "50")), strict=True)) + ".",
    ),
    Claim(
        "end-varying-gated-nets-learn",
        "With a label at the end and lengths from 1 to 50, every LSTM and every GRU solves it. The intervals lie "
        "wholly above those of strings of 50 bits.",
        "two_by_two",
        lambda results: all(_all_solved(varying, 50) and _clearly_more(varying, fixed) for varying, fixed in (
            _of(results, f"end, 1..50, {cell}", f"end, 50, {cell}") for cell in ("lstm", "gru"))),
        _with(49, "conditions", "end, 1..50, gru", "solved"),
        lambda results: _show_rates(results, *_cells("end", "1..50")[2:]),
    ),
    Claim(
        "end-varying-plain-nets",
        "With a label at the end and lengths from 1 to 50, fewer tanh nets and fewer relu nets solve it than LSTMs and "
        "GRUs, and more than on strings of 50 bits: the intervals lie apart.",
        "two_by_two",
        lambda results: all(_clearly_more(gated, plain) and _clearly_more(plain, fixed)
                            for cell in ("tanh", "relu")
                            for plain, fixed in [_of(results, f"end, 1..50, {cell}", f"end, 50, {cell}")]
                            for gated in _of(results, "end, 1..50, lstm", "end, 1..50, gru")),
        _with(46, "conditions", "end, 1..50, relu", "solved"),
        lambda results: _show_rates(results, *_cells("end", "1..50")),
    ),
    Claim(
        "plain-nets-stop-at-short-strings",
        "The tanh and relu nets that do not solve lengths from 1 to 50 with a label at the end are right, on average, "
        "on more than 60 % of strings of 1 to 5 bits and on fewer than 55 % of those of 46 to 50, if those that solve "
        "it are counted as always right.",
        "two_by_two",
        lambda results: all(_of_the_failed(row, 0) > 0.6 and _of_the_failed(row, -1) < 0.55
                            for row in _of(results, *_cells("end", "1..50")[:2])),
        _with([0.7] * 10, "conditions", "end, 1..50, tanh", "by_length", "mean"),
        lambda results: "; ".join(
            f"{name}: {_percent(_of_the_failed(row, 0))} and {_percent(_of_the_failed(row, -1))}"
            for name, row in zip(_cells("end", "1..50")[:2], _of(results, *_cells("end", "1..50")[:2]), strict=True))
        + ".",
    ),
    Claim(
        "every-step-lengths-alike",
        "With a label at every step, the intervals of the success rates on strings of 50 bits and of 1 to 50 bits "
        "overlap for each kind of net.",
        "two_by_two",
        lambda results: all(_overlap(one, other) for one, other in zip(
            _of(results, *_cells("every_step", "50")), _of(results, *_cells("every_step", "1..50")), strict=True)),
        _with(30, "conditions", "every_step, 1..50, lstm", "solved"),
        lambda results: _show_rates(results, *_cells("every_step", "50"), *_cells("every_step", "1..50")),
    ),
    Claim(
        "every-step-speed-alike",
        "With a label at every step, the median number of steps on lengths from 1 to 50 is between two thirds and one "
        "and a half of that on 50 bits for each kind of net, less for some and more for others.",
        "two_by_two",
        lambda results: (all(2 / 3 < ratio < 1.5 for ratio in _speeds(results))
                         and min(_speeds(results)) < 1 < max(_speeds(results))),
        _with(4000.0, "conditions", "every_step, 1..50, lstm", "median_steps"),
        lambda results: "Median steps on 1 to 50 bits divided by those on 50 bits: " + ", ".join(
            f"{name.split()[-1]} {ratio:.2f}"
            for name, ratio in zip(_cells("every_step", "50"), _speeds(results), strict=True)) + ".",
    ),
    Claim(
        "solved-nets-at-10000",
        "Of the nets that solved their task, more than half in each condition and not all of all conditions get every "
        "bit of 20 random strings of 10,000 bits right, asked after each bit.",
        "two_by_two",
        lambda results: (all(wilson_interval(row["far_exact"], row["solved"])[0] > 0.5
                             for row in results["conditions"].values() if row["solved"] >= 10)
                         and any(row["far_exact"] < row["solved"] for row in results["conditions"].values())),
        _with(3, "conditions", "every_step, 50, lstm", "far_exact"),
        lambda results: "; ".join(
            f"{name}: {row['far_exact']} of {row['solved']}, worst accuracy per bit {_percent(min(row['far']))}"
            for name, row in results["conditions"].items() if row["solved"]) + ".",
    ),
    Claim(
        "fixed-lengths-end-early",
        "With a label at the end and strings all of one length, an LSTM learns two bits and three bits with every "
        "seed, four with few, and five or more with none, within 10,000 steps.",
        "fixed_lengths",
        lambda results: (all(_all_solved(row) for row in _of(results, "2", "3"))
                         and 0 < _of(results, "4")[0]["solved"] and _mostly_fails(_of(results, "4")[0])
                         and all(_none_solved(row) for row in _of(results, *FIXED_BITS[3:]))),
        _with(1, "conditions", "5", "solved"),
        lambda results: _show_rates(results, *FIXED_BITS),
    ),
    Claim(
        "label-signal-falls",
        "In untrained nets of each of the four kinds, what the labels contribute to the gradient shrinks with every "
        "further bit, and at five bits it is less than a hundredth of the noise of a batch.",
        "label_signal",
        lambda results: all(_rises(results["nets"][net]["ratio"]["median"][::-1]) and _at(results, net, 5) < 0.01
                            for net in UNTRAINED),
        _with(0.5, "nets", "lstm 8", "ratio", "median", 4),
        lambda results: _show_signal(results, *UNTRAINED),
    ),
    Claim(
        "open-gate-signal-still-small",
        "An LSTM whose forget gate starts with a bias of 5 has a larger signal from two bits on than one as PyTorch "
        "draws it, and at five bits it is less than a hundredth of the noise all the same.",
        "label_signal",
        lambda results: (all(_at(results, "forget bias 5", n) > _at(results, "lstm 8", n) for n in results["bits"][1:])
                         and _at(results, "forget bias 5", 5) < 0.01),
        _with(0.5, "nets", "forget bias 5", "ratio", "median", 4),
        lambda results: _show_signal(results, "lstm 8", "forget bias 5"),
    ),
    Claim(
        "three-bits-sooner-than-counted",
        "At least half of the LSTMs that learn strings of three bits from a label at the end do so within 500 steps, "
        "and all of them learn it.",
        "fixed_lengths",
        lambda results: _all_solved(_of(results, "3")[0]) and _of(results, "3")[0]["median_steps"] < 500,
        _with(600.0, "conditions", "3", "median_steps"),
        lambda results: _show_rates(results, "3"),
    ),
    Claim(
        "two-bits-raise-the-signal",
        "In LSTMs trained on strings of one and two bits only, the signal is larger than the noise up to eight bits, "
        "and at twelve more than a quarter of it and more than a million times what it is in untrained ones.",
        "label_signal",
        lambda results: (all(_at(results, "lstm 8 after 1..2", n) > 1 for n in range(1, 9))
                         and _at(results, "lstm 8 after 1..2", 12) > max(0.25, 1e6 * _at(results, "lstm 8", 12))),
        _with(0.01, "nets", "lstm 8 after 1..2", "ratio", "median", 11),
        lambda results: _show_signal(results, "lstm 8", "lstm 8 after 1..2"),
    ),
    Claim(
        "with-one-bit-learned",
        "With a label at the end, every LSTM learns lengths from 1 to 10 and from 1 to 50.",
        "lengths_present",
        lambda results: all(_all_solved(row) for row in _of(results, "1..10", "1..50")),
        _with(19, "conditions", "1..50", "solved"),
        lambda results: _show_rates(results, "1..10", "1..50"),
    ),
    Claim(
        "without-short-not-learned",
        "With 2, 3, 5, 10 or 25 in place of 1 as the shortest length, few or no LSTMs learn lengths up to 50 within "
        "4,000 steps: the intervals lie below one half.",
        "lengths_present",
        lambda results: all(_mostly_fails(row) for row in _of(results, *(f"{n}..50" for n in (2, 3, 5, 10, 25)))),
        _with(15, "conditions", "2..50", "solved"),
        lambda results: _show_rates(results, *(f"{n}..50" for n in (2, 3, 5, 10, 25))),
    ),
    Claim(
        "up-to-ten-forgives",
        "Up to 10 bits, every LSTM learns without strings of one bit too, and takes more steps; with 3, 4 or 5 as the "
        "shortest length few or none do.",
        "lengths_present",
        lambda results: (_all_solved(_of(results, "2..10")[0])
                         and _of(results, "2..10")[0]["median_steps"] > _of(results, "1..10")[0]["median_steps"]
                         and all(_mostly_fails(row) for row in _of(results, "3..10", "4..10", "5..10"))),
        _with(20, "conditions", "3..10", "solved"),
        lambda results: _show_rates(results, *(f"{n}..10" for n in (1, 2, 3, 4, 5))),
    ),
    Claim(
        "two-units-three-clusters",
        "In every tanh net of two units that learned 20 bits the states form three clusters, two of them even, and the "
        "machine that they make has two states when it is minimised.",
        "certificates",
        lambda results: (len(results["two_units"]["clusters"]) == results["nets"]["tanh 2"]["solved"] >= 5
                         and set(results["two_units"]["clusters"]) == {3}
                         and set(results["two_units"]["even_clusters"]) == {2}
                         and set(results["two_units"]["machine_states"]) == {2}),
        _with(2, "two_units", "clusters", 0),
        lambda results: "{solved} of {seeds} seeds learned; clusters: ".format(**results["nets"]["tanh 2"])
                        + ", ".join(map(str, results["two_units"]["clusters"])) + ".",
    ),
    Claim(
        "small-tanh-nets-are-certified",
        "Most tanh nets of two, four and eight units that were trained on 20 or 50 bits are certified: right on "
        "strings of every length.",
        "certificates",
        lambda results: all(2 * results["nets"][kind]["certified"] > results["nets"][kind]["solved"]
                            for kind in ("tanh 2", "tanh 4", "tanh 8")),
        _with(3, "nets", "tanh 4", "certified"),
        lambda results: _show_verdicts(results, "tanh 2", "tanh 4", "tanh 8"),
    ),
    Claim(
        "gru-nets-are-refuted",
        "Every GRU of eight units that was right on 5,000 strings of 75 bits is wrong on some string, and so is at "
        "least half of the LSTMs of eight units.",
        "certificates",
        lambda results: (results["nets"]["gru 8"]["refuted"] == results["nets"]["gru 8"]["solved"] >= 20
                         and 2 * results["nets"]["lstm 8"]["refuted"] >= results["nets"]["lstm 8"]["solved"]),
        _with(19, "nets", "gru 8", "refuted"),
        lambda results: _show_verdicts(results, "gru 8", "lstm 8")
                        + " Lengths of the wrong strings: GRU "
                        + ", ".join(map(str, sorted(results["nets"]["gru 8"]["refuting_lengths"])))
                        + "; LSTM " + ", ".join(map(str, sorted(results["nets"]["lstm 8"]["refuting_lengths"]))) + ".",
    ),
    Claim(
        "refuted-nets-pass-random-bits",
        "Of the nets that are wrong on some string, all but a few get all of 10,000 random bits right.",
        "certificates",
        lambda results: (results["random_bits"] == 10_000 and _total(results, "refuted") >= 50
                         and _total(results, "passed_random") >= 0.9 * _total(results, "refuted")),
        _with(0, "nets", "gru 8", "passed_random"),
        lambda results: f"{_total(results, 'passed_random')} of {_total(results, 'refuted')} refuted nets pass.",
    ),
    Claim(
        "a-third-is-certified-a-quarter-undecided",
        "Of all the nets of all kinds that were right in validation, more than a third is certified, more than a third "
        "refuted and about a quarter undecided.",
        "certificates",
        lambda results: (_total(results, "solved") >= 100
                         and 3 * _total(results, "certified") > _total(results, "solved")
                         and 3 * _total(results, "refuted") > _total(results, "solved")
                         and 0.2 < _total(results, "undecided") / _total(results, "solved") < 0.3),
        _with(100, "nets", "gru 8", "undecided"),
        lambda results: f"In all: {_total(results, 'certified')} certified, {_total(results, 'refuted')} refuted, "
                        f"{_total(results, 'undecided')} undecided, of {_total(results, 'solved')}. "
                        + _show_verdicts(results),
    ),
    Claim(
        "forget-bias-not-needed",
        "With a label at the end and lengths from 1 to 50, every LSTM solves it, whether its forget gate's bias starts "
        "at 0, 1, 2, 3 or 5.",
        "forget_biases",
        lambda results: all(_all_solved(row) for row in _of(results, *BIASES_VARYING)),
        _with(19, "conditions", "1..50, bias 0", "solved"),
        lambda results: _show_rates(results, *BIASES_VARYING),
    ),
    Claim(
        "forget-bias-does-not-rescue",
        "With a label at the end, no LSTM solves strings all of 50 bits within 4,000 steps, and few solve strings all "
        "of 5 bits, whether its forget gate's bias starts at 0, 1, 2, 3 or 5. At 5 bits each bias fails with most "
        "seeds and its interval overlaps with that of 0: these runs do not tell whether it helps there.",
        "forget_biases",
        lambda results: (all(_none_solved(row) for row in _of(results, *BIASES_50))
                         and all(_mostly_fails(row) and _overlap(row, results["conditions"][BIASES_5[0]])
                                 for row in _of(results, *BIASES_5))),
        _with(8, "conditions", "5, bias 5", "solved"),
        lambda results: _show_rates(results, *BIASES_50, *BIASES_5),
    ),
    Claim(
        "five-bits-by-heart",
        "The LSTMs that do solve 5 bits know these strings and not the rule: asked after each bit of strings of 10,000 "
        "bits, each is right between 45 and 55 % of the time.",
        "forget_biases",
        lambda results: (any(row["far"] for row in _of(results, *BIASES_5))
                         and all(0.45 < share < 0.55 for row in _of(results, *BIASES_5) for share in row["far"])),
        _with([1.0], "conditions", "5, bias 2", "far"),
        lambda results: "; ".join(
            f"{name}: {_rate(row)}, accuracy per bit {', '.join(_percent(share) for share in row['far'])}"
            for name, row in zip(BIASES_5, _of(results, *BIASES_5), strict=True) if row["far"]) + ".",
    ),
    Claim(
        "open-forget-gate-is-slower",
        "With lengths from 1 to 50, three quarters of the LSTMs with a bias of 5 take more steps than half of those "
        "with a bias of 0 or of 1, and no bias above 0 lowers the median by more than a tenth.",
        "forget_biases",
        lambda results: (results["conditions"]["1..50, bias 5"]["quartiles"][0]
                         > max(row["median_steps"] for row in _of(results, *BIASES_VARYING[:2]))
                         and min(row["median_steps"] for row in _of(results, *BIASES_VARYING))
                         >= 0.9 * results["conditions"]["1..50, bias 0"]["median_steps"]),
        _with([900.0, 1200.0], "conditions", "1..50, bias 5", "quartiles"),
        lambda results: _show_rates(results, *BIASES_VARYING) + " Quartiles: " + "; ".join(
            "{}: {:,.0f} to {:,.0f}".format(name, *row["quartiles"])
            for name, row in zip(BIASES_VARYING, _of(results, *BIASES_VARYING), strict=True)) + ".",
    ),
    Claim(
        "one-plain-unit-never-at-50",
        "With a label at every step and strings of 50 bits, one tanh unit and one relu unit never succeed within 2,000 "
        "steps.",
        "sizes",
        lambda results: all(_none_solved(row) for row in _of(results, *_sizes(("tanh", "relu"), (1,)))),
        _with(1, "conditions", "relu 1 x 1", "solved"),
        lambda results: _show_rates(results, *_sizes(("tanh", "relu"), (1,))) + " It is proven that no weights can.",
    ),
    Claim(
        "two-plain-units-seldom-found",
        "With two tanh units or two relu units some runs succeed and most do not.",
        "sizes",
        lambda results: all(row["solved"] > 0 and _mostly_fails(row)
                            for row in _of(results, *_sizes(("tanh", "relu"), (2,)))),
        _with(15, "conditions", "tanh 2 x 1", "solved"),
        lambda results: _show_rates(results, *_sizes(("tanh", "relu"), (2,))),
    ),
    Claim(
        "small-gated-nets-succeed",
        "With two, three and four units in one layer, LSTM and GRU succeed more often than tanh and relu nets of as "
        "many units: their intervals lie wholly above.",
        "sizes",
        lambda results: all(_clearly_more(gated, plain) for size in SMALL
                            for gated in _of(results, *_sizes(("lstm", "gru"), (size,)))
                            for plain in _of(results, *_sizes(("tanh", "relu"), (size,)))),
        _with(5, "conditions", "gru 3 x 1", "solved"),
        lambda results: _show_rates(results, *_sizes(("tanh", "relu", "lstm", "gru"), SMALL)),
    ),
    Claim(
        "eight-gated-units-always",
        "With 8, 16 and 32 units in one layer, LSTM and GRU succeed with every seed.",
        "sizes",
        lambda results: all(_all_solved(row) for row in _of(results, *_sizes(("lstm", "gru"), (8, 16, 32)))),
        _with(19, "conditions", "gru 8 x 1", "solved"),
        lambda results: _show_rates(results, *_sizes(("lstm", "gru"), (8, 16, 32))),
    ),
    Claim(
        "more-tanh-units-not-better",
        "Fewer tanh nets of 32 units succeed than of 16, in one layer and in two; the intervals overlap.",
        "sizes",
        lambda results: all(large["solved"] < small["solved"] and _overlap(large, small) for small, large in (
            _of(results, f"tanh 16 x {layers}", f"tanh 32 x {layers}") for layers in (1, 2))),
        _with(20, "conditions", "tanh 32 x 1", "solved"),
        lambda results: _show_rates(results, *_sizes(("tanh",), (16, 32)), *_sizes(("tanh",), (16, 32), 2)),
    ),
    Claim(
        "second-layer-alike",
        "For each of the four cells and each of seven sizes, the interval of the success rate with two layers overlaps "
        "with that with one.",
        "sizes",
        lambda results: all(_overlap(*_of(results, one, two)) for one, two in zip(_sizes(), _sizes(layers=2))),
        _with(0, "conditions", "lstm 8 x 2", "solved"),
        lambda results: _show_rates(results, *_sizes(), *_sizes(layers=2)),
    ),
    Claim(
        "curriculum-is-faster",
        "Of the nets that solve it, those whose lengths grow need fewer steps in the median, for each of the four "
        "kinds. For all but the GRU the quartiles lie apart.",
        "curriculum",
        lambda results: (all(grows["median_steps"] < start["median_steps"] for grows, start in (
            _of(results, f"{cell}, grows", f"{cell}, from the start") for cell in ("tanh", "relu", "lstm", "gru")))
            and [cell for cell in ("tanh", "relu", "lstm", "gru")
                 if _of(results, f"{cell}, grows")[0]["quartiles"][1]
                 >= _of(results, f"{cell}, from the start")[0]["quartiles"][0]] == ["gru"]),
        _with(7999.0, "conditions", "gru, grows", "median_steps"),
        lambda results: _show_rates(results, *results["conditions"]),
    ),
    Claim(
        "curriculum-helps-tanh",
        "More tanh nets solve it when the lengths grow: the intervals do not overlap. Those of the relu nets do.",
        "curriculum",
        lambda results: (_clearly_more(*_of(results, "tanh, grows", "tanh, from the start"))
                         and _overlap(*_of(results, "relu, grows", "relu, from the start"))),
        _with(0, "conditions", "tanh, grows", "solved"),
        lambda results: _show_rates(results, "tanh, grows", "tanh, from the start", "relu, grows",
                                    "relu, from the start"),
    ),
    Claim(
        "carried-padding-fails",
        "Where the answer must be carried through the zeros after the string, no LSTM solves it within 4,000 steps; "
        "with the answer at the last real step every one does.",
        "padding_side",
        lambda results: _none_solved(_of(results, "carried")[0]) and _all_solved(_of(results, "after")[0]),
        _with(1, "conditions", "carried", "solved"),
        lambda results: _show_rates(results, "after", "before", "carried"),
    ),
    Claim(
        "padding-before-learns",
        "With the zeros before the string, more than half of the LSTMs solve it, and the interval overlaps with that "
        "of zeros after it.",
        "padding_side",
        lambda results: _mostly_solved(_of(results, "before")[0]) and _overlap(*_of(results, "after", "before")),
        _with(8, "conditions", "before", "solved"),
        lambda results: _show_rates(results, "after", "before"),
    ),
    Claim(
        "other-optimisers-fail-at-the-end",
        "Within 4,000 steps every LSTM solves it with Adam and a rate of 0.01, and none with Adam and a rate of 0.001, "
        "with SGD and a rate of 1 or 0.1, or with SGD, a rate of 0.1 and a momentum of 0.9.",
        "optimizers_at_the_end",
        lambda results: (_all_solved(_of(results, "adam 0.01")[0])
                         and all(_none_solved(row) for row in _of(results, "adam 0.001", "sgd 1", "sgd 0.1",
                                                                  "sgd 0.1, momentum 0.9"))),
        _with(1, "conditions", "sgd 1", "solved"),
        lambda results: _show_rates(results, *results["conditions"]),
    ),
    Claim(
        "large-pool-is-enough",
        "With a fixed pool of 100,000 strings the LSTM succeeds as often as with fresh strings, as far as the "
        "intervals tell, and with most seeds.",
        "pools",
        lambda results: (_overlap(*_of(results, "fresh", "100000 strings"))
                         and all(_mostly_solved(row) for row in _of(results, "fresh", "100000 strings"))),
        _with(5, "conditions", "100000 strings", "solved"),
        lambda results: _show_rates(results, *results["conditions"]),
    ),
    Claim(
        "small-pool-often-enough",
        "With a fixed pool of 1,000 strings more than half of the LSTMs solve it.",
        "pools",
        lambda results: _mostly_solved(_of(results, "1000 strings")[0]),
        _with(9, "conditions", "1000 strings", "solved"),
        lambda results: _show_rates(results, "1000 strings"),
    ),
    Claim(
        "published-fixed-repeated",
        "Both published descriptions with a label at the end and strings of 50 bits report no more than a coin, and "
        "none of our five runs of each solves it; each ends within five points of one half.",
        "published",
        lambda results: all(row["solved"] == 0 and row["seeds"] >= 5
                            and all(abs(share - 0.5) < 0.05 for share in row["bit_accuracy"])
                            for row in _of(results, "enerrio, fixed", "Ariel-Perez, fixed")),
        _with(1, "conditions", "enerrio, fixed", "solved"),
        lambda results: _show_rates(results, "enerrio, fixed", "Ariel-Perez, fixed"),
    ),
    Claim(
        "published-padding-repeated",
        "As enerrio reports, varying lengths are learned with zeros before the string and not with zeros after it: "
        "with the first, each of our five runs is right on more than 95 % of strings and some, not all, on every one; "
        "with the second each ends within five points of one half.",
        "published",
        lambda results: (min(_of(results, "enerrio, padding before")[0]["sequence_accuracy"]) > 0.95
                         and 0 < _of(results, "enerrio, padding before")[0]["solved"] < 5
                         and all(abs(share - 0.5) < 0.05
                                 for share in _of(results, "enerrio, padding after")[0]["sequence_accuracy"])),
        _with(0, "conditions", "enerrio, padding before", "solved"),
        lambda results: _show_rates(results, "enerrio, padding before", "enerrio, padding after"),
    ),
    Claim(
        "published-failures-not-seen",
        "LSTMs of two units and LSTMs of three layers are reported not to converge with a label at every step; here "
        "all of five runs with three layers are exact, and most of five with two units.",
        "published",
        lambda results: (all(2 * row["solved"] > row["seeds"] >= 5
                             for row in _of(results, "andrewsagio, two units", "andrewsagio, three layers"))
                         and _all_solved(_of(results, "andrewsagio, three layers")[0], least=5)),
        _with(0, "conditions", "andrewsagio, two units", "solved"),
        lambda results: _show_rates(results, "andrewsagio, two units", "andrewsagio, three layers"),
    ),
    Claim(
        "mask-beats-packing-on-cpu",
        "On a CPU, forward and backward through strings of 1 to 50 bits takes less time masked than packed, for relu "
        "nets and LSTMs of 4 and 32 units in batches of 8 and 64.",
        "bench",
        lambda results: len(results["packing"]) >= 8 and all(row["ratio"] > 1 for row in results["packing"]),
        _with(0.9, "packing", 0, "ratio"),
        lambda results: "Time packed divided by time masked: " + "; ".join(
            f"{row['cell']} {row['hidden']}, batch {row['batch']}: {row['ratio']:.1f}"
            for row in results["packing"]) + ".",
        block="measurements",
    ),
    Claim(
        "words-beat-integers",
        "Making strings and parities 64 bits at a time takes at most a fifth of the time of the course's generator and "
        "at most an eighth of its memory.",
        "bench",
        lambda results: results["generation"]["ratio"] >= 5 and results["generation"]["memory_ratio"] >= 8,
        _with(2.0, "generation", "ratio"),
        lambda results: "100,000 strings of 50 bits: {course_ms:.1f} ms against {ours_ms:.1f} ms; peak "
                        "{course_mib:.0f} MiB against {ours_mib:.1f} MiB.".format(**results["generation"]),
        block="measurements",
    ),
    Claim(
        "guessing-like-published",
        "Our mean number of guesses and the published one differ by less than two standard errors of their difference, "
        "for A1 and both versions of A2, if the published ones are means of ten runs of numbers that vary as much as "
        "their mean.",
        "guessing",
        lambda results: all(_errors_off(results, name) < 2 for name in PUBLISHED),
        _with(6000.0, "nets", "A1", "mean"),
        _show_guesses,
    ),
    Claim(
        "order-of-guessed-nets",
        "A2 without self-connections (42 weights) takes the fewest guesses on average, then A2 (52), then A1 (7), then "
        "two tanh units (11); each mean lies below the next by more than two standard errors of the difference.",
        "guessing",
        lambda results: all(_apart(results["nets"][one], results["nets"][other]) for one, other in pairwise(
            ("A2 without self-connections", "A2", "A1", "two tanh units"))),
        _with(300.0, "nets", "A1", "mean"),
        _show_guesses,
    ),
    Claim(
        "guessed-nets-generalise",
        "Every net that was guessed on 100 strings of 500 to 600 bits is right on 100 fresh ones. On 20 random strings "
        "of 5,000 bits at least 19 of 20 nets are, and on five regular ones too, but not every one.",
        "guessing",
        lambda results: (all(row["fresh"] == row["solved"] == row["repetitions"] >= 30
                             for row in results["nets"].values())
                         and all(sum(row[test] for row in results["nets"].values())
                                 >= 0.95 * sum(row["solved"] for row in results["nets"].values())
                                 for test in ("long", "regular"))
                         and any(row["regular"] < row["solved"] for row in results["nets"].values())),
        _with(99, "nets", "A1", "fresh"),
        lambda results: _guessed_right(results, "fresh", "long", "regular"),
    ),
    Claim(
        "guessed-nets-are-switches",
        "Of each kind of net at least four fifths of those guessed are right on all strings of every length from 500 "
        "on when each unit is replaced by a switch.",
        "guessing",
        lambda results: all(row["switches"] >= 0.8 * row["solved"] > 0 for row in results["nets"].values()),
        _with(70, "nets", "A2", "switches"),
        lambda results: _guessed_right(results, "switches", "switches_from_1"),
    ),
    Claim(
        "at-once-never",
        "If both units of A1 change at once, no guess is right, among as many as give more than ten right nets if the "
        "hidden unit goes first.",
        "guessing",
        lambda results: (results["budget"]["A1 at once"]["solved"] == 0 and results["budget"]["A1"]["solved"] > 10
                         and results["budget"]["A1 at once"]["guesses"] >= results["budget"]["A1"]["guesses"]),
        _with(1, "budget", "A1 at once", "solved"),
        lambda results: _show_budget(results, "A1", "A1 at once"),
    ),
    Claim(
        "small-weights-never",
        "With weights uniform on -1 to 1 instead of -100 to 100, no guess of A1 is right, among as many as give more "
        "than ten right nets otherwise.",
        "guessing",
        lambda results: (results["budget"]["A1, weights within 1"]["solved"] == 0
                         and results["budget"]["A1"]["solved"] > 10),
        _with(5, "budget", "A1, weights within 1", "solved"),
        lambda results: _show_budget(results, "A1", "A1, weights within 1"),
    ),
    Claim(
        "temporal-xor-learned",
        "A tanh net of 16 units, told nothing but the next bit, predicts every third bit of 500 fresh streams of 120 "
        "bits with every seed tried; at the random bits its loss stays within a fiftieth of that of a coin.",
        "temporal_xor",
        lambda results: (results["solved"] == results["seeds"] == len(results["loss"]) >= 20
                         and all(third < 0.05 and abs(first - LN2) < 0.02 and abs(second - LN2) < 0.02
                                 for first, second, third in results["loss"])),
        _with(0.6, "loss", 3, 2),
        lambda results: f"{_rate(results)}. Median loss at the first, second and third bit of a triple: "
                        + ", ".join(f"{median(row[place] for row in results['loss']):.3f}" for place in range(3)) + ".",
    ),
    Claim(
        "positive-factors-never",
        "A linear recurrence whose factors lie between 0 and 1, with one channel or eight, never learns parity "
        "(twenty starts of each, trained on the same strings of 50 bits with a label at every step); from "
        "the eleventh step on its answers are right as often as a coin's, within a hundredth.",
        "linear_recurrence",
        lambda results: all(results["nets"][net]["solved"] == 0 and results["nets"][net]["seeds"] >= 20
                            and _later_coin(results["nets"][net]) for net in ("sigmoid 1", "sigmoid 8")),
        _with(1, "nets", "sigmoid 8", "solved"),
        lambda results: "; ".join(f"{net.split()[1]} channel(s): {_rate(results['nets'][net])}, best accuracy per bit "
                                  f"{_percent(max(results['nets'][net]['bit_accuracy']))}, share right from step 11 on "
                                  f"{_percent(mean(results['nets'][net]['by_step'][10:]))}"
                                  for net in ("sigmoid 1", "sigmoid 8")) + ".",
    ),
    Claim(
        "negative-factors-can",
        "With factors between -1 and 1, one channel is exact on strings of 75 bits in some runs and eight channels in "
        "most.",
        "linear_recurrence",
        lambda results: (0 < results["nets"]["tanh 1"]["solved"] < results["nets"]["tanh 1"]["seeds"]
                         and wilson_interval(results["nets"]["tanh 8"]["solved"],
                                             results["nets"]["tanh 8"]["seeds"])[0] > 0.5),
        _with(0, "nets", "tanh 1", "solved"),
        lambda results: "; ".join(f"{net.split()[1]} channel(s): {_rate(results['nets'][net])}"
                                  for net in ("tanh 1", "tanh 8")) + ".",
    ),
    Claim(
        "one-channel-ends-in-two-ways",
        "Where one channel with factors between -1 and 1 is exact, it multiplies by more than nine tenths after a 0 "
        "and by less than minus nine tenths after a 1. Where it is not, both factors are smaller than one half in size "
        "and have the opposite signs.",
        "linear_recurrence",
        lambda results: _two_kinds_of_ends(results["nets"]["tanh 1"]),
        _with([0.3, -0.3], "nets", "tanh 1", "factors", 1),
        lambda results: "; ".join(
            f"{label}: " + ", ".join(f"{keep:.2f} and {flip:.2f}"
                                     for keep, flip in _factor_pairs(results["nets"]["tanh 1"], exact))
            for label, exact in (("Exact", True), ("not exact", False))) + ".",
    ),
    Claim(
        "single-channels-closer-to-one",
        "Where one channel with factors between -1 and 1 is exact, both factors are within three thousandths of one "
        "in size.",
        "linear_recurrence",
        lambda results: all(abs(1 - abs(factor)) < 0.003
                            for pair in _factor_pairs(results["nets"]["tanh 1"], True) for factor in pair),
        _with([0.99, -0.99], "nets", "tanh 1", "factors", 1),
        lambda results: "Sizes of the factors: " + ", ".join(
            f"{abs(keep):.4f} and {abs(flip):.4f}"
            for keep, flip in _factor_pairs(results["nets"]["tanh 1"], True)) + ".",
    ),
    Claim(
        "linear-nets-leak",
        "Of the nets with eight channels that are exact on strings of 75 bits, none is on strings of 1,000; of those "
        "with one channel, all are.",
        "linear_recurrence",
        lambda results: (results["lengths"] == [75, 1000] and results["nets"]["tanh 8"]["exact"][0] > 0
                         and results["nets"]["tanh 8"]["exact"][1] == 0
                         and results["nets"]["tanh 1"]["exact"][1] == results["nets"]["tanh 1"]["exact"][0] > 0),
        _with(3, "nets", "tanh 8", "exact", 1),
        lambda results: "; ".join(
            f"{net.split()[1]} channel(s): " + ", ".join(
                f"{exact} of {row['seeds']} on strings of {length:,}"
                for length, exact in zip(results["lengths"], row["exact"], strict=True))
            for net, row in ((net, results["nets"][net]) for net in ("tanh 1", "tanh 8"))) + ".",
    ),
)


# ---------------------------------------------------------------- for the page


class Shown:
    """The claims on one file of results as a piece of a page: each with its anchor, figures, file and command."""

    def __init__(self, source: str) -> None:
        self.claims = [claim for claim in CLAIMS if claim.source == source]

    def __repr__(self) -> str:
        return "\n".join(f"{claim.says} {claim.shows(claim.results())}" for claim in self.claims)

    def _repr_html_(self) -> str:
        return "\n".join(_as_html(claim) for claim in self.claims)


def show_claims(source: str) -> Shown:
    """What the page *Evidence* shows under a heading."""
    return Shown(source)


def _as_html(claim: Claim) -> str:
    results = claim.results()
    verdict = "holds" if claim.holds(results) else "does not hold"
    return (
        f'<div class="evidence" id="claim-{claim.id}">\n'
        f"<p><strong>{html.escape(claim.says)}</strong></p>\n"
        f"<p>{html.escape(claim.shows(results))}</p>\n"
        f"<p><small><code>{claim.id}</code> {verdict} on "
        f"<code>parity_lib/experiments/results/{claim.source}.json</code>, "
        f"made by <code>{claim.command}</code></small></p>\n</div>"
    )
