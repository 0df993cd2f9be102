"""The points of each check: written by `parity exercises` from solutions/*.md, which is where to change them."""

POINTS: dict[str, dict[str, int]] = {}
