"""What checks expect of a result, each failure a message: what was asked, expected, given, and why perhaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from parity_lib.checks.core import call
from parity_lib.checks.plain import CheckFailed, kind_of, safely
from parity_lib.checks.reading import section

MOST_AXES = 5


def fail(what: str, expected: Any, got: Any, hint: str = "", see: str = "") -> None:
    """Raise CheckFailed with the parts of a message in their fixed order.

    ``what`` is the call as the student would write it, ``see`` names the section
    to read again, as ``"page#anchor"``.
    """
    lines = [f"{what}", f"  expected: {show(expected)}", f"  got:      {show(got)}"]
    if hint:
        lines.append(f"  likely:   {hint}")
    if see:
        lines.append(f"  read:     {section(see)}")
    raise CheckFailed("\n".join(lines))


def ask(name: str, what: str, *args: Any, slips: dict[str, str] | Callable[[], dict[str, str]] = dict, see: str = "",
        by: Callable[..., Any] = call, **options: Any) -> Any:
    """Call the student's function; where it stops, say what was asked and, for a known error, why.

    ``slips`` maps a part of the error's text to words for its cause, or gives the map where making it takes long;
    ``by`` is :func:`call` or one that asks for more, such as a gradient, and ``options`` are its own.
    """
    try:
        return by(name, *args, **options)
    except CheckFailed as failure:
        known = slips() if callable(slips) else slips
        raise explained(failure, what, known, see) from None


def explained(failure: CheckFailed, what: str, slips: dict[str, str], see: str) -> CheckFailed:
    """The failure with what was asked and, where a part of its text is among ``slips``, the words for that part."""
    text = str(failure)
    if "not written yet" in text or "there is no" in text:
        return failure
    hint = next((words for part, words in slips.items() if part.lower() in text.lower()), "")
    likely = [f"  likely:   {hint}"] if hint else []
    return CheckFailed("\n".join([text, f"  asked:    {what}", *likely, f"  read:     {section(see)}"]))


def likely(got: Any, mistakes: Iterable[tuple[Any, str]], tolerance: float = 1e-5) -> str:
    """The words of the first mistake that would give ``got``, or "" where none does.

    ``mistakes`` are pairs of a value and the words for it. A value counts where
    its shape is that of ``got`` and its numbers agree within ``tolerance``,
    absolute and relative; nan agrees with nan.

    >>> likely(3, [(1, "the parity"), (3, "the count of ones")])
    'the count of ones'
    """
    got = _numbers(got)
    return next((words for value, words in mistakes if same(got, _numbers(value), tolerance)), "")


def same(got: np.ndarray, value: np.ndarray, tolerance: float = 1e-5) -> bool:
    """Whether two arrays have one shape and agree within ``tolerance``, absolute and relative."""
    return got.shape == value.shape and np.allclose(got, value, rtol=tolerance, atol=tolerance, equal_nan=True)


def _numbers(value: Any) -> np.ndarray:
    return np.asarray(numpy(value) if isinstance(value, torch.Tensor) else value, dtype=float)


def show(value: Any, limit: int = 200) -> str:
    """A value in one short line.

    >>> show([np.float64(0.5), 2 / 3, True])
    '[0.5, 0.666667, True]'
    """
    text = safely(_words, value, otherwise="(a value that cannot be shown)")
    return text if len(text) <= limit else text[:limit] + " …"


def _words(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        value = numpy(value)
    if isinstance(value, np.ndarray):
        if value.ndim > MOST_AXES:      # six numbers of each axis are shown, and so 6**24 of 24 axes
            return f"an array of shape {value.shape}"
        value = value.astype(int) if value.dtype == bool else value
        text = np.array2string(value, precision=4, threshold=40, edgeitems=3, max_line_width=10_000)
    elif isinstance(value, (list, tuple)):
        parts = [_words(part) for part in value[:40]] + ["…"] * (len(value) > 40)
        inside = ", ".join(parts) + "," * (isinstance(value, tuple) and len(value) == 1)
        text = f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    else:
        value = value.item() if isinstance(value, np.generic) else value
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.split())


def numpy(value: torch.Tensor) -> np.ndarray:
    """A tensor's numbers as an array; bfloat16, which NumPy does not have, becomes float32."""
    value = value.detach().cpu().resolve_conj().resolve_neg()
    return (value.float() if value.dtype == torch.bfloat16 else value).numpy()


