"""Claims about the two training recipes."""

from statistics import median

from .claim import Claim, value
from .rates import always, sooner
from .words import percent, rate_and_steps

NETS = ("relu 32", "tanh 16")

CLAIMS = (
    Claim(
        "default-always-solves",
        "The default recipe, a plain relu net, reaches exact validation on strings of 75 bits with every seed tried.",
        always(("relu 32",)),
        lambda results: rate_and_steps(results["relu 32"]) + "."),
    Claim(
        "tanh-recipe-solves",
        "The tanh recipe, 16 units, does so too with every seed tried, and takes more steps (log-rank test).",
        [*always(("tanh 16",)), *sooner((("relu 32",), ("tanh 16",)))],
        lambda results: rate_and_steps(results["tanh 16"]) + "."),
    Claim(
        "plateau-then-drop",
        "In every training curve of the two recipes there is a stretch of at most a quarter of the steps in which the "
        "loss, averaged over 10 steps, makes half of its whole fall; in the median curve a tenth of the steps "
        "suffices. A straight line would need half of them.",
        [condition for net in NETS for condition in (
            value(f"{net}: a quarter suffices in every curve", lambda shares: max(shares) <= 0.25,
                  net, "half_fall_share", wrong=lambda shares: [0.26, *sorted(shares)[:-1]]),
            value(f"{net}: a tenth suffices in the median", lambda shares: median(shares) <= 0.1,
                  net, "half_fall_share", wrong=lambda shares: [0.11] * len(shares)))],
        lambda results: "Share of the steps that hold half of the fall: " + "; ".join(
            f"{net}: median {percent(median(shares))}, most {percent(max(shares))}, and at most a tenth in "
            f"{sum(share <= 0.1 for share in shares)} of {len(shares)} curves"
            for net, shares in ((net, results[net]["half_fall_share"]) for net in NETS)) + "."),
)
