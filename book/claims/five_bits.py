"""Claims about the interventions of the note *Why five bits are hard*."""

from itertools import pairwise

from parity_study.experiments.one_curve import points

from .claim import Claim, Condition, Number, Results, each_between, replaced
from .rates import above, cannot_tell, counts, more_often, mostly, never, seldom, some, wilson_interval
from .words import percent

nearly_all = counts("the interval lies above nine tenths", above(0.9))


def drawn(bits: int, power: int) -> str:
    """Return the name of the condition with batches of ``2**power`` random strings."""
    return f"{bits} bits, 2^{power} drawn"


STEPS = {4: (6, 8, 10, 12), 5: (12, 14, 16, 18, 20), 6: (16, 20, 24, 28)}      # powers of two that are compared
RISING = [(drawn(bits, larger), drawn(bits, smaller)) for bits, powers in STEPS.items()
          for smaller, larger in pairwise(powers)]

DOSE_RESPONSE = {
    "dose-response-rises": Claim(
        "The larger the random batch, the more LSTMs learn within 8,000 updates: of four bits with each fourfold batch "
        "from 2^6 to 2^12 strings, of five bits from 2^12 to 2^20, and of six bits with each sixteenfold batch from "
        "2^16 to 2^28 (Fisher's exact test, ten comparisons with Holm's correction).",
        more_often(*RISING)),
    "dose-response-halves": Claim(
        "Of four bits, fewer than half of the LSTMs learn with 2^6 strings in a batch and more than half with 2^10; of "
        "five bits, fewer than half with 2^14 and more than half with 2^18; of six bits, fewer than half with 2^22 "
        "and more than half with 2^28 (each interval lies below or above one half).",
        [*seldom(drawn(4, 6), drawn(5, 14), drawn(6, 22)), *mostly(drawn(4, 10), drawn(5, 18), drawn(6, 28))]),
    "dose-response-saturates": Claim(
        "With batches of 2^24, 2^26 or 2^28 random strings, more than nine tenths of the LSTMs learn five bits (each "
        "interval lies above nine tenths).",
        nearly_all(*(drawn(5, power) for power in (24, 26, 28)))),
    "large-batches-fail-from-five": Claim(
        "With random batches of 64 to 4,096 strings few LSTMs learn five bits within 8,000 updates (each interval lies "
        "below one half), and none learns six bits.",
        [*seldom(*(drawn(5, power) for power in range(6, 14, 2))),
         *never(*(drawn(6, power) for power in range(6, 14, 2)))]),
    "half-of-the-strings-fails": Claim(
        "With half of all strings of five or six bits in each batch, drawn so that all differ, no LSTM learns them "
        "within 8,000 updates.",
        never("5 bits, half of them", "6 bits, half of them")),
}

EXACT, ALONG, OFF, ALL = "exact", "along the signal", "off the signal", "all noise"
ADAM, EXACT_SQUARE, SGD = ("5 bits, Adam", "4 bits, Adam"), "with an exact mean square", "4 bits, SGD"


def ordered(optimizer: str, *noise: str) -> list[tuple[str, str]]:
    """Return pairs of conditions, each with noise that is claimed to do less harm than the noise after it."""
    return [(f"{optimizer}, {less}", f"{optimizer}, {more}") for less, more in pairwise(noise)]


