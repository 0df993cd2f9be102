"""Claims about the forget gate's bias at different batch sizes."""

from .claim import Claim
from .rates import always, more_often, seldom, sooner

AT_64, AT_256, AT_1024 = ((f"5 bits, {size}, bias 5", f"5 bits, {size}, bias 0") for size in (64, 256, 1024))

CLAIMS = {
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
