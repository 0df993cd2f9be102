"""Claims about the number of units and layers."""

from .claim import Claim
from .rates import MARGIN, always, cannot_tell, fewer, more_often, never, same_rate, seldom, some
from .words import rates

CELLS = ("tanh", "relu", "lstm", "gru")
PLAIN, GATED = CELLS[:2], CELLS[2:]
UNITS = (1, 2, 3, 4, 8, 16, 32)
WIDE_TANH = tuple((f"tanh 32 x {layers}", f"tanh 16 x {layers}") for layers in (1, 2))


def names(cells=CELLS, units=UNITS, layers: int = 1) -> tuple[str, ...]:
    """Return the names of the conditions with the given cells and sizes."""
    return tuple(f"{cell} {size} x {layers}" for cell in cells for size in units)


LAYERS = tuple(zip(names(layers=2), names()))
BOTH_ALWAYS = tuple(zip(names(GATED, (8, 16, 32), 2), names(GATED, (8, 16, 32))))

CLAIMS = (
    Claim(
        "one-plain-unit-never-at-50",
        "With a label at every step and strings of 50 bits, one tanh unit and one relu unit never succeed within 2,000 "
        "steps.",
        never(*names(PLAIN, (1,))),
        lambda results: rates(results, *names(PLAIN, (1,))) + " It is proven that no weights can."),
    Claim(
        "two-plain-units-seldom-found",
        "With two tanh units or two relu units some runs succeed and most do not: the intervals lie below one half.",
        [condition for name in names(PLAIN, (2,)) for condition in (*some(name), *seldom(name))]),
    Claim(
        "small-gated-nets-succeed",
        "With two, three and four units in one layer, LSTM and GRU succeed more often than tanh and relu nets of as "
        "many units (Fisher's exact test, twelve comparisons with Holm's correction).",
        more_often(*((f"{gated} {size} x 1", f"{plain} {size} x 1")
                     for size in (2, 3, 4) for gated in GATED for plain in PLAIN)),
        lambda results: rates(results, *names(units=(2, 3, 4)))),
    Claim(
        "eight-gated-units-always",
        "With 8, 16 and 32 units in one layer, LSTM and GRU succeed with every seed.",
        always(*names(GATED, (8, 16, 32)))),
    Claim(
        "more-tanh-units-not-better",
        "In these runs fewer tanh nets of 32 units succeed than of 16, in one layer and in two; after Holm's "
        "correction for two comparisons these runs cannot tell whether that is chance.",
        [*fewer(*WIDE_TANH), *cannot_tell(*WIDE_TANH)],
        lambda results: rates(results, *names(("tanh",), (16, 32)), *names(("tanh",), (16, 32), 2))),
    Claim(
        "second-layer-alike",
        f"For none of the four cells and seven sizes does the success rate with two layers differ from that with one "
        f"(Fisher's exact test, 28 comparisons with Holm's correction). LSTMs and GRUs of 8 units and more differ by "
        f"less than {100 * MARGIN:.0f} points; for most of the others these runs cannot tell.",
        [*cannot_tell(*LAYERS), *same_rate(*BOTH_ALWAYS)],
        lambda results: rates(results, *names(), *names(layers=2))),
)
