"""The two ends of the channel through which checks on one side of a wall call functions on the other.

Chapter: *For instructors*. :func:`answer` runs beside the student's code, in the kernel, and whoever owns that
process may do with it what they like: all they can send back is text, and :func:`read` takes plain data from it or
fails the check. Where a check decides, no code of a student ever runs.
"""

from __future__ import annotations

from typing import Any

from parity_lib.checks import starting  # noqa: F401  what it marks as running beside the student's code is known
from parity_lib.checks.core import BESIDE
from parity_lib.checks.plain import CheckFailed, safely, short, type_name
from parity_lib.checks.wire import pack, unpack

MOST_WORDS = 4000
KIND = "application/vnd.parity.answer"


def request(name: str, args: tuple, kwargs: dict) -> str:
    """A call of one of the functions that run beside the student's code, as text."""
    return pack([name, list(args), kwargs])


def answer(text: str) -> Answer:
    """Make the call that a request asks for; what it gives, or the words with which it failed."""
    name, args, kwargs = unpack(text, trusted=True)
    try:
        return Answer(pack(["value", BESIDE[name](*args, **kwargs)]))
    except CheckFailed as failure:
        words = safely(str, failure, otherwise="the check cannot read why this failed")
    except ValueError as error:
        words = f"`{args[0] if args else name}` gives more than can be read ({type_name(error)}: {short(error)})"
    return Answer(pack(["failed", words]))


class Answer(str):
    """An answer's text, which a kernel sends as it is."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {KIND: str(self)}


def read(text: Any) -> Any:
    """What an answer says; CheckFailed where it failed, or is none."""
    answer = unpack(text) if isinstance(text, str) else None
    kind, inside = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
    if type(kind) is str and kind == "value":
        return inside
    if type(kind) is str and kind == "failed" and type(inside) is str:      # of other things `str` may take hours
        raise CheckFailed(inside[:MOST_WORDS])
    raise CheckFailed("what came back cannot be read: it is no answer to what was asked")
