"""Claims about how strongly labels at the end influence the gradient."""

from .claim import Claim, Number, Results, number
from .words import power

UNTRAINED = ("tanh 8", "relu 8", "lstm 8", "gru 8")
OPEN, KNOWS = "forget bias 5", "lstm 8 after 1..2"


def ratio(net: str, bits: int) -> Number:
    """Return the median over seeds of the signal divided by the noise along it, for strings of a given length."""
    return number(f"{net}, {bits} bits", "signal divided by noise", "nets", net, "ratio", "median", bits - 1)


def show(results: Results, *nets: str) -> str:
    """Summarise the signal-to-noise ratios of each network."""
    rows = "; ".join(f"{net}: " + ", ".join(power(ratio(net, bits).read(results)) for bits in (1, 2, 5, 12))
                     for net in nets)
    return (f"Signal divided by the noise of a batch of {results['batch']} along it, median over seeds, for strings of "
            f"1, 2, 5 and 12 bits. {rows}.")


def gain(results: Results) -> float:
    """Compute the ratio for the trained networks at 12 bits, divided by the ratio for untrained networks."""
    return ratio(KNOWS, 12).read(results) / ratio("lstm 8", 12).read(results)


LABEL_SIGNAL = {
    "label-signal-falls": Claim(
        "In untrained networks of each of the four kinds, the signal (the part of the gradient that comes from the "
        "labels) divided by the noise of a batch of 64 strings along it shrinks with every additional bit, from one "
        "bit to twelve. At five bits, this ratio is less than a twentieth (medians over seeds).",
        [*(ratio(net, 5).below(0.05) for net in UNTRAINED),
         *(ratio(net, bits).below(ratio(net, bits - 1)) for net in UNTRAINED for bits in range(2, 13))],
        lambda results: show(results, *UNTRAINED)),
    "open-gate-signal-still-small": Claim(
        "Compared with the noise of a batch along the signal, the signal of an LSTM whose forget gate starts with a "
        "bias of 5 is larger than that of an LSTM with PyTorch's initial weights, from three bits on. Even so, at five "
        "bits the signal with a bias of 5 is less than a twentieth of that noise.",
        [ratio(OPEN, 5).below(0.05), *(ratio(OPEN, bits).above(ratio("lstm 8", bits)) for bits in range(3, 13))],
        lambda results: show(results, "lstm 8", OPEN)),
    "two-bits-raise-the-signal": Claim(
        "In LSTMs that were trained only on strings of one and two bits, the signal is larger than the noise along it "
        "at every length up to eight bits. At twelve bits, the signal divided by this noise is more than a quarter, "
        "and more than a million times as large as the same ratio in untrained LSTMs (medians over seeds).",
        [*(ratio(KNOWS, bits).above(1.0) for bits in range(1, 9)), ratio(KNOWS, 12).above(0.25),
         Number("12 bits", "signal divided by noise, relative to untrained networks", gain,
                lambda results, wrong: ratio("lstm 8", 12).write(
                    results, ratio(KNOWS, 12).read(results) / wrong)).above(1e6)],
        lambda results: show(results, "lstm 8", KNOWS)),
}
