"""The entries that the check of ``multiple_of_three`` names as the cause."""

import numpy as np
import pytest

from parity_checks.architecture import multiple_of_three
from tests.checks.helpers import says

# A third unit, which the answer should not depend on, grows on zeros.
GROWING = ([[1.0], [1.0], [0.0]], [[1.0, -3.0, 0.0], [1.0, -3.0, 0.0], [0.0, 0.0, 1.1]], [0.0, -2.0, 1e-13],
           [[-1.0, 3.0, -1.0]], [0.5])


@pytest.mark.parametrize(("weights", "words"), [
    (([[1.0], [1.0]], [[1.0, -3.0], [1.0, -3.0]], [0.0, -2.5], [[-1.0, 3.0]], [0.5]), "place of U[1, 0] or b[1] alone"),
    (GROWING, "place of V[2, 2] or b[2] alone"),
    # With -2.5 in b, these whole numbers would be correct.
    (([[1.0], [1.0]], [[1.0, -6.0], [1.0, -6.0]], [0.0, -5.0], [[-1.0, 6.0]], [0.5]), "Make the table"),
], ids=["either of two", "none that leaves a unit growing", "whole numbers stay whole"])
def test_every_entry_is_named_that_would_make_the_network_correct(student, weights, words):
    student.multiple_of_three = lambda: tuple(map(np.array, weights))
    with says(words):
        multiple_of_three()
