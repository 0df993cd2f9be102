"""Assertions about the results of student code."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from parity_checks.core import call, call_on_same
from parity_checks.page_links import section
from parity_checks.plain_data import INDENT, LINE_WIDTH, CheckFailed, is_tensor, kind_of, safely, split_cause
from parity_lib.errors import require

MAX_AXES = 5
MAX_ROWS = 12
KINDS = {"integer": "biu", "bool": "b", "float": "f"}
FAILURES = ArithmeticError, LookupError, ValueError, RuntimeError       # of correct code with wrong arguments
Mistakes = Iterable[tuple[Any, str]]


class Words(dict[str, str]):
    """The message about each named mistake in an exercise, keyed by the mistake's id, and the edits that make it.

    ``edits`` has one or more tables for each reference implementation, such as "train" and "train-seeds". A table
    contains, by the id of a mistake, one or more edits of the reference that make the mistake, as :func:`variant` takes
    them. An edit may be a table with the key ``edit`` and with values for the names that the edit and the message
    contain in braces; every combination of lists counts.
    """

    def __init__(self, words: Mapping[str, str], edits: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(words)
        self.edits = edits

    def of(self, wrong: Mapping[str, Iterable[Any]]) -> Mistakes:
        """Yield each of the results in ``wrong``, a dict keyed by mistake id, with the message about its mistake."""
        return ((result, self[cause]) for cause, results in wrong.items() for result in results)

    def variants(self, reference: Callable[..., Any], table: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
        """Yield, for each mistake in a ``table`` of the reference, its message and a function that makes it."""
        for cause, edits in self.edits[reference.__name__ + table].items():
            for row in edits if isinstance(edits, list) else [edits]:
                fields = row if isinstance(row, dict) else {"edit": row}
                for values in itertools.product(*(each if isinstance(each, list) else [each]
                                                  for each in fields.values())):
                    chosen = dict(zip(fields, values, strict=True))
                    edit, words = chosen["edit"], self[cause]
                    for name, value in chosen.items():
                        edit, words = (text.replace(f"{{{name}}}", str(value)) for text in (edit, words))
                    yield words, variant(reference, edit)

    def made(self, reference: Callable[..., Any], *arguments: Any, table: str = "") -> Mistakes:
        """Yield the result of each faulty variant of the reference, with the message about its mistake."""
        for words, function in self.variants(reference, table):
            with contextlib.suppress(*FAILURES), np.errstate(all="ignore"):
                yield function(*arguments), words

    def mistakes(self, reference: Callable[..., Any], *arguments: Any) -> Mistakes:
        """Yield what :meth:`made` yields, followed by what :func:`with_other` yields."""
        return itertools.chain(self.made(reference, *arguments), with_other(reference, *arguments))


@functools.cache
def variant(function: Callable[..., Any], edits: str) -> Callable[..., Any]:
    """Return a variant of a function with every edit in ``old -> new ; old -> new`` applied.

    Without an arrow, an edit is another expression that the function returns.
    """
    source = inspect.getsource(function)
    for edit in edits.split(" ; "):
        old, arrow, new = edit.partition(" -> ")
        require(old in source or not arrow, "an edit", edit, f"a part of `{function.__name__}`, and what replaces it")
        source = source.replace(old, new) if arrow else f"{source.rpartition('return ')[0]}return {edit}\n"
    names = dict(vars(sys.modules[function.__module__]))
    exec(compile(source, inspect.getfile(function), "exec"), names)
    return names[function.__name__]


def messages(exercise: str) -> Words:
    """Return the messages for an exercise's named mistakes, from its file ``messages.toml``.

    The id of the mistake, in brackets, comes before the message. The code of mistakes is in ``mistakes.toml``.
    """
    words, edits = (tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {} for path in (
        Path(__file__).with_name(exercise) / f"{name}.toml" for name in ("messages", "mistakes")))
    return Words({cause: f"[{cause}] {' '.join(words.split())}" for cause, words in words.items()}, edits)


@dataclass(frozen=True)
class Query:
    """A description of a call to the student's code, with assertions about the result.

    The description appears in messages. ``see`` is the section of the book that explains the task, ``"page#title"``.

    >>> query = Query("the parity of [1 1]")
    >>> query.require_equal(0, 0)
    """

    text: str
    see: str = ""

    def part(self, name: str) -> Query:
        """Return a copy of this ``Query`` that refers to the named part of the result."""
        return replace(self, text=f"{self.text}: {name}")

    def fail(self, expected: Any, got: Any, hint: str = "") -> NoReturn:
        """Raise CheckFailed with the expected value, the student's value and a hint about the likely mistake.

        The hint may begin with the id of the mistake in brackets, as in "[bias-missing] The bias b is missing.".
        """
        raise self._failure([self.text, f"  expected: {show_rows(expected)}", f"  got:      {show_rows(got)}"], hint)

    def _failure(self, lines: list[str], hint: str, cause: str = "") -> CheckFailed:
        """Return a CheckFailed with the given lines, the hint and the section to read."""
        likely, words = split_cause(hint)
        advice = [f"  likely:   {words}"] * bool(words) + [f"  read:     {section(self.see)}"] * bool(self.see)
        return CheckFailed("\n".join(lines + advice), likely or cause)

    def call(self, *args: Any, causes: dict[str, str] | None = None, by: Callable[..., Any] = call,
             **options: Any) -> Any:
        """Call the student's function and return its result.

        If the function stops with an error, the message of the CheckFailed explains the error. ``causes`` maps a part
        of an error's text to the likely cause of the error; what follows " @ " is a pattern of the names or operators
        that the student's line must use. ``by`` is :func:`call`, whose first argument is the name of
        the student's function, or another function of :mod:`parity_checks.core`, and gets the arguments.
        """
        try:
            return by(*args, **options)
        except CheckFailed as failure:
            text, cause, used = str(failure), failure.cause, failure.used
        if cause == "not-written":
            raise CheckFailed(text, cause)
        error = re.sub("(stopped with NameError).*", r"\1", text).lower()    # the name is the student's own
        hint = next((words for (part, _, name), words in ((part.partition(" @ "), words)
                                                          for part, words in (causes or {}).items())
                     if part.lower() in error and re.search(name, used, re.IGNORECASE)), "")
        raise self._failure([text, f"  asked:    {self.text}"], hint, cause)

    def call_through(self, helper: str, name: str, *args: Any, **options: Any) -> Any:
        """Call the student's function ``name`` through the notebook's ``helper`` function and return the result."""
        try:
            return self.call(helper, *args, **options)
        except CheckFailed as failure:
            text = str(failure).replace(f"`{helper}` stopped", f"`{name}` stopped")
            raise CheckFailed(text, failure.cause) from None

    def as_bool(self, value: Any) -> bool:
        """Convert a Boolean value, or a Boolean array or tensor with one element, to a Python bool.

        Raises CheckFailed if ``value`` is anything else.
        """
        if is_tensor(value) or isinstance(value, (bool, np.bool_, np.ndarray)):
            values = to_numpy(value)
            if values.dtype == bool and values.size == 1:
                return bool(values.all())
        self.fail("True or False", *((kind_of(None), "") if value is None else
                                     (value, "[several-answers] Join all comparisons into one answer with `.all()`.")))

    def require_unchanged(self, name: str, arguments: dict[str, Any], **options: Any) -> None:
        """Raise CheckFailed if the student's function ``name`` modifies an array or tensor argument in place.

        ``arguments`` maps the names of all arguments to their values. The ``options`` are those of
        :func:`call_on_same`.
        """
        after = call_on_same(name, *arguments.values(), batches=[()], **options)[0].arguments
        for (argument, value), changed in zip(arguments.items(), after, strict=True):
            if is_tensor(value) or isinstance(value, np.ndarray):
                copy = "clone" if is_tensor(value) else "copy"
                replace(self, text=f"{name}: the caller's `{argument}` after the call").require_equal(
                    changed, value, f"[changed-in-place] `{argument}` is changed in place, and the caller goes on "
                    f"using it. Work on a copy, `{argument}.{copy}()`.")

    def as_array(self, value: Any, shape: tuple[int, ...] | None = None, kind: str | None = None, *,
                 shape_hints: dict[tuple, str] | None = None, nan_hint: str = "") -> np.ndarray:
        """Convert ``value`` to an array of real numbers.

        Raises CheckFailed unless the array has the given shape and kind of dtype. Arrays, tensors and single numbers
        are accepted. ``kind`` is ``"integer"``, ``"bool"`` or ``"float"``, of any width; ``True`` is an integer and 3.0
        is not, as in Python. ``shape_hints`` maps wrong shapes to their likely causes, and ``nan_hint`` is the likely
        cause of nan.
        """
        if not is_tensor(value) and not isinstance(value, (np.ndarray, np.generic, int, float)):
            lists = isinstance(value, (list, tuple))
            convert = "torch.stack" if lists and any(map(is_tensor, value)) else "np.array"
            expected = "a number" if shape == () else f"an array.{f' {convert}(...) turns a list into one.' * lists}"
            raise CheckFailed(f"{self.text} gives {kind_of(value)}. Expected: {expected}")
        result = to_numpy(value)
        if result.dtype.kind not in "biuf":
            self.fail("real numbers", f"dtype {result.dtype}")
        if shape is not None and result.shape != tuple(shape):
            self._fail_for_shape(result.shape, tuple(shape), (shape_hints or {}).get(result.shape, ""))
        if kind is not None and result.dtype.kind not in KINDS[kind]:
            self.fail(f"{kind} values", f"dtype {result.dtype}",
                      f"[dtype] Convert the result to {kind} and return that.")
        if result.dtype.kind == "f" and np.isnan(result).any():
            self.fail("numbers", "nan somewhere",
                      nan_hint or "[nan] There is 0/0, the logarithm or the root of a negative number, or a value on "
                      "padding that was multiplied by 0.")
        return result

    def as_arrays(self, result: Any, shapes: Mapping[str, tuple[int, ...] | None]) -> list[np.ndarray]:
        """Convert each part of a tuple, list or array to a float array.

        Raises CheckFailed unless all the parts are there and have the expected shapes. ``shapes`` maps the name of each
        part, in their order, to its shape, or to None if any shape is allowed.
        """
        got = f"a {type(result).__name__} of {len(result)}" if isinstance(result, (tuple, list)) else result
        if is_tensor(result) or isinstance(result, np.ndarray):
            got, result = f"an array of shape {tuple(result.shape)}", tuple(np.atleast_1d(to_numpy(result)))
        if not isinstance(result, (tuple, list)) or len(result) != len(shapes):
            self.fail(f"{len(shapes)} values ({', '.join(shapes)})", got,
                      "[return-missing] Is a `return` missing?" if result is None else
                      "[parts-missing] Return all of them, in this order.")
        return [self.part(name).as_array(value, shape).astype(float)
                for value, (name, shape) in zip(result, shapes.items(), strict=True)]

    def require_close(self, value: Any, expected: Any, hint: str = "", mistakes: Mistakes = (),
                      tolerance: float = 1e-5) -> None:
        """Raise CheckFailed unless ``value`` and ``expected`` agree within ``tolerance``.

        The tolerance is absolute and relative. The message describes the first of the ``mistakes`` that leads to
        ``value`` (see :func:`likely_cause`); if there is none, it gives the ``hint``.
        """
        expected, got = to_numpy(expected), self.as_array(value)
        if agree(got, expected, tolerance):
            return
        if unexplained := not hint or hint.partition("]")[0].endswith("-unexplained"):
            mistakes = itertools.chain(mistakes, common_mistakes(got, expected))
        found = likely_cause(got, mistakes, max(tolerance, 1e-5))
        hint = found or hint + (" " * bool(hint) + where_different(got, expected, tolerance)) * unexplained
        if got.shape != expected.shape:
            self._fail_for_shape(got.shape, expected.shape, found if unexplained else hint)
        self.fail(expected, got, hint)

    def require_equal(self, value: Any, expected: Any, hint: str = "", mistakes: Mistakes = ()) -> None:
        """Raise CheckFailed unless ``value`` and ``expected`` are equal."""
        self.require_close(value, expected, hint, mistakes, tolerance=0)

    def _fail_for_shape(self, got: tuple[int, ...], expected: tuple[int, ...], hint: str) -> NoReturn:
        if not hint and expected == () and max(got) != 1:
            hint = "[one-number] Return one number: take the sum or the mean over all axes at once."
        elif not hint and sorted(got) == sorted(expected):
            hint = ("[axes-swapped] Two axes are swapped." if len(got) == 2 else
                    "[axes-order] The axes are in a different order.")
        elif not hint and [size for size in got if size != 1] == [size for size in expected if size != 1]:
            hint = "[axis-of-size-1] An axis of size 1 is missing, or there is one too many."
        elif not hint and any(got == expected[:i] + expected[i + 1:] for i in range(len(expected))):
            hint = "[axis-missing] An axis is missing: did a sum or a mean remove it?"
        self.fail(f"shape {expected}", f"shape {got}", hint)


def common_mistakes(got: np.ndarray, expected: np.ndarray, sizes: Iterable[int] = ()) -> Mistakes:
    """Yield wrong results that are common in all tasks, each with a message that holds whatever the cause.

    A single number may have been divided by one of the ``sizes``.
    """
    if expected.dtype.kind != "f" or not expected.any():
        return
    yield -expected, "[sign] The sign is wrong: this is minus the expected result."
    yield 1 - expected, "[complement] This is 1 minus the expected result."
    yield 0 * expected, "[all-zero] This is 0: is the result never filled in, or are whole numbers cut off?"
    factors = [2, 1 / 2, 100, 1 / 100, np.log(2), 1 / np.log(2), *(1 / size for size in (*expected.shape, *sizes))]
    if np.count_nonzero(expected) > 1 and got.shape == expected.shape:      # a single number is a multiple of any other
        factors = [(got * expected).sum() / (expected**2).sum()]
    for factor in factors:
        yield (factor * expected, f"[factor] This is {factor:.4g} times the expected result: does something count "
               "twice, or is a factor or a divisor wrong?")
    for digits in range(1, 4):
        yield expected.round(digits), f"[rounded-result] This is the expected result, rounded to {digits} digits."
    yield expected.astype(np.float16), "[low-precision] This is the expected result in float16, which is not enough."
    for axis in (axis for axis in range(expected.ndim) if expected.shape[axis] > 1):
        yield np.flip(expected, axis), f"[reversed] Along axis {axis}, the order is reversed."
        for place, name in ((0, "first"), (-1, "last")):
            yield (np.repeat(expected.take([place], axis), expected.shape[axis], axis),
                   f"[all-alike] Along axis {axis}, all entries are those of the {name} place.")
        for by, name in ((1, "late"), (-1, "early")):
            yield (np.roll(expected, by, axis), f"[shifted] Along axis {axis}, everything is one place too {name}, and "
                   "what falls off one end comes in at the other.")


def with_other(correct: Callable[..., Any], *arguments: Any) -> Mistakes:
    """Yield the result of a ``correct`` function each time one of its arguments is replaced by a wrong value."""
    names = list(inspect.signature(correct).parameters)
    for place, (name, value) in enumerate(zip(names, arguments, strict=False)):
        for instead, changed in _others(name, to_numpy(value)):
            other = (value.new_tensor(changed.copy()) if is_tensor(value) else
                     changed if isinstance(value, np.ndarray) else changed.item())
            with contextlib.suppress(*FAILURES), np.errstate(all="ignore"):
                yield (correct(*arguments[:place], other, *arguments[place + 1:]), "[other-argument] The correct "
                       f"function gives your result if {instead} takes the place of `{name}`.")


def _others(name: str, value: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the description and value of each array that a student may mistake for the argument ``name``."""
    terms = ["~a"] if value.dtype.kind == "b" else [
        "-a", "1 - a", "a + 1", "a - 1", "a / 2", "2 * a", "a**2", "np.sqrt(a)", "0 * a"]
    if value.ndim == 2 and value.shape[0] == value.shape[1] > 1:
        terms += ["np.diag(np.diag(a))", "a.T"]
    if value.ndim == 1:
        terms.append("np.sort(a)")
    for axis in (axis for axis in range(value.ndim) if value.shape[axis] > 1):
        before = ":, " * axis
        for term in (f"a[{before}0]", f"a[{before}-1]", *(f"a.{word}({axis})" for word in ("mean", "max", "min"))):
            part = np.expand_dims(_evaluated(term, value), axis)
            yield (f"`{term.replace('a', name, 1)}`, the same at all places along axis {axis},",
                   np.repeat(part, value.shape[axis], axis).astype(value.dtype))
        terms += [term.format(axis) for term in ("np.flip(a, {})", "a.cumsum({})", "np.roll(a, 1, {})",
                                                 "np.roll(a, -1, {})")]
    for term in terms:
        changed = _evaluated(term, value)
        yield f"`{re.sub('(?<![.a-z])a(?![a-z])', name, term)}`", changed.astype(value.dtype) if value.ndim else changed


