"""Claims about training data in which some of the strings are cut to one bit."""

from .claim import Claim
from .rates import more_often, mostly, never

SHARES = ("none", "1/512", "1/128", "1/32", "1/8")
FIXED, LONGER = (tuple(f"{lengths}, {share} of one bit" for share in SHARES) for lengths in ("50", "2..50"))

CLAIMS = {
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
