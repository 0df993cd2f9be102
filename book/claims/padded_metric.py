"""Claims about the scores of a network that always answers "even"."""

from .claim import Claim, Condition, number
from .words import percent


def near(expected: float, within: float, part: str, lengths: str, where: str) -> list[Condition]:
    """Create conditions that require an accuracy to be close to a given value."""
    found = number(f"{part}, {lengths} lengths, {where.replace('_', ' ')}", "Accuracy",
                   part, lengths, f"accuracy_{where}", form=lambda share: percent(share, 2))
    return [found.above(expected - within), found.below(expected + within)]


PADDED_METRIC = {
    "always-even-looks-good": Claim(
        "If padding is counted as in the notebook's evaluation, the accuracy of a network that always answers “even” "
        "is three quarters, within a hundredth, although the network is correct at only half of the real bits, within "
        "a hundredth.",
        [*near(0.75, 0.01, "evaluation", "course", "with_padding"),
         *near(0.5, 0.01, "evaluation", "course", "on_real")]),
    "masking-repairs-the-metric": Claim(
        "If the padding is masked, the accuracy of the same network is one half, within half a hundredth, however the "
        "lengths are drawn.",
        [condition for part in ("training", "evaluation") for lengths in ("course", "uniform")
         for condition in near(0.5, 0.005, part, lengths, "on_real")]),
}
