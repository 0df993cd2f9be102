"""Claims about how strongly labels at the end influence the gradient."""

from .claim import Claim, Condition, Results, replaced
from .words import power

UNTRAINED = ("tanh 8", "relu 8", "lstm 8", "gru 8")
OPEN, KNOWS = "forget bias 5", "lstm 8 after 1..2"


def ratio(results: Results, net: str, bits: int) -> float:
    """Return the median over seeds of the signal divided by the noise along it, for strings of a given length."""
    return results["nets"][net]["ratio"]["median"][results["bits"].index(bits)]


def with_ratio(results: Results, net: str, bits: int, by: float) -> Results:
    """Return a copy of the results in which one signal-to-noise ratio is replaced."""
    return replaced(results, "nets", net, "ratio", "median", results["bits"].index(bits), by=by)


def above(net: str, bits: int, limit: float) -> Condition:
    """Create a condition that requires a signal-to-noise ratio to exceed a limit."""
    return Condition(f"{net}, {bits} bits: more than {power(limit)}", lambda results: ratio(results, net, bits) > limit,
                     lambda results: with_ratio(results, net, bits, limit))


def below_a_twentieth(net: str) -> Condition:
    """Create a condition that requires a signal-to-noise ratio below one twentieth at five bits."""
    return Condition(f"{net}, 5 bits: less than a twentieth", lambda results: ratio(results, net, 5) < 0.05,
                     lambda results: with_ratio(results, net, 5, 0.05), ((net, 5),))


def falls(net: str, bits: int) -> Condition:
    """Create a condition that requires a signal-to-noise ratio to be smaller than that for one bit less."""
    return Condition(f"{net}: less at {bits} bits", lambda results: ratio(results, net, bits) < ratio(
        results, net, bits - 1), lambda results: with_ratio(results, net, bits, ratio(results, net, bits - 1)),
        ((net, bits), (net, bits - 1)))


def larger_when_open(bits: int) -> Condition:
    """Create a condition that requires a larger signal-to-noise ratio with an open forget gate than without."""
    return Condition(f"{bits} bits: larger than as drawn",
                     lambda results: ratio(results, OPEN, bits) > ratio(results, "lstm 8", bits),
                     lambda results: with_ratio(results, OPEN, bits, ratio(results, "lstm 8", bits)))


def show(results: Results, *names: str) -> str:
    """Summarise the signal-to-noise ratios of each network."""
    rows = "; ".join(f"{name}: " + ", ".join(f"{power(ratio(results, name, bits))} at {bits} bit{'s' * (bits > 1)}"
                                             for bits in (1, 2, 5, 12)) for name in names)
    return (f"Signal divided by the noise of a batch of {results['batch']} along it, median of "
            f"{results['nets'][names[0]]['seeds']} seeds, by the number of bits. {rows}.")


CLAIMS = (
    Claim(
        "label-signal-falls",
        "In untrained nets of each of the four kinds, what the labels contribute to the gradient shrinks with every "
        "further bit (medians over seeds), and at five bits it is less than a twentieth of the noise of a batch of 64 "
        "along its own direction.",
        [*map(below_a_twentieth, UNTRAINED), *(falls(net, bits) for net in UNTRAINED for bits in range(2, 13))],
        lambda results: show(results, *UNTRAINED)),
    Claim(
        "open-gate-signal-still-small",
        "An LSTM whose forget gate starts with a bias of 5 has a larger signal from three bits on than one as PyTorch "
        "draws it, compared with the noise of a batch along it, and at five bits it is less than a twentieth of that "
        "noise all the same.",
        [below_a_twentieth(OPEN), *map(larger_when_open, range(3, 13))],
        lambda results: show(results, "lstm 8", OPEN)),
    Claim(
        "two-bits-raise-the-signal",
        "In LSTMs trained on strings of one and two bits only, the signal is larger than the noise along it up to "
        "eight bits, and at twelve more than a quarter of it and more than a million times what it is in untrained "
        "ones.",
        [*(above(KNOWS, bits, 1.0) for bits in range(1, 9)), above(KNOWS, 12, 0.25),
         Condition("12 bits: a million times that of untrained ones",
                   lambda results: ratio(results, KNOWS, 12) > 1e6 * ratio(results, "lstm 8", 12),
                   lambda results: with_ratio(results, "lstm 8", 12, 1.01e-6 * ratio(results, KNOWS, 12)))],
        lambda results: show(results, "lstm 8", KNOWS)),
)