def array(value: Any, what: str, shape: tuple[int, ...] | None = None, kind: str | None = None,
          see: str = "") -> np.ndarray:
    """``value`` as a NumPy array of numbers, of this shape and kind, or CheckFailed.

    ``kind`` is ``"integer"``, ``"bool"`` or ``"float"``; arrays, tensors and
    numbers are accepted, and any width of the kind. For ``"integer"``, whole
    numbers only; booleans and floats that hold whole numbers are refused with a hint.
    """
    if not isinstance(value, (np.ndarray, torch.Tensor, np.generic, int, float, bool)):
        lists = " np.array(...) or torch.tensor(...) makes one of a list." if isinstance(value, (list, tuple)) else ""
        raise CheckFailed(f"{what} gives {kind_of(value)}. Expected: an array.{lists}")
    result = numpy(value) if isinstance(value, torch.Tensor) else np.asarray(value)
    if result.dtype.kind not in "biuf":
        fail(what, "real numbers", f"dtype {result.dtype}", "", see)
    if shape is not None and result.shape != tuple(shape):
        fail(what, f"shape {tuple(shape)}", f"shape {result.shape}", _shape_hint(result.shape, tuple(shape)), see)
    allowed = {"integer": "iu", "bool": "b", "float": "f"}
    if kind is not None and result.dtype.kind not in allowed[kind]:
        fail(what, f"{kind} values", f"dtype {result.dtype}", f"convert the result to {kind} before you return it", see)
    if result.dtype.kind == "f" and np.isnan(result).any():
        fail(what, "numbers", "nan somewhere", "0/0, or a value from padding that was multiplied by 0", see)
    return result


def _shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if sorted(got) == sorted(expected):
        return "two axes are swapped" if len(got) == 2 else "the axes are in another order"
    if [n for n in got if n != 1] == [n for n in expected if n != 1]:
        return "an axis of size 1 is missing or too many"
    if any(got == expected[:i] + expected[i + 1:] for i in range(len(expected))):
        return "an axis was reduced away"
    return ""


def parts(result: Any, what: str, names: tuple[str, ...], see: str = "") -> list[np.ndarray]:
    """The arrays of numbers of a tuple or list with an entry for each name, or CheckFailed."""
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        given = f"a {type(result).__name__} of {len(result)}" if isinstance(result, (tuple, list)) else result
        fail(what, f"a tuple of {len(names)} arrays ({', '.join(names)})", given,
             "is a `return` missing?" if result is None else "return all of them, in this order", see)
    return [array(value, f"{what}: {name}", see=see).astype(float) for value, name in zip(result, names, strict=True)]


def close(value: Any, expected: Any, what: str, hint: str = "", see: str = "", tolerance: float = 1e-5) -> None:
    """CheckFailed unless the two agree within ``tolerance``, absolute and relative."""
    expected = numpy(expected) if isinstance(expected, torch.Tensor) else np.asarray(expected)
    got = array(value, what, expected.shape, see=see)
    if not np.allclose(got.astype(float), expected.astype(float), rtol=tolerance, atol=tolerance):
        fail(what, expected, got, hint, see)


def equal(value: Any, expected: Any, what: str, hint: str = "", see: str = "") -> None:
    """CheckFailed unless the two are the same, element by element (0 and False count as the same)."""
    expected = numpy(expected) if isinstance(expected, torch.Tensor) else np.asarray(expected)
    got = array(value, what, expected.shape, see=see)
    if not np.array_equal(got.astype(float), expected.astype(float)):
        fail(what, expected, got, hint, see)
