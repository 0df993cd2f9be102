"""Claims about the initial bias of the forget gate."""

from .claim import Claim, Number, Results, replaced
from .rates import always, cannot_tell, cannot_tell_sooner, middle, never, seldom, sooner
from .words import named, percent, rates

BIASES = (0, 1, 2, 3, 5)
AT_50, AT_5, VARYING = (tuple(f"{lengths}, bias {bias}" for bias in BIASES) for lengths in ("50", "5", "1..50"))
SLOWER = tuple((VARYING[0], name) for name in VARYING[1:])


def far(results: Results) -> list[float]:
    """Return the accuracy on long strings of each LSTM that solved 5 bits."""
    return [share for name in AT_5 for share in results["conditions"][name]["far"]]


def with_far(results: Results, share: float) -> Results:
    """Return a copy of the results in which one accuracy on long strings is replaced."""
    name = next(name for name in AT_5 if results["conditions"][name]["far"])
    return replaced(results, "conditions", name, "far", 0, by=share)


def slowdown(name: str) -> Number:
    """Return the median number of updates divided by the median for a bias of 0."""
    return Number(named(name), "Median number of updates divided by that for a bias of 0",
                  lambda results: middle(results, name) / middle(results, VARYING[0]),
                  lambda results, ratio: replaced(results, "conditions", name, "steps", by=lambda steps: [
                      ratio * middle(results, VARYING[0])] * len(steps)), reads=(("conditions", name),))


FORGET_BIASES = {
    "forget-bias-not-needed": Claim(
        "With a label at the end and lengths from 1 to 50, every LSTM solves the task, whether the bias of its forget "
        "gate starts at 0, 1, 2, 3 or 5.",
        always(*VARYING)),
    "forget-bias-does-not-rescue": Claim(
        "With a label at the end, no LSTM solves the task within 4,000 updates if all strings have 50 bits, and few "
        "LSTMs solve it if all strings have 5 bits, whether the bias of the forget gate starts at 0, 1, 2, 3 or 5. At "
        "5 bits, training fails with most seeds for each of these biases, and we cannot tell from these runs whether a "
        "bias above 0 helps there (Fisher's exact test against a bias of 0, four comparisons with Holm's correction).",
        [*never(*AT_50), *seldom(*AT_5), *cannot_tell(*((name, AT_5[0]) for name in AT_5[1:]))]),
    "five-bits-not-the-rule": Claim(
        "The LSTMs that do solve 5 bits have not learned the rule. On strings of 10,000 bits, with an answer after "
        "each bit, between 45 and 55 % of the answers of each of these LSTMs are correct.",
        [Number("lowest", "accuracy per bit", lambda results: min(far(results), default=0), with_far).above(0.45),
         Number("highest", "accuracy per bit", lambda results: max(far(results), default=1), with_far).below(0.55)],
        lambda results: f"{rates(results, *AT_5)} Accuracy per bit: {', '.join(map(percent, far(results)))}."),
    "open-forget-gate-is-slower": Claim(
        "With lengths from 1 to 50, LSTMs with a forget bias of 3 or 5 need more updates than LSTMs with a bias of 0; "
        "for biases of 1 and 2, we cannot tell from these runs (log-rank test over all runs, four comparisons with "
        "Holm's correction). In these runs, no bias above 0 lowers the median number of updates by more than a tenth.",
        [*sooner(*SLOWER)[-2:], *cannot_tell_sooner(*SLOWER)[:-2],
         *(slowdown(name).above(0.9) for name in VARYING[1:])]),
}