NOISE_PARTS = {
    "noise-both-parts-harm": Claim(
        "With Adam, at five and at four bits, fewer LSTMs learn if the noise of batches of 64 strings along the signal "
        "is added to the exact gradient than without it, fewer with the rest of the noise than with that part, and "
        "fewer with all of it than with the rest (Fisher's exact test, six comparisons with Holm's correction).",
        more_often(*(pair for optimizer in ADAM for pair in ordered(optimizer, EXACT, ALONG, OFF, ALL)))),
    "noise-exact-mean-square": Claim(
        "If Adam takes its mean square from the exact gradient, more LSTMs learn with either part of the noise alone, "
        "at five and at four bits (Fisher's exact test, four comparisons with Holm's correction). With all of the "
        "noise these runs cannot tell, at five or at four bits (two comparisons).",
        [*more_often(*((f"{optimizer} {EXACT_SQUARE}, {noise}", f"{optimizer}, {noise}")
                       for optimizer in ADAM for noise in (ALONG, OFF))),
         *cannot_tell(*((f"{optimizer} {EXACT_SQUARE}, {ALL}", f"{optimizer}, {ALL}") for optimizer in ADAM))]),
    "noise-together": Claim(
        "At five bits with the mean square of the exact gradient, more than nine tenths of the LSTMs learn with the "
        "noise along the signal alone, more than three quarters with the rest alone, and less than a quarter with "
        "both (each interval lies above or below these shares).",
        [*nearly_all(f"{ADAM[0]} {EXACT_SQUARE}, {ALONG}"),
         *counts("the interval lies above three quarters", above(0.75))(f"{ADAM[0]} {EXACT_SQUARE}, {OFF}"),
         *counts("the interval lies below a quarter", lambda count, of: wilson_interval(count, of)[1] < 0.25)(
             f"{ADAM[0]} {EXACT_SQUARE}, {ALL}")]),
    "noise-sgd": Claim(
        "With SGD at four bits, fewer LSTMs learn with the noise along the signal than from the exact gradient, and "
        "fewer with the rest of the noise than with that part (Fisher's exact test, two comparisons with Holm's "
        "correction). With all of the noise none does within 16,000 updates.",
        [*more_often(*ordered(SGD, EXACT, ALONG, OFF)), *never(f"{SGD}, {ALL}")]),
}


def scaled(cell: str, bits: int, batch: str, *factors: int) -> list[str]:
    """Return the names of the conditions whose initial weights are multiplied by each of the factors."""
    return [f"{cell}, {bits} bits, {batch}, x {factor}" for factor in factors]


def more_with(larger: int, smaller: int, bits: int, batch: str, *cells: str) -> list[tuple[str, str]]:
    """Return pairs of conditions, for each cell one with larger initial weights and one with smaller ones."""
    return [tuple(scaled(cell, bits, batch, larger, smaller)) for cell in cells]


RANDOM, ALL_OF_THEM = "64 drawn", "all"

WEIGHT_SCALES = {
    "larger-weights-teach-five-bits": Claim(
        "With random batches of 64 strings of five bits, few LSTMs learn with initial weights as PyTorch draws them or "
        "twice as large (each interval lies below one half), and more than nine tenths with weights six, eight or "
        "ten times as large (each interval lies above nine tenths), within 8,000 updates.",
        [*seldom(*scaled("lstm", 5, RANDOM, 1, 2)), *nearly_all(*scaled("lstm", 5, RANDOM, 6, 8, 10))]),
    "larger-weights-teach-six-bits": Claim(
        "With random batches of 64 strings of six bits, no LSTM learns with the initial weights as PyTorch draws them, "
        "and more than half do with weights six, eight or ten times as large (each interval lies above one half).",
        [*never(*scaled("lstm", 6, RANDOM, 1)), *mostly(*scaled("lstm", 6, RANDOM, 6, 8, 10))]),
    "larger-weights-help-each-cell": Claim(
        "With random batches of 64 strings of five bits, more networks of each kind learn with initial weights four "
        "times as large (Fisher's exact test, four comparisons with Holm's correction).",
        more_often(*more_with(4, 1, 5, RANDOM, "tanh", "relu", "gru", "lstm"))),
    "too-large-weights": Claim(
        "With random batches of 64 strings of five bits, fewer tanh and relu networks learn with initial weights ten "
        "times as large than with weights four times as large (Fisher's exact test, two comparisons with Holm's "
        "correction); of the GRUs and LSTMs, more than nine tenths learn with weights ten times as large (each "
        "interval lies above nine tenths).",
        [*more_often(*more_with(4, 10, 5, RANDOM, "tanh", "relu")),
         *nearly_all(*(name for cell in ("gru", "lstm") for name in scaled(cell, 5, RANDOM, 10)))]),
    "larger-weights-help-without-noise": Claim(
        "With all strings in each update, more LSTMs learn seven bits if the initial weights are four times as large "
        "than if they are twice as large, and fewer relu networks learn six bits (Fisher's exact test, two comparisons "
        "with Holm's correction).",
        more_often(*more_with(4, 2, 7, ALL_OF_THEM, "lstm"), *more_with(2, 4, 6, ALL_OF_THEM, "relu"))),
}

