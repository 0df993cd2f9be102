"""Detection of calls to forbidden library functions.

These are functions that would solve a task by themselves. A function is named by a reference, ``"module:name"``. The
reference of a PyTorch module, such as ``"torch.nn:LSTM"``, forbids its forward pass, and ``"module:Class.__init__"``
forbids making an object of that class.
"""

import contextlib
import importlib
import inspect
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType
from typing import Any

from parity_checks.plain_data import CheckFailed

CHECKS = str(Path(__file__).parent) + os.sep
SOLVES_TASKS = (os.sep, "two_unit_search.py")       # in the path of a module of checks: the exercises' folders, a file


def resolve(reference: str) -> Any:
    """Import the function or class named by a reference.

    >>> resolve("math:sqrt")(9)
    3.0
    """
    module, _, name = reference.partition(":")
    return attrgetter(name)(importlib.import_module(module))


@contextlib.contextmanager
def forbidding(name: str, forbid: Iterable[str], replaced: Iterable[Any] = ()) -> Iterator[None]:
    """Raise CheckFailed if the student's code calls a forbidden function within a ``with`` block.

    ``name`` is the student's function. A function is recognised however it was imported or renamed. The functions of
    the exercises' checks are always forbidden, apart from those in ``replaced``, which took the place of a student's,
    and what these call. The calls are seen by ``sys.setprofile``; debuggers and coverage tools, which use
    ``sys.settrace``, are not affected.
    """
    forbidden = forbidden_code(forbid)
    allowed: set[CodeType | None] = {getattr(function, "__code__", None) for function in replaced}
    calls: list[str] = []
    harmless: dict[int, CodeType] = {}      # by id, because a code object computes its hash again each time

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call":
            if type(arg) is BuiltinFunctionType and arg in forbidden:
                calls.append(forbidden[arg])
        elif event == "call" and id(code := frame.f_code) not in harmless:
            folder, _, rest = code.co_filename.partition(CHECKS)
            of_a_check = not folder and any(part in rest for part in SOLVES_TASKS)
            if code in forbidden:
                calls.append(forbidden[code])
            elif not of_a_check:
                harmless[id(code)] = code
            elif not _within(frame, allowed):
                calls.append(f"parity_checks: {code.co_name}")

    before, before_in_threads = sys.getprofile(), threading.getprofile()
    threading.setprofile(profile)
    sys.setprofile(profile)
    failure, still_watching = None, True
    try:
        yield
    except CheckFailed as error:
        failure = error
    finally:
        still_watching = sys.getprofile() is profile
        sys.setprofile(before if callable(before) else None)
        threading.setprofile(before_in_threads)
    if calls:
        failure = CheckFailed(f"[ready-answer] `{name}` calls `{calls[0]}`, which is the ready answer to this task. "
                              "Write it yourself, from simpler operations.")
    elif failure is None and not still_watching:
        failure = CheckFailed(f"`{name}` sets or stops a profiler, which this check uses itself. Remove that line.")
    if failure is not None:
        raise failure from None


def _within(frame: FrameType | None, codes: set[CodeType | None]) -> bool:
    """Return True if a frame or one of its callers runs one of the given code objects."""
    while frame is not None and frame.f_code not in codes:
        frame = frame.f_back
    return frame is not None


def forbidden_code(references: Iterable[str]) -> dict[CodeType | BuiltinFunctionType, str]:
    """Return a mapping from code objects to the names of forbidden functions.

    A builtin has no code object, so the function itself is the key. Functions that are not installed are left out.
    Raises ValueError for a function whose calls a profiler cannot distinguish from other calls.
    """
    names = {}
    for reference in references:
        try:
            function = resolve(reference)
        except (ImportError, AttributeError):
            continue
        # A decorated function has the code of its decorator, which other functions share.
        function = inspect.unwrap(getattr(function, "forward", function))
        function = getattr(function, "__code__", function)
        if not isinstance(function, (CodeType, BuiltinFunctionType)):
            raise ValueError(f"{reference} cannot be forbidden: a profiler cannot distinguish its calls")
        label = reference.removesuffix(".__init__").replace(":", ".")
        names |= dict.fromkeys([function, *_operators(reference)], label)
    return names


def _operators(reference: str) -> list[BuiltinFunctionType]:
    """Return the functions behind ``torch.ops.aten.NAME``, the low-level equivalents of ``torch.NAME``."""
    module, _, name = reference.partition(":")
    packet = getattr(resolve("torch:ops.aten"), name, None) if module == "torch" else None
    return [] if packet is None else [packet._op, *(getattr(packet, kind)._op for kind in packet.overloads())]
