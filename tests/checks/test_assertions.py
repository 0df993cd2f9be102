"""Assertions about results, and their messages."""

import numpy as np
import pytest
import torch

from parity_checks import assertions
from tests.checks.helpers import BadText, Hostile, says


def test_a_message_has_its_parts_in_order():
    with says() as caught:
        assertions.fail("parity of [1 1]", np.array([0]), torch.tensor([2.0]), "a sum", "unrolling#the-cell-in-numpy")
    assert str(caught.value).splitlines() == [
        "parity of [1 1]", "  expected: [0]", "  got:      [2.]", "  likely:   a sum",
        '  read:     the chapter "unrolling", section "the cell in numpy" (book/unrolling.html#the-cell-in-numpy)']
    with says() as caught:
        assertions.fail("parity", 0, 1)
    assert str(caught.value) == "parity\n  expected: 0\n  got:      1"
    assert assertions.section("one-bit") == 'the chapter "one-bit" (book/one-bit.html)'


@pytest.mark.parametrize(("value", "text"), [
    (np.array([True, False]), "[1 0]"), (torch.tensor([1.23456789]), "[1.2346]"), (0.1234567891, "0.123457"),
    (np.float32(0.5), "0.5"), ((1,), "(1,)"), ((np.int64(1), [2.0]), "(1, [2])"), ("two\nlines", "two lines"),
    (None, "None"), (torch.ones(2, dtype=torch.bfloat16), "[1. 1.]"), ("x" * 1000, "x" * 200 + " …"),
    (list(range(50)), "[" + "".join(f"{i}, " for i in range(40)) + "…]"),
])
def test_a_value_is_shown_in_one_short_line(value, text):
    assert assertions.show(value) == text
    assert "\n" not in assertions.show(np.arange(10_000).reshape(100, 100))


def test_what_cannot_be_shown():
    for value in (10**5000, BadText(), [Hostile()]):
        assert assertions.show(value) == "(a value that cannot be shown)"


@pytest.mark.parametrize(("value", "arguments", "words"), [
    ([1, 2], {},
     "parity gives a value of type list. Expected: an array. np.array(...) or torch.tensor(...) turns a list"),
    (None, {}, "parity gives None (is a `return` missing?). Expected: an array."),
    ("1", {}, "parity gives a value of type str"),
    (np.array(["1"]), {}, "expected: real numbers"),
    (2**70, {}, "expected: real numbers"),
    (np.array([1j]), {}, "dtype complex128"),
    (np.array([1.0, np.nan]), {}, "nan somewhere"),
    (np.ones((3, 2)), {"shape": (2, 3)}, "Two axes are swapped."),
    (np.ones((3, 2, 1)), {"shape": (2, 1, 3)}, "The axes are in a different order."),
    (np.ones((2, 1)), {"shape": (2,)}, "An axis of size 1 is missing, or there is one too many."),
    (np.ones(2), {"shape": (1, 2)}, "An axis of size 1 is missing, or there is one too many."),
    (np.ones(2), {"shape": (2, 3)}, "An axis is missing"),
    (np.ones((2, 4)), {"shape": (2, 3, 4)}, "An axis is missing"),
    (3, {"shape": (7,)}, "An axis is missing"),
    (np.ones(2), {"shape": (5, 6)}, "got:      shape (2,)"),
    (np.ones(2), {"kind": "integer"}, "Convert the result to integer and return that."),
    (True, {"kind": "integer"}, "expected: integer values"),
    (np.ones(2, dtype=int), {"kind": "bool"}, "expected: bool values"),
    (torch.ones(2, dtype=torch.int64), {"kind": "float"}, "got:      dtype int64"),
])
def test_what_is_no_array_of_this_kind(value, arguments, words):
    with says("parity", words):
        assertions.array(value, "parity", **arguments)


@pytest.mark.parametrize("value", [np.ones(2, np.float16), np.ones(2, np.uint8), np.ones(2, bool),
                                   torch.ones(2, dtype=torch.bfloat16), torch.ones(2, requires_grad=True)])
def test_arrays_of_any_width_are_equal_to_the_expected(value):
    assertions.equal(value, [1, 1], "parity")
    assertions.equal(value, torch.ones(2, requires_grad=True), "parity")
    assertions.close(value, torch.ones(2, requires_grad=True), "parity")
    assertions.close(value, np.ones(2) + 9e-6, "parity")


def test_what_is_not_equal():
    with says("parity", "expected: [0 1]", "got:      [1 1]", "likely:   swapped"):
        assertions.equal(np.ones(2, int), [0, 1], "parity", "swapped")
    with says("shape (2,)"):
        assertions.equal(np.ones(3), [1, 1], "parity")
    with says("loss", "got:      1"):
        assertions.close(1.0, 1.1, "loss")
    with says("inf"):
        assertions.close(np.inf, 1.0, "loss")
    assertions.close(1.0, 1.1, "loss", tolerance=0.2)


@pytest.mark.parametrize(("got", "mistakes", "words"), [
    (3, [(2, "two"), (3, "three"), (3.0, "also three")], "three"),
    (np.ones((1, 2)), [(np.ones(2), "another shape"), (torch.ones(1, 2, requires_grad=True), "a tensor")], "a tensor"),
    (torch.tensor([True, False]), [((1, 0), "a tuple of numbers")], "a tuple of numbers"),
    (1.0, [(1 + 5e-6, "near")], "near"),
    (1.0, [(1 + 5e-5, "too far")], ""),
    (np.nan, [(0, "zero"), (np.nan, "nan")], "nan"),
    (np.inf, [(1e300, "large")], ""),
    (np.array([2]), [], ""),
])
def test_the_first_mistake_that_fits_is_named(got, mistakes, words):
    assert assertions.likely(got, mistakes) == words


def test_how_near_a_mistake_must_be_can_be_said():
    assert assertions.likely(1.0, [(1.05, "near enough")], tolerance=0.1) == "near enough"
    assert assertions.likely(1.0, [(1 + 1e-9, "not the same")], tolerance=0) == ""
