"""Claims about success rates and numbers of updates in series of runs.

The first claims are about the default settings with a label at every time step. The next claims are about a label at
the end, and the last claims are about short strings.
"""

from operator import lt
from statistics import median

from parity_study.experiments.empty_corner import SWEPT
from parity_study.experiments.higher_caps import LEFT_OUT

from .claim import Claim, each_between, number, value
from .rates import (
    MARGIN,
    above,
    always,
    cannot_tell,
    counted,
    counts,
    more_often,
    mostly,
    never,
    not_all,
    same_rate,
    seldom,
    some,
    sooner,
    successes,
    wilson_interval,
)
from .words import percent

less_than_two_thirds = counts("the interval lies below two thirds",
                              lambda count, of: wilson_interval(count, of)[1] < 2 / 3)
HALF = "Share of the updates that contains half of the fall"

RECIPES = {
    "default-always-solves": Claim(
        "The default recipe, a plain relu network, is correct on all validation strings of 75 bits with every seed "
        "that we tried.",
        always(("relu 32",))),
    "tanh-recipe-solves": Claim(
        "The tanh recipe, with 16 units, is also correct on all these validation strings with every seed that we "
        "tried, and it needs more updates than the default recipe (log-rank test).",
        [*always(("tanh 16",)), *sooner((("relu 32",), ("tanh 16",)))]),
    "plateau-then-drop": Claim(
        "Every training curve of the two recipes contains a stretch of at most a quarter of the updates in which the "
        "loss, averaged over 10 updates, makes half of its whole fall. In the median curve, a tenth of the updates is "
        "enough. A straight line would need half of the updates.",
        [condition for net in ("relu 32", "tanh 16") for condition in (
            number(f"{net}, largest", HALF, net, "half_fall_share", form=percent, of=max).below(0.25),
            number(f"{net}, median", HALF, net, "half_fall_share", form=percent, of=median, place=None).below(0.1))]),
}

FIXED, VARYING = ("fixed",), ("varying",)

COURSE_LOOP = {
    "course-loop-often-fails": Claim(
        "With the notebook's settings (4 tanh units, SGD with a learning rate of 1, batches of 8) on strings of 50 "
        "bits, most runs do not solve the task within 15,000 updates: the interval lies below one half.",
        seldom(FIXED)),
    "course-varying-often-fails": Claim(
        "With these settings, lengths from 1 to 50 and the padding masked, many runs fail as well: the interval of the "
        "success rate lies below two thirds. We cannot tell from these runs which of the two data sets is easier "
        "(Fisher's exact test).",
        [*less_than_two_thirds(VARYING), *cannot_tell((VARYING, FIXED))]),
}

OPTIMIZERS = {
    "adam-solves": Claim(
        "With Adam, both recipes solve the task with every seed within 2,000 updates.",
        always(("relu 32", "adam"), ("tanh 16", "adam"))),
    "sgd-often-fails": Claim(
        "With plain SGD in place of Adam, at two learning rates for each recipe, training fails with most seeds within "
        "2,000 updates in three of the four settings. In the fourth, the relu network with a learning rate of 1, "
        "training succeeds with every seed, but needs more updates than with Adam (log-rank test).",
        [*seldom(("relu 32", "sgd 0.1"), ("tanh 16", "sgd 1"), ("tanh 16", "sgd 0.1")), *always(("relu 32", "sgd 1")),
         *sooner((("relu 32", "adam"), ("relu 32", "sgd 1")))]),
}

TANH, GRU, LSTM = ("tanh",), ("gru",), ("lstm",)

ONE_UNIT = {
    "one-tanh-unit-never": Claim(
        "One tanh unit never learns the parity of 10 bits. It has been proved that no weights can compute it.",
        never(TANH)),
    "one-gated-unit-can": Claim(
        "One GRU unit and one LSTM unit each learn the parity of 10 bits in some runs, but not in all. The LSTM unit "
        "learns it more often (Fisher's exact test).",
        [*some(GRU, LSTM), *not_all(GRU, LSTM), *more_often((LSTM, GRU))]),
}

PLAIN, GATED = ("tanh", "relu"), ("lstm", "gru")
WIDE_TANH = tuple((f"tanh 32 x {layers}", f"tanh 16 x {layers}") for layers in (1, 2))
LAYERS = {(cell, size): (f"{cell} {size} x 2", f"{cell} {size} x 1")
          for cell in (*PLAIN, *GATED) for size in (1, 2, 3, 4, 8, 16, 32)}

