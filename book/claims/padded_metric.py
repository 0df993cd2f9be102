"""Claims about the scores of a network that always answers "even"."""

from .claim import Claim, Condition, value
from .words import percent

TESTED = (("training", "course"), ("training", "uniform"), ("evaluation", "course"), ("evaluation", "uniform"))


def near(expected: float, within: float, *path: str) -> Condition:
    """Create a condition that requires a number to be close to a given value."""
    return value(f"{', '.join(path)}: within {within} of {expected}", lambda actual: abs(actual - expected) < within,
                 *path, wrong=expected + 1.01 * within)


CLAIMS = (
    Claim(
        "always-even-looks-good",
        "Where padding is counted as in the course's evaluation, a net that always says “even” is scored within a "
        "hundredth of three quarters, although it is right at half of the real bits only, within a hundredth.",
        [near(0.75, 0.01, "evaluation", "course", "accuracy_with_padding"),
         near(0.5, 0.01, "evaluation", "course", "accuracy_on_real")],
        lambda results: "; ".join(
            f"{part} (up to {results[part]['steps']} bits, batches of {results[part]['batch_size']}): "
            f"{percent(results[part]['course']['accuracy_with_padding'])} with padding counted, exactly expected "
            f"{percent(results[part]['course']['expected_accuracy_with_padding'], 2)}, on real bits "
            f"{percent(results[part]['course']['accuracy_on_real'])}; padding is "
            f"{percent(results[part]['course']['padding_share'])} of all positions"
            for part in ("training", "evaluation")).capitalize() + "."),
    Claim(
        "masking-repairs-the-metric",
        "With the padding masked, the same net is scored at one half, within half a hundredth, however the lengths "
        "are drawn.",
        [near(0.5, 0.005, part, how, "accuracy_on_real") for part, how in TESTED],
        lambda results: "On real bits: " + "; ".join(
            f"{part}, {how} lengths: {percent(results[part][how]['accuracy_on_real'], 2)}"
            for part, how in TESTED) + "."),
)
