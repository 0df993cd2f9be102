"""Assertions about results, and their messages."""

import numpy as np
import pytest
import torch

from parity_checks import assertions
from parity_checks.assertions import Query
from tests.checks.helpers import BadText, says

QUERY = Query("parity")


def test_a_message_has_its_parts_in_order():
    with says() as caught:
        Query("parity of [1 1]", "unrolling#The cell in NumPy").fail(np.array([0]), torch.tensor([2.0]), "a sum")
    assert str(caught.value).splitlines() == [
        "parity of [1 1]", "  expected: [0]", "  got:      [2.]", "  likely:   a sum",
        '  read:     the section "The cell in NumPy" of "Unrolling a recurrent network" '
        "(book/unrolling.html#the-cell-in-numpy)"]


@pytest.mark.parametrize(("value", "text"), [
    (np.array([True, False]), "[1 0]"), (torch.tensor([1.23456789]), "[1.2346]"), (0.1234567891, "0.123457"),
    (np.float32(0.5), "0.5"), ((1,), "(1,)"), ((np.int64(1), [2.0]), "(1, [2])"), ("two\nlines", "two lines"),
    (None, "None"), ("x" * 1000, "x" * 200 + " …"),
    (BadText(), "(a value that cannot be shown)"),
    (list(range(50)), "[" + "".join(f"{i}, " for i in range(40)) + "…]"),
])
def test_a_value_is_shown_in_one_short_line(value, text):
    assert assertions.show(value) == text
    assert "\n" not in assertions.show(np.arange(10_000).reshape(100, 100))


def test_matrices_are_shown_row_by_row_and_next_to_each_other_where_there_is_room():
    with says() as caught:
        QUERY.fail(np.eye(2, dtype=int), torch.full((3, 2), 7), "Which axis? " * 20)
    assert str(caught.value).splitlines()[1:6] == [
        "  expected: [[1 0]", "             [0 1]]", "  got:      [[7 7]", "             [7 7]", "             [7 7]]"]
    shown = caught.value._render_traceback_()[0].splitlines()
    assert shown[1:4] == ["  expected: [[1 0]      got: [[7 7]", "             [0 1]]           [7 7]",
                          "                              [7 7]]"]
    assert max(map(len, shown)) <= 90
    assert " ".join(" ".join(shown[4:]).split()) == "likely: " + ("Which axis? " * 20).strip()
    with says() as caught:
        QUERY.fail(np.arange(24).reshape(3, 8) / 7, np.arange(26).reshape(13, 2))
    shown = caught.value._render_traceback_()[0].splitlines()
    assert [line.count(".") for line in shown[1:4]] == [8, 8, 8]
    assert shown[-1].strip() == "…"


@pytest.mark.parametrize(("value", "arguments", "words"), [
    ([1, 2], {},
     "parity gives a value of type list. Expected: an array. np.array(...) turns a list"),
    ([torch.tensor(1.0)], {}, "Expected: an array. torch.stack(...) turns a list"),
    (None, {}, "parity gives None (is a `return` missing?). Expected: an array."),
    (np.array(["1"]), {}, "expected: real numbers"),
    (np.array([1j]), {}, "dtype complex128"),
    (np.array([1.0, np.nan]), {}, "nan somewhere"),
    (np.ones((3, 2)), {"shape": (2, 3)}, "Two axes are swapped."),
    (np.ones((3, 2, 1)), {"shape": (2, 1, 3)}, "The axes are in a different order."),
    (np.ones((2, 1)), {"shape": (2,)}, "An axis of size 1 is missing, or there is one too many."),
    (np.ones(2), {"shape": (2, 3)}, "An axis is missing"),
    (np.ones(2), {"kind": "integer"}, "Convert the result to integer and return that."),
    (torch.ones(2, dtype=torch.int64), {"kind": "float"}, "got:      dtype int64"),
])
def test_a_value_that_is_not_an_array_of_this_kind(value, arguments, words):
    with says("parity", words):
        QUERY.as_array(value, **arguments)


@pytest.mark.parametrize("value", [np.ones(2, np.float16), np.ones(2, bool), torch.ones(2, requires_grad=True)])
def test_arrays_of_any_width_are_equal_to_the_expected(value):
    QUERY.require_equal(value, [1, 1])
    QUERY.require_equal(value, torch.ones(2, requires_grad=True))
    QUERY.require_close(value, np.ones(2) + 9e-6)


def test_a_difference_is_shown_with_its_likely_cause():
    with says("parity", "expected: [0 1]", "got:      [1 1]", "likely:   swapped"):
        QUERY.require_equal(np.ones(2, int), [0, 1], "swapped")
    with says("likely:   the count"):
        QUERY.require_equal(3, 1, "no known mistake", [(2, "the last bit"), (3, "the count")])
    with says("likely:   no known mistake"):
        QUERY.require_equal(4, 1, "no known mistake", [(2, "the last bit"), (3, "the count")])
    with says("expected: shape (2,)", "got:      shape (3,)"):
        QUERY.require_equal(np.ones(3), [1, 1])
    with says("inf"):
        QUERY.require_close(np.inf, 1.0)
    QUERY.require_close(1.0, 1.1, tolerance=0.2)


@pytest.mark.parametrize("result", [(1, np.array([2, 3])), [torch.tensor(1), torch.tensor([2.0, 3.0])]])
def test_the_parts_of_a_result_become_float_arrays(result):
    count, pair = QUERY.as_arrays(result, {"count": (), "pair": (2,)})
    assert (count.dtype, count.tolist(), pair.tolist()) == (float, 1, [2, 3])


@pytest.mark.parametrize(("result", "words"), [
    (None, "expected: 2 values (count, pair)"), ((1,), "got:      a tuple of 1"),
    (np.ones((3, 2)), "got:      an array of shape (3, 2)"), ((1, np.ones(3)), "parity: pair\n  expected: shape (2,)"),
])
def test_missing_parts_and_parts_of_another_shape_are_named(result, words):
    with says(words):
        QUERY.as_arrays(result, {"count": (), "pair": (2,)})


def test_an_error_of_the_students_code_is_explained(student):
    student.parity = lambda bits: bits["0"]
    query = Query("the parity of [1]", "one-bit")
    with says("`parity` stopped with IndexError", "\n  asked:    the parity of [1]\n  likely:   the cause\n",
              'read:     the chapter "One bit of memory" (book/one-bit.html)'):
        query.call("parity", np.ones(1), causes={"KeyError": "another cause", "IndexError": "the cause"})
    with says("there is no `unroll` yet") as caught:
        query.call("unroll", causes={"unroll": "no cause"})
    assert "asked" not in str(caught.value)


@pytest.mark.parametrize(("got", "mistakes", "words"), [
    (3, [(2, "two"), (3, "three"), (3.0, "also three")], "three"),
    (np.ones((1, 2)), [(np.ones(2), "another shape"), (torch.ones(1, 2, requires_grad=True), "a tensor")], "a tensor"),
    (torch.tensor([True, False]), [((1, 0), "a tuple of numbers")], "a tuple of numbers"),
    (1.0, [(1 + 5e-6, "near")], "near"),
    (1.0, [(1 + 5e-5, "too far")], ""),
    (np.nan, [(0, "zero"), (np.nan, "nan")], "nan"),
])
def test_the_first_mistake_that_fits_is_named(got, mistakes, words):
    assert assertions.likely_cause(got, mistakes) == words
