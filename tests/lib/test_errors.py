"""Test which values the checks of arguments allow. The modules that use them test their messages."""

import numpy as np
import pytest

from parity_lib.errors import require_choice, require_int


def test_allowed_values_raise_nothing():
    for value in (3, np.int64(3)):
        require_int("steps", value, least=3)
    require_choice("cell", "gru", ("lstm", "gru"))


@pytest.mark.parametrize("value", [2, 3.0, "3", None, [3], True])
def test_only_an_integer_that_is_large_enough_is_allowed(value):
    with pytest.raises(ValueError, match=r"^steps must be an integer of at least 3, but it is "):
        require_int("steps", value, least=3)
