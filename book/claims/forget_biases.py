"""Claims about the initial bias of the forget gate."""

from .claim import Claim, Condition, Results, replaced
from .rates import always, cannot_tell, cannot_tell_sooner, never, seldom, sooner, steps_p_values
from .words import named, percent, power, rate, rates

BIASES = (0, 1, 2, 3, 5)
AT_50, AT_5, VARYING = (tuple(f"{lengths}, bias {bias}" for bias in BIASES) for lengths in ("50", "5", "1..50"))
SLOWER = tuple((VARYING[0], name) for name in VARYING[1:])


def five_bits(results: Results) -> list[float]:
    """Return the accuracy on long strings for each LSTM that solved 5 bits."""
    return [share for name in AT_5 for share in results["conditions"][name]["far"]]


def with_far(results: Results, by: float) -> Results:
    """Return a copy of the results in which one accuracy on long strings is replaced."""
    name = next(name for name in AT_5 if results["conditions"][name]["far"])
    return replaced(results, "conditions", name, "far", 0, by=by)


def no_faster(bias: int) -> Condition:
    """Create a condition that requires the median number of steps to be above nine tenths of that for a bias of 0."""
    def median(results: Results, bias: int) -> float:
        return results["conditions"][f"1..50, bias {bias}"]["median_steps"]

    return Condition(f"bias {bias}: median not lower by a tenth",
                     lambda results: median(results, bias) >= 0.9 * median(results, 0),
                     lambda results: replaced(results, "conditions", f"1..50, bias {bias}", "median_steps",
                                              by=0.89 * median(results, 0)))


CLAIMS = (
    Claim(
        "forget-bias-not-needed",
        "With a label at the end and lengths from 1 to 50, every LSTM solves it, whether its forget gate's bias starts "
        "at 0, 1, 2, 3 or 5.",
        always(*VARYING)),
    Claim(
        "forget-bias-does-not-rescue",
        "With a label at the end, no LSTM solves strings all of 50 bits within 4,000 steps, and few solve strings all "
        "of 5 bits, whether its forget gate's bias starts at 0, 1, 2, 3 or 5. At 5 bits each bias fails with most "
        "seeds, and these runs cannot tell whether it helps there (Fisher's exact test against a bias of 0, four "
        "comparisons with Holm's correction).",
        [*never(*AT_50), *seldom(*AT_5), *cannot_tell(*((name, AT_5[0]) for name in AT_5[1:]))]),
    Claim(
        "five-bits-by-heart",
        "The LSTMs that do solve 5 bits know these strings and not the rule: asked after each bit of strings of 10,000 "
        "bits, each is right between 45 and 55 % of the time.",
        [Condition("some solve 5 bits, and all above 45 %", lambda results: min(five_bits(results), default=0) > 0.45,
                   lambda results: with_far(results, 0.45)),
         Condition("all below 55 %", lambda results: max(five_bits(results), default=0) < 0.55,
                   lambda results: with_far(results, 0.55))],
        lambda results: "; ".join(
            f"{named(name)}: {rate(one)}, accuracy per bit {', '.join(percent(share) for share in one['far'])}"
            for name, one in ((name, results["conditions"][name]) for name in AT_5) if one["far"]) + "."),
    Claim(
        "open-forget-gate-is-slower",
        "With lengths from 1 to 50, LSTMs with a bias of 3 or 5 take more steps than LSTMs with a bias of 0; for "
        "biases of 1 and 2 these runs cannot tell (log-rank test over all runs, four comparisons with Holm's "
        "correction). In these runs no bias above 0 lowers the median by more than a tenth.",
        [*sooner(*SLOWER)[-2:], *cannot_tell_sooner(*SLOWER)[:-2], *map(no_faster, BIASES[1:])],
        lambda results: rates(results, *VARYING) + " Log-rank test against a bias of 0, with Holm's correction: "
        + ", ".join(f"bias {bias} p = {power(p)}" for bias, p in zip(BIASES[1:], steps_p_values(results, SLOWER)))
        + "."),
)
