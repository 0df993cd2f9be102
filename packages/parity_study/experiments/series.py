"""The series of training conditions, with the question that each series answers.

Chapter: *OpenAI's question*. To add a series, add a row to :data:`SERIES`. The predictions that we made before some of
them ran are on the page *Evidence*.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parity_lib.data import Curriculum
from parity_study.cells import CELLS
from parity_study.experiments.condition import LONGEST, Condition, Enumerated, Settings, format_lengths


@dataclass(frozen=True)
class Series:
    """A series of training conditions. Under each condition, networks are trained from the same ``seeds`` consecutive
    seeds, starting at ``first_seed``.

    ``sample`` has the names of the conditions that a recheck trains again, by default the first and the last.
    ``extras`` are added to the results.
    """

    question: str
    seeds: int
    conditions: Mapping[str, Condition | Enumerated]
    sample: tuple[str, ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)
    first_seed: int = 0


SERIES: dict[str, Series] = {
    "two_by_two": Series(
        "How do the labels and the string lengths determine which cells learn parity?", 50,
        {f"{label}, {format_lengths(lengths)}, {cell}":
         Condition(cell=cell, lengths=lengths, label=label, max_updates=8000)
         for label in ("every_step", "end") for lengths in (LONGEST, (1, LONGEST)) for cell in CELLS}),
    "sizes": Series(
        "How many units and layers does a network need to learn 50 bits?", 20,
        {f"{cell} {size} x {layers}": Condition(cell=cell, lengths=LONGEST, label="every_step", hidden_size=size,
                                                num_layers=layers, batch_size=32, max_updates=2000)
         for cell in CELLS for layers in (1, 2) for size in (1, 2, 3, 4, 8, 16, 32)}),
    "one_unit": Series(
        "Can a single tanh, GRU or LSTM unit learn the parity of 10 bits?", 50,
        {cell: Condition(cell=cell, hidden_size=1, lengths=10, label="every_step", batch_size=32, lr=0.03, stretch=1.5,
                         max_updates=1500) for cell in ("tanh", "gru", "lstm")}),
    "fixed_lengths": Series(
        "How many bits can an LSTM learn from a label at the end?", 20,
        {str(length): Condition(lengths=length, max_updates=10_000) for length in (2, 3, 4, 5, 6, 8, 10, 20)}),
    "lengths_present": Series(
        "Which string lengths must an LSTM be trained on to learn parity from a final label?", 20,
        {format_lengths(lengths): Condition(lengths=lengths) for lengths in (
            (1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (1, 50), (2, 50), (3, 50), (5, 50), (10, 50), (25, 50))}),
    "longest_lengths": Series(
        "How long can training strings be before training fails?", 20,
        {f"1..{length}": Condition(lengths=(1, length)) for length in (10, 20, 50, 100, 200)}, ("1..20",)),
    "one_bit_share": Series(        # all other strings have 50 bits, or 2 to 50 bits
        "How many one-bit strings does an LSTM need in its training data to learn parity?", 50,
        {f"{format_lengths(lengths)}, {f'1/{1 / share:.0f}' if share else 'none'} of one bit":
         Condition(lengths=lengths, one_bit_share=share)
         for lengths in (50, (2, 50)) for share in (0, 1 / 512, 1 / 128, 1 / 32, 1 / 8)}, ("2..50, 1/32 of one bit",)),
    "curriculum": Series(           # the longest length grows from 2 to 50 bits, or they vary from the start
        "Does a curriculum of growing string lengths improve training?", 20,
        {f"{cell}, {way}": Condition(cell=cell, lengths=lengths, max_updates=8000) for cell in CELLS
         for way, lengths in (("grows", Curriculum(2, LONGEST)), ("from the start", (1, LONGEST)))}),
    "forget_biases": Series(
        "Does an initially open forget gate help an LSTM learn parity?", 20,
        {f"{format_lengths(lengths)}, bias {bias}": Condition(lengths=lengths, forget_bias=bias)
         for lengths in ((1, LONGEST), LONGEST, 5) for bias in (0, 1, 2, 3, 5)}),
    "padding_side": Series(         # before the string, after it, or after it and to be read before the answer
        "Does the position of the padding affect training?", 100,
        {padding: Condition(padding=padding) for padding in ("after", "before", "carried")}),
    "pools": Series(
        "Does a fixed pool of training strings work as well as new strings in every batch?", 100,
        {"fresh": Condition()} | {f"{pool} strings": Condition(pool=pool) for pool in (100_000, 10_000, 1000)}),
    "optimizers_at_the_end": Series(
        "Does plain gradient descent succeed as often as Adam when the only label is at the end?", 20, {
            "adam 0.01": Condition(),
            "adam 0.001": Condition(lr=0.001),
            "sgd 1": Condition(optimizer="sgd", lr=1.0),
            "sgd 0.1": Condition(optimizer="sgd", lr=0.1),
            "sgd 0.1, momentum 0.9": Condition(optimizer="sgd", lr=0.1, momentum=0.9)}),
    "all_strings": Series(          # of n bits, with a label at the end
        "How many bits can a network learn if every batch contains all possible strings?", 100,
        {f"{cell}, {n} bits": Enumerated(cell=cell, bits=n) for n in range(2, 11) for cell in CELLS},
        ("lstm, 4 bits", "gru, 4 bits", "tanh, 4 bits", "relu, 4 bits")),
    "biases_and_batches": Series(
        "How do the forget-gate bias and the batch size affect an LSTM on strings of equal length?", 100,
        {f"5 bits, {size}, bias {bias}": Enumerated(batch_size=size, forget_bias=float(bias))
         for size in (64, 256, 1024) for bias in (0, 5)}, ("5 bits, 1024, bias 5",)),
}

FRESH = 20_000      # the first of the seeds that no other series uses
# For each rate, the power of two by which it multiplies the batch with the same (batch size) / rate^2 at 0.01.
RATES = {0.16: 8, 0.04: 4, 0.01: 0, 0.0025: -4, 0.000625: -8}


def at_rates(bits: int, equivalent: Mapping[float, Sequence[int]], length: float = 80, words: str = "",
             **settings: Any) -> dict[str, Enumerated]:
    """Return conditions in which the learning rate times the number of updates is always ``length``.

    ``equivalent`` has, for each rate, the powers of two of the equivalent batches at a rate of 0.01.
    """
    return {f"{bits} bits, {words}rate {rate:g}, 2^{power + RATES[rate]} drawn":
            Enumerated(bits=bits, lr=rate, batch_size=2**(power + RATES[rate]), max_updates=round(length / rate),
                       **settings)
            for rate, powers in equivalent.items() for power in powers}


# For each number of bits: slope and middle of a logistic curve in log2 of the equivalent batch. The page Evidence
# describes the earlier runs at a rate of 0.01 to which it was fitted.
PREDICTED = {4: (0.773, 8.27), 5: (0.589, 16.48), 6: (0.388, 25.65)}
UPDATE_RULES: dict[str, Settings] = {
    "Adam": {}, "beta": {"betas": (0.9, 0.99)}, "eps": {"eps": 1e-16},
    "beta and eps": {"betas": (0.9, 0.99), "eps": 1e-16},
    "sign, rate 0.002": {"optimizer": "sign", "lr": 0.002}, "sign, rate 0.01": {"optimizer": "sign"}}
SERIES |= {
    "rate_and_batch": Series(
        "Does success depend on the batch size divided by the square of the learning rate?", 50,
        at_rates(4, {rate: (6, 8, 10, 12) for rate in (0.16, 0.04, 0.01)} | {0.0025: (10, 12)})
        | at_rates(5, {rate: (10, 14, 16, 18, 22) for rate in (0.16, 0.04, 0.0025)} | {0.01: (6, 10, 14, 16, 18, 22)})
        | at_rates(5, {0.000625: (14, 18)})
        | at_rates(6, {rate: (18, 22, 26) for rate in (0.04, 0.01, 0.0025)}),
        ("5 bits, rate 0.01, 2^16 drawn", "5 bits, rate 0.04, 2^20 drawn"), {"predicted": PREDICTED}, FRESH),
    "larger_weights": Series(
        "Which of the initial weights have to be larger for small batches to suffice?", 50,
        {f"5 bits, {name} x 6": Enumerated(batch_size=64, weight_scale=6.0, scaled=scaled) for name, scaled in {
            "all weights": "", "input weights": "rnn.weight_ih", "recurrent weights": "rnn.weight_hh",
            "biases": "rnn.bias", "readout": "hidden_to_logits"}.items()}
        | at_rates(5, {0.04: (0, 2, 4, 8), 0.01: (0, 2, 4, 8)}, words="input x 6, ", weight_scale=6.0,
                   scaled="rnn.weight_ih"),
        ("5 bits, input weights x 6", "5 bits, all weights x 6"), first_seed=FRESH),
    "update_rules": Series(
        "Do the sign of the momentum and SGD follow the same law as Adam?", 50,
        {f"5 bits, sgd, rate {rate:g}, all": Enumerated(optimizer="sgd", lr=rate) for rate in (0.1, 1, 10)}
        | at_rates(5, {rate: (18, 22, 26) for rate in (0.01, 0.0025, 0.000625)}, 20, "sign, ", optimizer="sign"),
        ("5 bits, sign, rate 0.0025, 2^14 drawn",), first_seed=FRESH),
    "eight_bits": Series(
        "Which rules for the updates learn eight bits from all strings?", 20,
        {name: Enumerated(bits=8, max_updates=16_000, **settings) for name, settings in UPDATE_RULES.items()},
        ("beta and eps",), first_seed=FRESH),
    "longer_training": Series(
        "Do four times as many updates help at a small learning rate?", 50,
        at_rates(5, {0.0025: (10, 14)}, 320), first_seed=FRESH),
    "seven_bits": Series(
        "Does the law of the batch and the learning rate hold for seven bits?", 20,
        at_rates(7, {rate: (30, 36, 42) for rate in (0.01, 0.0025)}), extras={"predicted": {7: (0.2, 36)}},
        first_seed=FRESH),
}

REPEATED = {  # for each condition, the series that contains it and its name there
    **{f"1 to {longest} bits": ("longest_lengths", f"1..{longest}") for longest in (100, 200)},
    **{f"{start} to {stop} bits": ("lengths_present", f"{start}..{stop}")
       for start, stop in ((2, 50), (3, 50), (5, 50), (10, 50), (25, 50), (3, 10), (4, 10), (5, 10))},
    **{f"{length} bits": ("fixed_lengths", str(length)) for length in (4, 5)},
    "answer after the padding": ("padding_side", "carried"),
    **{name: ("optimizers_at_the_end", place) for name, place in (
        ("Adam at 0.001", "adam 0.001"), ("SGD at 0.1 with momentum", "sgd 0.1, momentum 0.9"), ("SGD at 1", "sgd 1"),
        ("SGD at 0.1", "sgd 0.1"))},
    **{f"50 bits, {share} of one bit": ("one_bit_share", f"50, {share} of one bit")
       for share in ("1/512", "1/128", "1/32", "1/8")},
    **{f"50 bits, {cell}, 24,000 updates": ("two_by_two", f"end, 50, {cell}") for cell in ("gru", "tanh", "relu")},
    **{f"50 bits, forget bias {bias}": ("forget_biases", f"50, bias {bias}") for bias in (0, 1, 2, 3)},
}
# Each of these was first tried with a third of the updates, and no network learned.
SINGLE_CHANGES: dict[str, Settings] = {
    "rate 0.001": {"lr": 0.001}, "rate 0.003": {"lr": 0.003}, "rate 0.03": {"lr": 0.03}, "rate 0.1": {"lr": 0.1},
    "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "no clipping": {"clip": None}, "2 units": {"hidden_size": 2},
    "32 units": {"hidden_size": 32, "max_updates": 6000}, "2 layers": {"num_layers": 2}, "batch 8": {"batch_size": 8},
    "batch 512": {"batch_size": 512, "max_updates": 3000}, "bias 5": {"forget_bias": 5.0}, "gru": {"cell": "gru"},
    "tanh": {"cell": "tanh"}, "relu": {"cell": "relu"}}


def _with_higher_cap(series: str, name: str) -> Condition | Enumerated:
    condition = SERIES[series].conditions[name]
    return replace(condition, max_updates=3 * condition.max_updates)


SERIES["higher_caps"] = Series(
    "Do networks that fail within the caps of the other experiments learn with three times as many updates?", 20,
    {name: _with_higher_cap(*place) for name, place in REPEATED.items()}
    | {f"50 bits, {name}": Condition(**Settings(lengths=50, max_updates=12_000) | change)
       for name, change in SINGLE_CHANGES.items()}, ("3 to 10 bits", "5 to 10 bits"),
    {"repeated": REPEATED})

# The settings that the published descriptions of OpenAI's parity problem share.
POOL = 100_000
FIFTY: Settings = {"lengths": LONGEST, "label": "every_step"}
UP_TO_FIFTY: Settings = {"lengths": (1, LONGEST), "label": "every_step"}
KERAS: Settings = {"label": "end", "lr": 0.001, "batch_size": 32, "clip": None, "pool": POOL,
                   "max_updates": 20 * POOL // 32}
SGD: Settings = {"optimizer": "sgd", "lr": 1.0, "batch_size": 8, "clip": None, "pool": POOL, "max_updates": POOL // 8}
ADAM: Settings = {"batch_size": 8, "clip": None, "pool": POOL, "max_updates": POOL // 8}
# For each description: our settings, its authors, what they report, and what they leave open, with our choice.
PUBLISHED: dict[str, tuple[Condition, str, str, str]] = {
    "hedgehoglabs, fixed": (
        Condition(**FIFTY, **SGD, momentum=0.99, hidden_size=2),
        "hedgehoglabs, 2018", "LSTM of 2 units, a label at every step, 50 bits: converges after 16,000 examples", ""),
    "hedgehoglabs, varying": (
        Condition(**UP_TO_FIFTY | {"lengths": (1, LONGEST - 1)}, **SGD, momentum=0.9, padding="scored",
                  hidden_size=2),
        "hedgehoglabs, 2018", "the same, lengths 1 to 49 and padding scored: converges after 4,000 examples",
        "the labels on padding; here they repeat the parity of the string"),
    "andrewsagio, two units": (
        Condition(**FIFTY, **ADAM, hidden_size=2),
        "andrewsagio", "LSTM of 2 units, a label at every step, 50 bits: not converged",
        "Adam's rate; here 0.01"),
    "andrewsagio, three layers": (
        Condition(**FIFTY, **ADAM, num_layers=3),
        "andrewsagio", "LSTM of three layers, a label at every step, 50 bits, Adam: not converged",
        "units and rate; here 8 and 0.01"),
    "blog of 2020": (
        Condition(**UP_TO_FIFTY, **ADAM | {"pool": None}, hidden_size=2),
        "Learning the XOR function with an LSTM, 2020",
        "LSTM of 2 units, a label at every step, lengths up to 50, Adam: all correct after 1,500 steps", ""),
    "vitez": (
        Condition(**FIFTY, **ADAM | {"lr": 0.001, "batch_size": 128, "max_updates": 10 * POOL // 128},
                  hidden_size=1),
        "vitez.me, 2020", "LSTM of one unit, a label at every step, 50 bits, 10 epochs: works", ""),
    "enerrio, fixed": (
        Condition(**KERAS, lengths=LONGEST, hidden_size=32),
        "enerrio", "LSTM of 32 units, a label at the end, 50 bits, 20 epochs: no better than chance", ""),
    "enerrio, padding before": (
        Condition(**KERAS, padding="before", hidden_size=32),
        "enerrio", "the same, varying lengths with zeros before the string: all correct", ""),
    "enerrio, padding after": (
        Condition(**KERAS, padding="carried", hidden_size=32),
        "enerrio", "the same, varying lengths with zeros after the string: no better than chance", ""),
    "Ariel-Perez, fixed": (
        Condition(**KERAS, lengths=LONGEST, hidden_size=10),
        "Ariel-Perez", "LSTM of 10 units, a label at the end, 50 bits, 20 epochs: no better than chance",
        "the size of a batch; here 32"),
    "Ariel-Perez, varying": (
        Condition(**KERAS, padding="before", hidden_size=10),
        "Ariel-Perez", "the same, varying lengths: most strings correct",
        "the size of a batch and the side of the padding; here 32, and before"),
    "Flux model zoo": (
        Condition(**KERAS | {"batch_size": 1, "pool": 2000, "max_updates": 40_000}, lengths=(1, 10),
                  hidden_size=20),
        "FluxML model zoo",
        "LSTM of 20 units, a label at the end, 2,000 strings of 1 to 10 bits, 20 epochs: correct on longer "
        "strings too",
        "the size of a batch; here 1"),
}
SERIES["published"] = Series(
    "Can we reproduce the published results on OpenAI's parity problem?", 5,
    {name: condition for name, (condition, *_) in PUBLISHED.items()},
    extras={"reports": {name: dict(zip(("authors", "summary", "left_open"), report))
                        for name, (_, *report) in PUBLISHED.items()}})
