"""Claims about training with the course's settings."""

from .claim import Claim
from .rates import cannot_tell, less_than_half, seldom
from .words import rate, rate_and_steps

FIXED, VARYING = ("fixed",), ("varying",)

CLAIMS = (
    Claim(
        "course-loop-often-fails",
        "With the course's settings (4 tanh units, SGD with rate 1, batches of 8) on strings of 50 bits, most seeds "
        "are not exact within 15,000 steps: the interval lies below one half.",
        seldom(FIXED),
        lambda results: rate_and_steps(results["fixed"]) + "."),
    Claim(
        "course-varying-often-fails",
        "With lengths from 1 to 50 and the padding masked, more than half of the seeds tried fail all the same. These "
        "runs cannot tell which of the two is better (Fisher's exact test).",
        [*less_than_half(VARYING), *cannot_tell((VARYING, FIXED))],
        lambda results: f"{rate_and_steps(results['varying'])}. Fixed lengths: {rate(results['fixed'])}."),
)
