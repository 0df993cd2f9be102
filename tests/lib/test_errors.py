"""Test that every error about an argument has the same form."""

import numpy as np
import pytest

from parity_lib.errors import require, require_choice, require_int


def test_allowed_values_raise_nothing():
    require(True, "lr", -1, "never read")
    require_int("steps", 3, least=3)
    require_int("steps", np.int64(3), least=3)
    require_choice("cell", "gru", ("lstm", "gru"))


@pytest.mark.parametrize("value", [2, 3.0, "3", None, [3]])
def test_only_an_integer_that_is_large_enough_is_allowed(value):
    with pytest.raises(ValueError, match=r"^steps must be an integer of at least 3, but it is "):
        require_int("steps", value, least=3)


def test_true_is_no_integer():
    with pytest.raises(ValueError, match="True"):
        require_int("steps", True, least=0)
