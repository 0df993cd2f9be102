"""Claims about the two training recipes."""

from statistics import median

from .claim import Claim, number
from .rates import always, sooner
from .words import percent

HALF = "Share of the steps that holds half of the fall"

CLAIMS = {
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
