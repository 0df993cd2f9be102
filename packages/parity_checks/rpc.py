"""Remote procedure calls from checks to a student's kernel.

Chapter: *For instructors*. :func:`answer` runs in the kernel, next to the student's code, which may replace it. The
student gains nothing by that, because only text leaves the kernel, and :func:`read` turns it into plain data or a
failed check. The student's code never runs in the process in which a check decides.
"""

from typing import Any

from parity_checks.core import REMOTE
from parity_checks.plain_data import CheckFailed, safely
from parity_checks.serialise import pack, unpack

MAX_MESSAGE = 4000
KIND = "application/vnd.parity.answer"


class Answer(str):
    """A string that a kernel returns in response to a remote call."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {KIND: str(self)}


def request(name: str, args: tuple, kwargs: dict) -> str:
    """Encode a call to a remote function as text."""
    return pack([name, list(args), kwargs])


def answer(text: str) -> Answer:
    """Run the function named in a request and encode its result as text."""
    name, args, kwargs = unpack(text)
    try:
        return Answer(pack(["value", REMOTE[name](*args, **kwargs)]))
    except CheckFailed as failure:
        message = safely(CheckFailed.with_cause, failure, otherwise="the check failed, and its message cannot be read")
    return Answer(pack(["failed", message]))


def read(text: Any) -> Any:
    """Decode the result of a remote call, or raise CheckFailed."""
    answer = unpack(text) if isinstance(text, str) else None
    if type(answer) is list and len(answer) == 2 and type(answer[0]) is str:
        kind, content = answer
        if kind == "value":
            return content
        if kind == "failed" and type(content) is str:       # `str` of anything else may take hours
            raise CheckFailed("\n    ".join(content[:MAX_MESSAGE].splitlines()))   # no line looks like a check's own
    raise CheckFailed("the result cannot be read: it is not an answer to this call")
