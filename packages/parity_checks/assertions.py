"""Assertions about a student's result. A failure says what was asked, expected and returned, and the likely cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from parity_checks.core import call
from parity_checks.page_links import section
from parity_checks.plain_data import CheckFailed, is_tensor, kind_of, safely

MAX_AXES = 5
KINDS = {"integer": "iu", "bool": "b", "float": "f"}


def fail(query: str, expected: Any, got: Any, hint: str = "", see: str = "") -> None:
    """Raise CheckFailed with a message whose parts are in a fixed order.

    ``query`` is the call as the student would write it, ``hint`` the likely mistake, and ``see`` the section to read
    again, as ``"page#anchor"``.
    """
    lines = [query, f"  expected: {show(expected)}", f"  got:      {show(got)}"]
    if hint:
        lines.append(f"  likely:   {hint}")
    if see:
        lines.append(f"  read:     {section(see)}")
    raise CheckFailed("\n".join(lines))


def ask(name: str, query: str, *args: Any, slips: dict[str, str] | Callable[[], dict[str, str]] = dict, see: str = "",
        by: Callable[..., Any] = call, **options: Any) -> Any:
    """Call the student's function and return its result; if it stops with an error, explain the error.

    ``slips`` maps a part of an error's text to its likely cause, and may be a function that makes this dict. ``by`` is
    :func:`call` or another function of :mod:`parity_checks.core`, which gets the ``options``.
    """
    try:
        return by(name, *args, **options)
    except CheckFailed as failure:
        causes = slips() if callable(slips) else slips
        raise explained(failure, query, causes, see) from None


def explained(failure: CheckFailed, query: str, slips: dict[str, str], see: str) -> CheckFailed:
    """Return the failure with the call that was made and, if ``slips`` has a part of its text, the likely cause."""
    text = str(failure)
    if "not written yet" in text or "there is no" in text:
        return failure
    hint = next((cause for part, cause in slips.items() if part.lower() in text.lower()), "")
    lines = [text, f"  asked:    {query}", *([f"  likely:   {hint}"] if hint else []), f"  read:     {section(see)}"]
    return CheckFailed("\n".join(lines))


def likely(got: Any, mistakes: Iterable[tuple[Any, str]], tolerance: float = 1e-5) -> str:
    """Return the description of the first mistake that leads to ``got``, or "" if none does.

    ``mistakes`` are pairs of a value and the description of the mistake that gives it. Values agree if their shapes are
    equal and their numbers differ by at most ``tolerance``, absolute and relative; nan agrees with nan.

    >>> likely(3, [(1, "the parity"), (3, "the count of ones")])
    'the count of ones'
    """
    got = numpy(got).astype(float)
    return next((words for value, words in mistakes if same(got, numpy(value).astype(float), tolerance)), "")


def same(got: np.ndarray, value: np.ndarray, tolerance: float = 1e-5) -> bool:
    """Return whether two arrays have the same shape and agree within ``tolerance``, absolute and relative."""
    return got.shape == value.shape and np.allclose(got, value, rtol=tolerance, atol=tolerance, equal_nan=True)


def show(value: Any, limit: int = 200) -> str:
    """Return a value as one short line for a message.

    >>> show([np.float64(0.5), 2 / 3, True])
    '[0.5, 0.666667, True]'
    """
    text = safely(_shown, value, otherwise="(a value that cannot be shown)")
    return text if len(text) <= limit else text[:limit] + " …"


def _shown(value: Any) -> str:
    if is_tensor(value) or isinstance(value, np.ndarray):
        value = numpy(value)
        if value.ndim > MAX_AXES:       # six numbers are shown for each axis, so 6**24 for 24 axes
            return f"an array of shape {value.shape}"
        value = value.astype(int) if value.dtype == bool else value
        text = np.array2string(value, precision=4, threshold=40, edgeitems=3, max_line_width=10_000)
    elif isinstance(value, (list, tuple)):
        text = ", ".join([_shown(part) for part in value[:40]] + ["…"] * (len(value) > 40))
        text = f"[{text}]" if isinstance(value, list) else f"({text}{',' * (len(value) == 1)})"
    else:
        value = value.item() if isinstance(value, np.generic) else value
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.split())


def numpy(value: Any) -> np.ndarray:
    """Return a tensor, an array, a number or a list of numbers as an array; bfloat16 becomes float32."""
    if not is_tensor(value):
        return np.asarray(value)
    value = value.detach().cpu().resolve_conj().resolve_neg()
    return (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()


def array(value: Any, query: str, shape: tuple[int, ...] | None = None, kind: str | None = None,
          see: str = "") -> np.ndarray:
    """Return ``value`` as an array of real numbers of this shape and kind, or raise CheckFailed.

    Arrays, tensors and single numbers are accepted. ``kind`` is ``"integer"``, ``"bool"`` or ``"float"``, of any width.
    """
    if not is_tensor(value) and not isinstance(value, (np.ndarray, np.generic, int, float)):
        lists = " np.array(...) or torch.tensor(...) turns a list into one." if isinstance(value, (list, tuple)) else ""
        raise CheckFailed(f"{query} gives {kind_of(value)}. Expected: an array.{lists}")
    result = numpy(value)
    if result.dtype.kind not in "biuf":
        fail(query, "real numbers", f"dtype {result.dtype}", "", see)
    if shape is not None and result.shape != tuple(shape):
        fail(query, f"shape {tuple(shape)}", f"shape {result.shape}", _shape_hint(result.shape, tuple(shape)), see)
    if kind is not None and result.dtype.kind not in KINDS[kind]:
        fail(query, f"{kind} values", f"dtype {result.dtype}", f"Convert the result to {kind} and return that.", see)
    if result.dtype.kind == "f" and np.isnan(result).any():
        fail(query, "numbers", "nan somewhere", "There is 0/0, or a value on padding was multiplied by 0.", see)
    return result


def _shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if sorted(got) == sorted(expected):
        return "Two axes are swapped." if len(got) == 2 else "The axes are in a different order."
    if [size for size in got if size != 1] == [size for size in expected if size != 1]:
        return "An axis of size 1 is missing, or there is one too many."
    if any(got == expected[:i] + expected[i + 1:] for i in range(len(expected))):
        return "An axis is missing: did a sum or a mean remove it?"
    return ""


def parts(result: Any, query: str, names: tuple[str, ...], see: str = "") -> list[np.ndarray]:
    """Return the arrays of a tuple or list that has one for each name, or raise CheckFailed."""
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        given = f"a {type(result).__name__} of {len(result)}" if isinstance(result, (tuple, list)) else result
        fail(query, f"a tuple of {len(names)} arrays ({', '.join(names)})", given,
             "Is a `return` missing?" if result is None else "Return all of them, in this order.", see)
    return [array(value, f"{query}: {name}", see=see).astype(float) for value, name in zip(result, names, strict=True)]


def close(value: Any, expected: Any, query: str, hint: str = "", see: str = "", tolerance: float = 1e-5) -> None:
    """Raise CheckFailed unless the two agree within ``tolerance``, absolute and relative. A tolerance of 0 is exact."""
    expected = numpy(expected)
    got = array(value, query, expected.shape, see=see)
    if not np.allclose(got.astype(float), expected.astype(float), rtol=tolerance, atol=tolerance):
        fail(query, expected, got, hint, see)


def equal(value: Any, expected: Any, query: str, hint: str = "", see: str = "") -> None:
    """Raise CheckFailed unless the two are equal, element by element (0 and False count as equal)."""
    close(value, expected, query, hint, see, tolerance=0)