CONTROLS = {
    "balanced-batches": Claim(
        "With random batches of 64 or 1,024 strings, of which exactly half are odd, few LSTMs learn five bits (each "
        "interval lies below one half) and none learns six bits, within 8,000 updates.",
        [*seldom(*(f"5 bits, balanced {size}" for size in (64, 1024))),
         *never(*(f"6 bits, balanced {size}" for size in (64, 1024)))]),
    "shortened-noise": Claim(
        "If the noise off the signal is shortened to the norm of the noise along it, most LSTMs learn five bits with "
        "Adam (the interval lies above one half), and more than nine tenths with the mean square of the exact gradient "
        "(the interval lies above nine tenths).",
        [*mostly("5 bits, off the signal, shortened"),
         *nearly_all("5 bits, off the signal, shortened, exact mean square")]),
    "larger-weights-without-open-gates": Claim(
        "If all biases of the forget gates are set to 0, few LSTMs learn five bits from random batches of 64 strings "
        "with initial weights as PyTorch draws them (the interval lies below one half), and most do with weights eight "
        "times as large (the interval lies above one half).",
        [*seldom("5 bits, 64 drawn, x 1, bias 0"), *mostly("5 bits, 64 drawn, x 8, bias 0")]),
}

FLOAT64, MEMORY, EPSILON, WEIGHTS, OPEN = "float64", "beta2 0.99", "eps 1e-16", "weights x 3", "bias 5"
BOTH = f"{MEMORY}, {EPSILON}"

EIGHT_BITS = {
    "few-reach-eight-bits": Claim(
        "With all strings of eight bits in each update, few LSTMs learn them within 16,000 updates: without a change, "
        "in double precision, with beta2 = 0.99, with epsilon = 1e-16, in double precision with one of these two "
        "changes (each interval lies below one half).",
        seldom("as before", FLOAT64, MEMORY, EPSILON, f"{FLOAT64}, {MEMORY}", f"{FLOAT64}, {EPSILON}")),
    "memory-and-epsilon": Claim(
        "With beta2 = 0.99 and epsilon = 1e-16 together, most LSTMs learn eight bits (the interval lies above one "
        "half), more than with either of the two changes alone (Fisher's exact test, two comparisons with Holm's "
        "correction), and some learn nine bits.",
        [*mostly(BOTH), *more_often((BOTH, MEMORY), (BOTH, EPSILON)), *some(f"9 bits, {BOTH}")]),
    "short-memory-throughout": Claim(
        "With epsilon = 1e-16, more LSTMs learn eight bits if Adam starts afresh once, after 200 updates, than if it "
        "does not, but fewer than with beta2 = 0.99 during the whole training (Fisher's exact test, two comparisons "
        "with Holm's correction).",
        more_often((f"{EPSILON}, Adam afresh", EPSILON), (BOTH, f"{EPSILON}, Adam afresh"))),
    "adam-and-noise": Claim(
        "With beta2 = 0.99 and epsilon = 1e-16, few LSTMs learn five bits from random batches of 64 strings within "
        "16,000 updates (the interval lies below one half).",
        seldom(f"5 bits, 64 drawn, {BOTH}")),
    "open-gate-reaches-eight-bits": Claim(
        "With a forget bias of 5, or with initial weights three times as large, most LSTMs learn eight bits within "
        "16,000 updates (each interval lies above one half).",
        mostly(OPEN, WEIGHTS)),
}


def ratio(name: str) -> Number:
    """Return the ratio of signal to noise of a condition before training."""
    def read(results: Results) -> float:
        return next(value for row, value, _, _ in points(results) if row == name)

    return Number(name, "Median ratio of signal to noise before training", read,
                  lambda results, wrong: replaced(results, "conditions", name, "signal", by=lambda signals: [
                      signal * wrong / read(results) for signal in signals]), reads=(("conditions", name),))


def fewer_at_a_larger_ratio(*pairs: tuple[str, str]) -> list[Condition]:
    """Return conditions on pairs: more networks learn under the first, whose ratio of signal to noise is smaller."""
    return [*more_often(*pairs), *(ratio(less).above(ratio(more)) for more, less in pairs)]