SIZES = {
    "one-plain-unit-never-at-50": Claim(
        "With a label at every time step and strings of 50 bits, one tanh unit and one relu unit never succeed within "
        "2,000 updates. It has been proved that no weights can solve the task.",
        never("tanh 1 x 1", "relu 1 x 1")),
    "two-plain-units-seldom-found": Claim(
        "With two tanh units or two relu units, some runs succeed, but most do not: the intervals lie below one half.",
        [*some("tanh 2 x 1", "relu 2 x 1"), *seldom("tanh 2 x 1", "relu 2 x 1")]),
    "small-gated-nets-succeed": Claim(
        "With two, three and four units in one layer, LSTMs and GRUs succeed more often than tanh and relu networks "
        "with the same number of units (Fisher's exact test, twelve comparisons with Holm's correction).",
        more_often(*((f"{gated} {size} x 1", f"{plain} {size} x 1")
                     for size in (2, 3, 4) for gated in GATED for plain in PLAIN))),
    "eight-gated-units-always": Claim(
        "With 8, 16 and 32 units in one layer, LSTMs and GRUs succeed with every seed.",
        always(*(f"{cell} {size} x 1" for cell in GATED for size in (8, 16, 32)))),
    "more-tanh-units-not-better": Claim(
        "In these runs, fewer tanh networks succeed with 32 units than with 16, both in one layer and in two. We "
        "cannot tell from these runs whether this is due to chance (Fisher's exact test, two comparisons with Holm's "
        "correction).",
        [*(counted(f"{wide}: solved with fewer seeds than {narrow}", wide,
                   lambda results, pair=(wide, narrow): lt(*successes(results, pair)), reads=[narrow])
           for wide, narrow in WIDE_TANH),
         *cannot_tell(*WIDE_TANH)]),
    "second-layer-alike": Claim(
        f"For none of the four cells and seven sizes does the success rate with two layers differ from that with one "
        f"layer (Fisher's exact test, 28 comparisons with Holm's correction). For LSTMs and GRUs of 8 units and more, "
        f"the two rates differ by less than {100 * MARGIN:.0f} percentage points; for most of the others, we cannot "
        f"tell from these runs whether they do.",
        [*cannot_tell(*LAYERS.values()), *same_rate(*(LAYERS[cell, size] for cell in GATED for size in (8, 16, 32)))]),
}

FIXED_LENGTHS = {
    "fixed-lengths-end-early": Claim(
        "With a label at the end, strings that all have the same length, batches of 64 and at most 10,000 updates, "
        "LSTMs learn two bits and three bits with every one of 20 seeds, four bits with some seeds, but fewer than "
        "half of them, and five or more bits with no seed.",
        [*always("2", "3"), *some("4"), *seldom("4"), *never("5", "6", "8", "10", "20")]),
}

LENGTHS_PRESENT = {
    "without-short-not-learned": Claim(
        "With 2, 3, 5, 10 or 25 in place of 1 as the shortest length, few or no LSTMs learn lengths up to 50 within "
        "4,000 steps: the intervals lie below one half.",
        seldom("2..50", "3..50", "5..50", "10..50", "25..50")),
    "up-to-ten-forgives": Claim(
        "Up to 10 bits, every LSTM learns without strings of one bit too, and takes more steps (log-rank test); with "
        "3, 4 or 5 as the shortest length few or none do: the intervals lie below one half.",
        [*sooner(("1..10", "2..10")), *always("2..10"), *seldom("3..10", "4..10", "5..10")]),
}

LONGEST_LENGTHS = {
    "ladder-up-to-fifty": Claim(
        "With a label at the end, every LSTM learns lengths from 1 to 10, to 20 and to 50 within 4,000 steps; fewer "
        "learn lengths from 1 to 100 than from 1 to 50 (Fisher's exact test), and none those from 1 to 200.",
        [*always("1..10", "1..20", "1..50"), *more_often(("1..50", "1..100")), *never("1..200")]),
}

SHARES = ("none", "1/512", "1/128", "1/32", "1/8")
FIXED, LONGER = (tuple(f"{lengths}, {share} of one bit" for share in SHARES) for lengths in ("50", "2..50"))