def _evaluated(term: str, a: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(eval(term, {"np": np, "a": a}))


def where_different(got: np.ndarray, expected: np.ndarray, tolerance: float = 1e-5) -> str:
    """Describe where two arrays of the same shape differ along each axis, unless they differ everywhere."""
    if got.shape != expected.shape:
        return ""
    wrong, said = ~np.isclose(got.astype(float), expected.astype(float), tolerance, tolerance), []
    for axis, size in enumerate(wrong.shape):
        places = np.flatnonzero(wrong.any(axis=tuple(other for other in range(wrong.ndim) if other != axis)))
        if 0 < len(places) < size:
            from_on = len(places) > 1 and len(places) == size - places[0]
            said.append(f"along axis {axis}, " + (f"from index {places[0]} on" if from_on else
                                                  f"only at index {show(places.tolist(), 40).strip('[]')}"))
    return f"Your result differs {', and '.join(said)}." if said else ""


def likely_cause(got: Any, mistakes: Mistakes, tolerance: float = 1e-5) -> str:
    """Return the description of the first mistake that explains a wrong value.

    ``mistakes`` are pairs of a value and the description of the mistake. Returns "" if none of them leads to ``got``.
    """
    return next((description for value, description in mistakes if agree(got, value, tolerance)), "")


def agree(got: Any, expected: Any, tolerance: float = 1e-5) -> bool:
    """Return True if two values have the same shape and agree within an absolute and a relative tolerance."""
    got, expected = (to_numpy(value).astype(float) for value in (got, expected))
    return got.shape == expected.shape and np.allclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)