def combined(bits: int, size: int, factor: int, bias: str) -> str:
    """Return the name of a combination of string length, batch size, factor of the weights and forget bias."""
    return f"{bits} bits, {size} drawn, x {factor}, bias {bias}"


DRAWN, OPENED, MANY = "drawn", "3.0", 16_384
HARDLY_ANY_SIGNAL = [combined(*setting) for setting in (
    (5, 64, 1, DRAWN), (5, 1024, 1, DRAWN), (6, 64, 1, DRAWN), (6, 1024, 1, DRAWN), (6, MANY, 1, DRAWN),
    (6, 64, 2, DRAWN), (6, 64, 1, OPENED))]
MORE_SIGNAL_THAN_NOISE = [
    *(combined(bits, size, 8, bias) for bits in (4, 5, 6) for size in (1024, MANY) for bias in (DRAWN, OPENED)),
    *(combined(*setting) for setting in (
        (4, 1024, 4, OPENED), (4, MANY, 2, OPENED), (4, MANY, 4, DRAWN), (4, MANY, 4, OPENED), (5, MANY, 4, DRAWN),
        (5, MANY, 4, OPENED), (6, MANY, 4, OPENED)))]

ONE_CURVE = {
    "ratio-sorts-conditions": Claim(
        "In the seven combinations whose median ratio of signal to noise is below a thousandth, few LSTMs learn (each "
        "interval lies below one half). In the nineteen whose ratio is above 1, more than nine tenths learn (each "
        "interval lies above nine tenths).",
        [*seldom(*HARDLY_ANY_SIGNAL), *(ratio(name).below(1e-3) for name in HARDLY_ANY_SIGNAL),
         *nearly_all(*MORE_SIGNAL_THAN_NOISE), *(ratio(name).above(1.0) for name in MORE_SIGNAL_THAN_NOISE)]),
    "no-single-curve": Claim(
        "The ratio of signal to noise before training does not determine how many LSTMs learn. From batches of 64 "
        "strings and with a forget bias of 3, more of them learn four bits with PyTorch's weights than six bits with "
        "weights four times as large. From batches of 1,024, more learn five bits with a forget bias of 3 than with "
        "weights twice as large (Fisher's exact test, two comparisons with Holm's correction). In both cases, the "
        "median ratio is smaller where more of them learn.",
        fewer_at_a_larger_ratio(
            ("4 bits, 64 drawn, x 1, bias 3.0", "6 bits, 64 drawn, x 4, bias 3.0"),
            ("5 bits, 1024 drawn, x 1, bias 3.0", "5 bits, 1024 drawn, x 2, bias drawn"))),
}


def tenfold(*lengths: int) -> list[str]:
    """Return the names of the conditions with initial weights ten times as large, by the length of the strings."""
    return [f"{length} bits, x 10" for length in lengths]


WEIGHTS_AND_LENGTHS = {
    "larger-weights-up-to-twenty": Claim(
        "With random batches of 64 strings and initial weights ten times as large, more than a third of the LSTMs "
        "learn eight bits within 12,000 updates (the interval lies above one third), and on strings of 10,000 bits, "
        "between four and six tenths of the answers of each of those are correct. At least one LSTM learns ten, "
        "twelve, fifteen and twenty bits, but fewer than half of them learn twelve, fifteen or twenty bits (each "
        "interval lies below one half).",
        [*counts("the interval lies above one third", above(1 / 3))(*tenfold(8)),
         *each_between("8 bits", "Share of correct answers at 10,000 bits", 0.4, 0.6, "conditions", *tenfold(8), "far",
                       form=percent),
         *some(*tenfold(10, 12, 15, 20)),
         *seldom(*tenfold(12, 15, 20))]),
    "larger-weights-not-fifty": Claim(
        "With initial weights ten times as large, no LSTM learns 50 bits within 12,000 updates.",
        never(*tenfold(50))),
    "growing-from-eight": Claim(
        "If the lengths of the training strings grow from 8 to 50 bits, at least one LSTM with initial weights ten "
        "times as large learns 50 bits within 12,000 updates, although no string is shorter than 8 bits, and none does "
        "with initial weights as PyTorch draws them.",
        [*some("growing from 8 bits, x 10"), *never("growing from 8 bits, x 1")]),
}