ONE_BIT_SHARE = {
    "one-rung-is-no-ladder": Claim(
        "With a label at the end, no LSTM solves strings of 50 bits within 4,000 updates, whether none, one in 512, "
        "one in 128, one in 32 or one in 8 of its training strings is cut to one bit.",
        never(*FIXED)),
    "lowest-rung-by-share": Claim(
        "With lengths from 2 to 50, more LSTMs solve the task within 4,000 updates if one in 512, 128, 32 or 8 of the "
        "strings is cut to one bit than if none is (Fisher's exact test, four comparisons with Holm's correction).",
        more_often(*((name, LONGER[0]) for name in LONGER[1:]))),
    "one-in-128-is-enough": Claim(
        "With lengths from 2 to 50, most LSTMs solve the task within 4,000 updates if one string in 128, in 32 or in 8 "
        "is cut to one bit: the intervals lie above one half.",
        mostly(*LONGER[2:])),
}

TANH, LSTM, GRU = ((f"{cell}, grows", f"{cell}, from the start") for cell in ("tanh", "lstm", "gru"))

CURRICULUM = {
    "curriculum-is-faster": Claim(
        "Tanh networks, LSTMs and GRUs solve the task in fewer updates if the lengths grow than if all lengths are "
        "present from the start (log-rank test over all runs, including those that did not solve the task, three "
        "comparisons with Holm's correction).",
        sooner(TANH, LSTM, GRU)),
    "curriculum-gated-always": Claim(
        "Every LSTM and every GRU solves the task within 8,000 updates, whether the lengths grow or not.",
        always(*LSTM, *GRU)),
}

PADDING_SIDE = {
    "padding-side": Claim(
        "If the zeros come after the string and the answer is read at the last real time step, nearly every LSTM "
        "solves the task within 4,000 updates (the interval lies above nine tenths). If the zeros come before the "
        "string, most LSTMs solve it (the interval lies above one half), but fewer than with the zeros after the "
        "string (Fisher's exact test). If the answer has to be carried through the zeros after the string, no LSTM "
        "solves it.",
        [*counts("the interval lies above nine tenths", above(0.9))("after"), *mostly("before"),
         *more_often(("after", "before")), *never("carried")]),
}

AGAINST_FRESH = (("fresh", "1000 strings"), ("fresh", "10000 strings"))

POOLS = {
    "large-pool-is-enough": Claim(
        f"With a fixed pool of 100,000 strings, most LSTMs succeed, and their success rate differs from that with "
        f"fresh strings by less than {100 * MARGIN:.0f} percentage points: Newcombe's interval of the difference lies "
        f"within this margin.",
        [*mostly("100000 strings"), *same_rate(("100000 strings", "fresh"))]),
    "small-pool-often-enough": Claim(
        "With a fixed pool of 1,000 strings, most LSTMs solve the task, but fewer than with fresh strings; for a pool "
        "of 10,000 strings, we cannot tell from these runs whether fewer do (Fisher's exact test, two comparisons with "
        "Holm's correction).",
        [*mostly("1000 strings"), more_often(*AGAINST_FRESH)[0], cannot_tell(*AGAINST_FRESH)[1]]),
}

OPTIMIZERS_AT_THE_END = {
    "other-optimisers-fail-at-the-end": Claim(
        "Within 4,000 updates, every LSTM solves the task with Adam and a learning rate of 0.01, and none solves it "
        "with Adam and a learning rate of 0.001, with SGD and a learning rate of 1 or 0.1, or with SGD, a learning "
        "rate of 0.1 and a momentum of 0.9.",
        [*always("adam 0.01"), *never("adam 0.001", "sgd 1", "sgd 0.1", "sgd 0.1, momentum 0.9")]),
}

EMPTY_CORNER = {
    "empty-corner-stays-empty": Claim(
        "With a label at the end and strings of 50 bits, no network solves the task in any of sixteen settings, each "
        "tried with twenty networks. Each setting differs from the usual one in one thing: the learning rate, the "
        "optimiser, clipping, the number of units, the number of layers, the size of the batch, the forget bias, the "
        "cell, or a cap of 50,000 updates.",
        never(*SWEPT)),
}

AFRESH = {n: (f"lstm, {n} bits, reset", f"lstm, {n} bits") for n in range(5, 9)}    # Adam, after 200 updates

