"""Claims about training with the course's settings."""

from .claim import Claim
from .rates import cannot_tell, less_than_half, seldom

FIXED, VARYING = ("fixed",), ("varying",)

CLAIMS = {
    "course-loop-often-fails": Claim(
        "With the course's settings (4 tanh units, SGD with rate 1, batches of 8) on strings of 50 bits, most seeds "
        "are not exact within 15,000 steps: the interval lies below one half.",
        seldom(FIXED)),
    "course-varying-often-fails": Claim(
        "With lengths from 1 to 50 and the padding masked, more than half of the seeds tried fail all the same. These "
        "runs cannot tell which of the two is better (Fisher's exact test).",
        [*less_than_half(VARYING), *cannot_tell((VARYING, FIXED))]),
}
