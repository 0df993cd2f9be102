"""Claims about success rates and numbers of steps in series of trainings.

They are about the default settings with a label at every step, then about a label at the end, and last about strings of
few bits.
"""

from operator import lt
from statistics import median

from parity_study.experiments.empty_corner import SWEPT

from .claim import Claim, number
from .rates import (
    MARGIN,
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
HALF = "Share of the steps that holds half of the fall"

RECIPES = {
    "default-always-solves": Claim(
        "The default recipe, a plain relu net, reaches exact validation on strings of 75 bits with every seed tried.",
        always(("relu 32",))),
    "tanh-recipe-solves": Claim(
        "The tanh recipe, 16 units, does so too with every seed tried, and takes more steps (log-rank test).",
        [*always(("tanh 16",)), *sooner((("relu 32",), ("tanh 16",)))]),
    "plateau-then-drop": Claim(
        "In every training curve of the two recipes there is a stretch of at most a quarter of the steps in which the "
        "loss, averaged over 10 steps, makes half of its whole fall; in the median curve a tenth of the steps "
        "suffices. A straight line would need half of them.",
        [condition for net in ("relu 32", "tanh 16") for condition in (
            number(f"{net}, largest", HALF, net, "half_fall_share", form=percent, of=max).below(0.25),
            number(f"{net}, median", HALF, net, "half_fall_share", form=percent, of=median, place=None).below(0.1))]),
}

FIXED, VARYING = ("fixed",), ("varying",)

COURSE_LOOP = {
    "course-loop-often-fails": Claim(
        "With the course's settings (4 tanh units, SGD with rate 1, batches of 8) on strings of 50 bits, most seeds "
        "are not exact within 15,000 steps: the interval lies below one half.",
        seldom(FIXED)),
    "course-varying-often-fails": Claim(
        "With lengths from 1 to 50 and the padding masked, many of these runs fail, too: the interval of the successes "
        "lies below two thirds. These runs cannot tell which of the two is better (Fisher's exact test).",
        [*less_than_two_thirds(VARYING), *cannot_tell((VARYING, FIXED))]),
}

OPTIMIZERS = {
    "adam-solves": Claim(
        "With Adam, both recipes succeed with every seed within 2,000 steps.",
        always(("relu 32", "adam"), ("tanh 16", "adam"))),
    "sgd-often-fails": Claim(
        "Plain SGD in place of Adam, with two learning rates for each recipe, fails with most seeds within 2,000 steps "
        "in three of the four; the relu net with rate 1 always succeeds, in more steps than with Adam (log-rank test).",
        [*seldom(("relu 32", "sgd 0.1"), ("tanh 16", "sgd 1"), ("tanh 16", "sgd 0.1")), *always(("relu 32", "sgd 1")),
         *sooner((("relu 32", "adam"), ("relu 32", "sgd 1")))]),
}

TANH, GRU, LSTM = ("tanh",), ("gru",), ("lstm",)

ONE_UNIT = {
    "one-tanh-unit-never": Claim(
        "One tanh unit never learns the parity of 10 bits. It is proven that no weights can do it.",
        never(TANH)),
    "one-gated-unit-can": Claim(
        "One GRU unit and one LSTM unit each learn it in some runs, and not in all, and the LSTM unit does so more "
        "often (Fisher's exact test).",
        [*some(GRU, LSTM), *not_all(GRU, LSTM), *more_often((LSTM, GRU))]),
}

PLAIN, GATED = ("tanh", "relu"), ("lstm", "gru")
WIDE_TANH = tuple((f"tanh 32 x {layers}", f"tanh 16 x {layers}") for layers in (1, 2))
LAYERS = {(cell, size): (f"{cell} {size} x 2", f"{cell} {size} x 1")
          for cell in (*PLAIN, *GATED) for size in (1, 2, 3, 4, 8, 16, 32)}

SIZES = {
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

FIXED_LENGTHS = {
    "fixed-lengths-end-early": Claim(
        "With a label at the end, strings all of one length and batches of 64, LSTMs learn two bits and three bits "
        "with every one of 20 seeds, four bits with some and less than half of them, five or more with none, within "
        "10,000 steps.",
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
        "With a label at the end, no LSTM solves strings of 50 bits within 4,000 steps, whether none, one in 512, one "
        "in 128, one in 32 or one in 8 of the strings that it is trained on is cut to one bit.",
        never(*FIXED)),
    "lowest-rung-by-share": Claim(
        "With lengths from 2 to 50, more LSTMs solve them within 4,000 steps if one in 512, 128, 32 or 8 of the "
        "strings is cut to one bit than if none is (Fisher's exact test, four comparisons with Holm's correction).",
        more_often(*((name, LONGER[0]) for name in LONGER[1:]))),
    "one-in-128-is-enough": Claim(
        "With lengths from 2 to 50 and one string in 128, in 32 or in 8 cut to one bit, most LSTMs solve them within "
        "4,000 steps: the intervals lie above one half.",
        mostly(*LONGER[2:])),
}

TANH, RELU, LSTM, GRU = ((f"{cell}, grows", f"{cell}, from the start") for cell in ("tanh", "relu", "lstm", "gru"))

CURRICULUM = {
    "curriculum-is-faster": Claim(
        "Nets whose lengths grow solve it in fewer steps, for each of the four kinds: by the log-rank test over all "
        "runs, those included that did not solve it, four comparisons with Holm's correction.",
        sooner(TANH, RELU, LSTM, GRU)),
    "curriculum-helps-tanh": Claim(
        "More tanh nets solve it when the lengths grow (Fisher's exact test, two comparisons with Holm's correction). "
        "For relu nets these runs cannot tell.",
        [more_often(TANH, RELU)[0], cannot_tell(TANH, RELU)[1]]),
}

PADDING_SIDE = {
    "padding-side": Claim(
        "With the answer at the last real step every LSTM solves it within 4,000 steps. With the zeros before the "
        "string most do (the interval lies above one half), and fewer than with the zeros after it (Fisher's exact "
        "test). Where the answer must be carried through the zeros after the string, none does.",
        [*always("after"), *mostly("before"), *more_often(("after", "before")), *never("carried")]),
}

AGAINST_FRESH = (("fresh", "1000 strings"), ("fresh", "10000 strings"))

POOLS = {
    "large-pool-is-enough": Claim(
        f"With a fixed pool of 100,000 strings most LSTMs succeed, and their success rate differs from that with fresh "
        f"strings by less than {100 * MARGIN:.0f} points: Newcombe's interval of the difference lies within.",
        [*mostly("100000 strings"), *same_rate(("100000 strings", "fresh"))]),
    "small-pool-often-enough": Claim(
        "With a fixed pool of 1,000 strings most of these LSTMs solve it, and fewer than with fresh strings; "
        "for a pool of 10,000 these runs cannot tell (Fisher's exact test, two comparisons with Holm's correction).",
        [*mostly("1000 strings"), more_often(*AGAINST_FRESH)[0], cannot_tell(*AGAINST_FRESH)[1]]),
}

OPTIMIZERS_AT_THE_END = {
    "other-optimisers-fail-at-the-end": Claim(
        "Within 4,000 steps every LSTM solves it with Adam and a rate of 0.01, and none with Adam and a rate of 0.001, "
        "with SGD and a rate of 1 or 0.1, or with SGD, a rate of 0.1 and a momentum of 0.9.",
        [*always("adam 0.01"), *never("adam 0.001", "sgd 1", "sgd 0.1", "sgd 0.1, momentum 0.9")]),
}

EMPTY_CORNER = {
    "empty-corner-stays-empty": Claim(
        "With a label at the end and strings of 50 bits no net solves it, of twenty each under sixteen settings that "
        "differ from the usual ones in one thing: the rate, the optimiser, clipping, the units, the layers, the batch, "
        "the forget bias, the cell, or 50,000 steps.",
        never(*SWEPT)),
}

AFRESH = {n: (f"lstm, {n} bits, reset", f"lstm, {n} bits") for n in range(5, 9)}    # Adam, after 200 updates

ALL_STRINGS = {
    "all-strings-five-bits": Claim(
        "With all 32 strings of 5 bits as the batch and a label at the end, every LSTM of 8 units and every GRU solves "
        "them within 8,000 updates.",
        always("lstm, 5 bits", "gru, 5 bits")),
    "all-strings-end-at-eight": Claim(
        "With all strings as the batch, most LSTMs and most GRUs solve 6 bits, some, fewer than half, 7 bits, no LSTM "
        "and few GRUs 8 bits, and none of either 9 or 10 bits, within 8,000 updates.",
        [*mostly("lstm, 6 bits", "gru, 6 bits"), *some("lstm, 7 bits", "gru, 7 bits"),
         *seldom("lstm, 7 bits", "gru, 7 bits"), *never("lstm, 8 bits"), *seldom("gru, 8 bits"),
         *never("lstm, 9 bits", "lstm, 10 bits", "gru, 9 bits", "gru, 10 bits")]),
    "all-strings-relu-differs": Claim(
        "With all strings as the batch, some relu nets fail at every length from 2 to 10 bits, and at 8 and 9 bits "
        "more of them succeed than of each other kind (Fisher's exact test, six comparisons with Holm's correction).",
        [*not_all(*(f"relu, {n} bits" for n in range(2, 11))),
         *more_often(*((f"relu, {n} bits", f"{cell}, {n} bits") for n in (8, 9) for cell in ("tanh", "lstm", "gru")))]),
    "adam-afresh": Claim(
        "If Adam's means begin afresh after 200 updates, LSTMs on all strings of 5 and 6 bits solve them in fewer "
        "updates (log-rank test over all runs, two comparisons with Holm's correction), and more of them solve 6 and 7 "
        "bits within 8,000 updates (Fisher's exact test, two comparisons with Holm's correction). At 8 bits few do, "
        "whether Adam begins afresh or not: both intervals lie below one half.",
        [*sooner(AFRESH[5], AFRESH[6]), *more_often(AFRESH[6], AFRESH[7]), *seldom(*AFRESH[8])]),
}

AT_64, AT_256, AT_1024 = ((f"5 bits, {size}, bias 5", f"5 bits, {size}, bias 0") for size in (64, 256, 1024))

BIASES_AND_BATCHES = {
    "bias-helps-at-five": Claim(
        "With a label at the end and batches of 64 strings of 5 bits, more LSTMs solve them within 8,000 updates with "
        "a forget bias of 5 than with a bias of 0, and so they do with batches of 256 and 1024 (Fisher's exact test, "
        "three comparisons with Holm's correction).",
        more_often(AT_64, AT_256, AT_1024)),
    "bias-and-batch-add-up": Claim(
        "With a forget bias of 5 more LSTMs solve 5 bits with batches of 256 and of 1024 than with batches of 64 "
        "(Fisher's exact test, two comparisons with Holm's correction), and with batches of 1024 each of them does.",
        [*more_often((AT_256[0], AT_64[0]), (AT_1024[0], AT_64[0])), *always(AT_1024[0])]),
    "bias-at-six-needs-batch": Claim(
        "At 6 bits few LSTMs solve them with batches of 64, whatever the bias from 0 to 5. With batches of 1024 more "
        "of them do with a bias of 5 than with 0 (Fisher's exact test).",
        [*seldom(*(f"6 bits, 64, bias {bias}" for bias in range(6))),
         *more_often(("6 bits, 1024, bias 5", "6 bits, 1024, bias 0"))]),
    "bias-sooner-on-all-strings": Claim(
        "With all strings of 5 or of 6 bits in each batch LSTMs solve them in fewer updates with a forget bias of 5 "
        "than with 0: by the log-rank test over all runs, two comparisons with Holm's correction.",
        sooner(*((f"{n} bits, all, bias 5", f"{n} bits, all, bias 0") for n in (5, 6)))),
}

HELPLESS = ("8 bits", *(f"8 bits, {change}" for change in (
    "float64", "rate 0.003", "rate 0.03", "32 units", "Adam afresh")))
OPEN = "8 bits, bias 5"

PLATEAUS = {
    "few-reach-eight-bits": Claim(
        "With all strings of 8 bits as the batch, few LSTMs solve them within 16,000 updates: as they are, in float64, "
        "with a rate of 0.003 or 0.03, with 32 units, or if Adam's means begin afresh after 200 updates (each interval "
        "lies below one half).",
        seldom(*HELPLESS)),
    "open-gate-reaches-eight-bits": Claim(
        "With a forget bias of 5 most LSTMs do (the interval lies above one half), and more than with each of the "
        "other changes (Fisher's exact test, six comparisons with Holm's correction).",
        [*mostly(OPEN), *more_often(*((OPEN, name) for name in HELPLESS))]),
    "float64-at-seven": Claim(
        "At 7 bits, where more of them learn within 16,000 updates, these runs cannot tell float64 from float32 "
        "(Fisher's exact test).",
        cannot_tell(("7 bits, float64", "7 bits"))),
}