ALL_STRINGS = {
    "all-strings-five-bits": Claim(
        "With all 32 strings of 5 bits in each batch and a label at the end, every LSTM of 8 units and every GRU "
        "solves the task within 8,000 updates.",
        always("lstm, 5 bits", "gru, 5 bits")),
    "all-strings-end-at-eight": Claim(
        "With all strings in each batch and at most 8,000 updates, most LSTMs and most GRUs solve 6 bits, and some of "
        "each kind, but fewer than half, solve 7 bits. No LSTM and few GRUs solve 8 bits, and no network of either "
        "kind solves 9 or 10 bits.",
        [*mostly("lstm, 6 bits", "gru, 6 bits"), *some("lstm, 7 bits", "gru, 7 bits"),
         *seldom("lstm, 7 bits", "gru, 7 bits"), *never("lstm, 8 bits"), *seldom("gru, 8 bits"),
         *never("lstm, 9 bits", "lstm, 10 bits", "gru, 9 bits", "gru, 10 bits")]),
    "all-strings-relu-differs": Claim(
        "With all strings in each batch, some relu networks fail at every length from 2 to 10 bits. At 8 and 9 bits, "
        "more relu networks succeed than networks of each other kind (Fisher's exact test, six comparisons with Holm's "
        "correction).",
        [*not_all(*(f"relu, {n} bits" for n in range(2, 11))),
         *more_often(*((f"relu, {n} bits", f"{cell}, {n} bits") for n in (8, 9) for cell in ("tanh", "lstm", "gru")))]),
    "adam-afresh": Claim(
        "If Adam's running means start afresh after 200 updates, LSTMs that train on all strings of 5 or of 6 bits "
        "solve the task in fewer updates (log-rank test over all runs, two comparisons with Holm's correction), and "
        "more LSTMs solve 6 and 7 bits within 8,000 updates (Fisher's exact test, two comparisons with Holm's "
        "correction). At 8 bits, few LSTMs solve the task, whether Adam starts afresh or not: both intervals lie below "
        "one half.",
        [*sooner(AFRESH[5], AFRESH[6]), *more_often(AFRESH[6], AFRESH[7]), *seldom(*AFRESH[8])]),
}

AT_64, AT_256, AT_1024 = ((f"5 bits, {size}, bias 5", f"5 bits, {size}, bias 0") for size in (64, 256, 1024))

BIASES_AND_BATCHES = {
    "bias-helps-at-five": Claim(
        "With a label at the end and batches of 64 strings of 5 bits, more LSTMs solve the task within 8,000 updates "
        "with a forget bias of 5 than with a bias of 0. The same is true of batches of 256 and 1024 strings (Fisher's "
        "exact test, three comparisons with Holm's correction).",
        more_often(AT_64, AT_256, AT_1024)),
    "bias-and-batch-add-up": Claim(
        "With a forget bias of 5, more LSTMs solve 5 bits with batches of 256 and of 1024 strings than with batches of "
        "64 (Fisher's exact test, two comparisons with Holm's correction). With batches of 1024, every LSTM solves "
        "them.",
        [*more_often((AT_256[0], AT_64[0]), (AT_1024[0], AT_64[0])), *always(AT_1024[0])]),
    "bias-at-six-needs-batch": Claim(
        "With batches of 64, few LSTMs solve 6 bits, whatever the forget bias from 0 to 5. With batches of 1024, more "
        "LSTMs solve 6 bits with a bias of 5 than with a bias of 0 (Fisher's exact test).",
        [*seldom(*(f"6 bits, 64, bias {bias}" for bias in range(6))),
         *more_often(("6 bits, 1024, bias 5", "6 bits, 1024, bias 0"))]),
    "bias-sooner-on-all-strings": Claim(
        "With all strings of 5 or of 6 bits in each batch, LSTMs solve the task in fewer updates with a forget bias of "
        "5 than with a bias of 0 (log-rank test over all runs, two comparisons with Holm's correction).",
        sooner(*((f"{n} bits, all, bias 5", f"{n} bits, all, bias 0") for n in (5, 6)))),
}

MORE_GRUS = "50 bits, gru, 24,000 updates"

