"""Claims about the number of units and layers."""

from operator import lt

from .claim import Claim
from .rates import MARGIN, always, cannot_tell, counted, more_often, never, same_rate, seldom, some, successes

PLAIN, GATED = ("tanh", "relu"), ("lstm", "gru")
WIDE_TANH = tuple((f"tanh 32 x {layers}", f"tanh 16 x {layers}") for layers in (1, 2))
LAYERS = {(cell, size): (f"{cell} {size} x 2", f"{cell} {size} x 1")
          for cell in (*PLAIN, *GATED) for size in (1, 2, 3, 4, 8, 16, 32)}

CLAIMS = {
    "one-plain-unit-never-at-50": Claim(
        "With a label at every step and strings of 50 bits, one tanh unit and one relu unit never succeed within 2,000 "
        "steps. It is proven that no weights can.",
        never("tanh 1 x 1", "relu 1 x 1")),
    "two-plain-units-seldom-found": Claim(
        "With two tanh units or two relu units some runs succeed and most do not: the intervals lie below one half.",
        [*some("tanh 2 x 1", "relu 2 x 1"), *seldom("tanh 2 x 1", "relu 2 x 1")]),
    "small-gated-nets-succeed": Claim(
        "With two, three and four units in one layer, LSTM and GRU succeed more often than tanh and relu nets of as "
        "many units (Fisher's exact test, twelve comparisons with Holm's correction).",
        more_often(*((f"{gated} {size} x 1", f"{plain} {size} x 1")
                     for size in (2, 3, 4) for gated in GATED for plain in PLAIN))),
    "eight-gated-units-always": Claim(
        "With 8, 16 and 32 units in one layer, LSTM and GRU succeed with every seed.",
        always(*(f"{cell} {size} x 1" for cell in GATED for size in (8, 16, 32)))),
    "more-tanh-units-not-better": Claim(
        "In these runs fewer tanh nets of 32 units succeed than of 16, in one layer and in two; after Holm's "
        "correction for two comparisons these runs cannot tell whether that is chance.",
        [*(counted(f"{wide}: solved with fewer seeds than {narrow}", wide,
                   lambda results, pair=(wide, narrow): lt(*successes(results, pair)), reads=[narrow])
           for wide, narrow in WIDE_TANH),
         *cannot_tell(*WIDE_TANH)]),
    "second-layer-alike": Claim(
        f"For none of the four cells and seven sizes does the success rate with two layers differ from that with one "
        f"(Fisher's exact test, 28 comparisons with Holm's correction). LSTMs and GRUs of 8 units and more differ by "
        f"less than {100 * MARGIN:.0f} points; for most of the others these runs cannot tell.",
        [*cannot_tell(*LAYERS.values()), *same_rate(*(LAYERS[cell, size] for cell in GATED for size in (8, 16, 32)))]),
}