def show(value: Any, limit: int = 200) -> str:
    """Format a value as a single line of text, truncated after ``limit`` characters."""
    text = " ".join(safely(_shown, value, otherwise="(a value that cannot be shown)").split())
    return text if len(text) <= limit else text[:limit] + " …"


def show_rows(value: Any) -> str:
    """Format a value as :func:`show` does, except that a matrix has one row on each line."""
    if not is_tensor(value) and not isinstance(value, np.ndarray):
        return show(value)
    rows = [row for row in safely(_shown, value, otherwise="").splitlines() if row]
    if not rows or max(map(len, rows)) > LINE_WIDTH - len(INDENT):
        return show(value)
    return f"\n{INDENT}".join(rows[:MAX_ROWS] + ["…"] * (len(rows) > MAX_ROWS))


def _shown(value: Any) -> str:
    if is_tensor(value) or isinstance(value, np.ndarray):
        value = to_numpy(value)
        if value.ndim > MAX_AXES:       # NumPy shows six numbers along each axis, so 6**24 for 24 axes
            return f"an array of shape {value.shape}"
        value = value.astype(int) if value.dtype == bool else value
        text = np.array2string(value, precision=4, threshold=40, edgeitems=3, max_line_width=10_000)
    elif isinstance(value, (list, tuple)):
        text = ", ".join([_shown(part) for part in value[:40]] + ["…"] * (len(value) > 40))
        text = f"[{text}]" if isinstance(value, list) else f"({text}{',' * (len(value) == 1)})"
    else:
        value = value.item() if isinstance(value, np.generic) else value
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text


def to_numpy(value: Any) -> np.ndarray:
    """Convert a tensor, an array, a number or a list of numbers to a NumPy array."""
    return value.detach().numpy() if is_tensor(value) else np.asarray(value)
