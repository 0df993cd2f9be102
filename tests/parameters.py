"""Parameters of tests, of which a few are tried by `make test` and the others by the longer tests."""

from collections.abc import Sequence
from typing import Any

import pytest


def longer_after(count: int, values: Sequence[Any]) -> list[Any]:
    """Return the parameters of a test and mark all but the first ``count`` of them as slow."""
    others = (value if isinstance(value, tuple) else (value,) for value in values[count:])
    return [*values[:count], *(pytest.param(*value, marks=pytest.mark.slow) for value in others)]