HIGHER_CAPS = {
    "higher-cap-longest": Claim(
        "With three times as many updates, 12,000 instead of 4,000, every LSTM learns lengths from 1 to 100. Some "
        "LSTMs learn lengths from 1 to 200, but most do not (the interval lies below one half).",
        [*always("1 to 100 bits"), *some("1 to 200 bits"), *seldom("1 to 200 bits")]),
    "higher-cap-two-bits": Claim(
        "With 12,000 updates, more than a third of the LSTMs learn lengths from 2 to 50 (the interval lies above one "
        "third).",
        counts("the interval lies above one third", above(1 / 3))("2 to 50 bits")),
    "higher-cap-open-gate": Claim(
        "With 12,000 updates and a forget bias of 5, most LSTMs learn five bits (the interval lies above one half).",
        mostly("5 bits, forget bias 5")),
    "higher-cap-optimisers": Claim(
        "With 12,000 updates and lengths from 1 to 50, every LSTM succeeds with Adam at a learning rate of 0.001, more "
        "than a third succeed with SGD at 0.1 and a momentum of 0.9 (the interval lies above one third), some succeed "
        "with SGD at 1, and none with SGD at 0.1.",
        [*always("Adam at 0.001"), *counts("the interval lies above one third", above(1 / 3))(
            "SGD at 0.1 with momentum"), *some("SGD at 1"), *never("SGD at 0.1")]),
    "higher-cap-padding": Claim(
        "With 12,000 updates, too, no LSTM succeeds if the answer has to be carried through the zeros.",
        never("answer after the padding")),
    "higher-cap-none": Claim(
        "Three times as many updates do not change the other failures much. With lengths from 3 to 10 or with four "
        "bits, few LSTMs succeed (the intervals lie below one half). With lengths from 4 or 5 to 10, from 3, 5, 10 or "
        "25 to 50, with five, six, eight, ten or twenty bits, and with five bits and a forget bias of 0 or 1, none "
        "does.",
        [*seldom("3 to 10 bits", "4 bits"),
         *never("4 to 10 bits", "5 to 10 bits", "3 to 50 bits", "5 to 50 bits", "10 to 50 bits", "25 to 50 bits",
                *(f"{length} bits" for length in (5, 6, 8, 10, 20)), "5 bits, forget bias 0",
                "5 bits, forget bias 1")]),
    "higher-cap-batches": Claim(
        "With three times as many updates, no LSTM learns five bits from batches of 1,024 strings, six bits from "
        "batches of 4,096, or from balanced batches of 64 or 1,024, five or six bits from half of the strings, or four "
        "bits with SGD and all of the noise.",
        never("5 bits, 1,024 drawn", "6 bits, 4,096 drawn", *(f"6 bits, balanced {size}" for size in (64, 1024)),
              *(f"{bits} bits, half of the strings" for bits in (5, 6)), "4 bits, SGD, all noise")),
    "higher-cap-exact": Claim(
        "With all strings in each update and 24,000 updates, some LSTMs learn eight bits, some tanh networks nine, and "
        "some GRUs nine and ten, but most do not (the intervals lie below one half). No LSTM learns nine or ten bits, "
        "and no tanh network ten.",
        [condition for name in ("8 bits, all strings, lstm", "9 bits, all strings, tanh", "9 bits, all strings, gru",
                                "10 bits, all strings, gru") for condition in (*some(name), *seldom(name))]
        + never("9 bits, all strings, lstm", "10 bits, all strings, lstm", "10 bits, all strings, tanh")),
    "higher-cap-rungs": Claim(
        "With three times as many updates, no LSTM learns 50 bits if one string in 512, 128, 32 or 8 is cut to one "
        "bit, with a forget bias of 0, 1, 2 or 3, with initial weights ten times as large, or with lengths that grow "
        "from 8 to 50 bits and PyTorch's initial weights.",
        never(*(f"50 bits, 1/{share} of one bit" for share in (512, 128, 32, 8)),
              *(f"50 bits, forget bias {bias}" for bias in range(4)), "50 bits, weights x 10",
              "8 to 50 bits, growing")),
    "higher-cap-corner": Claim(
        "With a label at the end, strings of 50 bits and three times as many updates, some GRUs solve the task, but "
        "not all. No network solves it with another learning rate, SGD, no clipping, two or 32 units, two layers, "
        "batches of 8 or 512, a forget bias of 5, or with another cell (tanh and relu also with 24,000 updates).",
        [*some("50 bits, gru", MORE_GRUS), *not_all("50 bits, gru", MORE_GRUS),
         *never(*(f"50 bits, {name}" for name in SWEPT if name not in (*LEFT_OUT, "gru")),
                *(f"50 bits, {cell}, 24,000 updates" for cell in ("tanh", "relu")))]),
    "gru-even-lengths": Claim(
        "The GRUs that learned 50 bits answer about half of the bits of strings of 10,000 bits correctly. Averaged "
        "over all twenty GRUs, every group of five lengths up to 50 with three even lengths has more correct answers "
        "than every group with two.",
        [*some(MORE_GRUS),
         *each_between(MORE_GRUS, "Share of correct answers at 10,000 bits", 0.49, 0.51, "conditions", MORE_GRUS, "far",
                       form=percent),
         value(f"{MORE_GRUS}: more correct answers in groups with three even lengths",
               lambda shares: min(shares[1::2]) > max(shares[::2]), "conditions", MORE_GRUS, "by_length", "mean",
               wrong=sorted)]),
}
