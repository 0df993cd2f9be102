"""Detection of forbidden calls to library functions that would solve a task by themselves.

A forbidden function is given as an object or as text, ``"module:name"``. Text needs no import, and it is what travels
to the process in which the student's code runs. ``"module:Class.__init__"`` forbids making an object of that class.
"""

from __future__ import annotations

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


def reference(function: Any) -> str:
    """Return the ``"module:name"`` under which a function or class of a library is found.

    >>> import json
    >>> reference(json.dumps)
    'json:dumps'
    """
    module = getattr(function, "__module__", None) or "torch"       # its builtins do not say where they are from
    for name in (function.__qualname__, function.__name__):
        with contextlib.suppress(AttributeError, ImportError):
            if resolve(f"{module}:{name}") is function:
                return f"{module}:{name}"
    raise ValueError(f"`{function.__name__}` must be a function or class that a library has under its own name")


def resolve(reference: str) -> Any:
    """Import the function or class that a reference names; raise ImportError if its library is not installed."""
    module, _, name = reference.partition(":")
    return attrgetter(name)(importlib.import_module(module))


@contextlib.contextmanager
def forbidding(name: str, forbid: Iterable[Any], checks_allowed: bool = False) -> Iterator[None]:
    """Raise CheckFailed if the student's ``name`` calls a forbidden function within a ``with`` block.

    A function is recognised however it was imported or renamed. If anything is forbidden, so are the functions of the
    exercises' checks, unless ``checks_allowed``. The calls are seen by ``sys.setprofile``; debuggers and coverage
    tools, which use ``sys.settrace``, are not affected.
    """
    forbidden = Forbidden(forbid, checks_allowed)
    if not forbidden.labels:
        yield
        return
    calls: list[str] = []

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if label := forbidden.label(event, frame.f_code, arg):
            calls.append(label)

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
        if hasattr(before, "enable"):       # cProfile, as in %prun, has to be started again
            before.enable()
        threading.setprofile(before_in_threads)
    if calls:
        label = f"parity_lib.{name}" if calls[0] == name else calls[0]
        failure = CheckFailed(f"`{name}` calls `{label}`, which is the ready answer to this task. Write it yourself, "
                              "from simpler operations.")
    elif failure is None and not still_watching:
        failure = CheckFailed(f"`{name}` sets or stops a profiler, which this check uses itself. Remove that line.")
    if failure is not None:
        raise failure from None


class Forbidden:
    """Forbidden functions as a profiler meets them: ``labels`` maps code objects and builtins to names for messages.

    Functions of libraries that are not installed are left out.
    """

    def __init__(self, targets: Iterable[Any], checks_allowed: bool = False) -> None:
        self.checks_allowed = checks_allowed
        self.labels: dict[CodeType | BuiltinFunctionType, str] = {}
        for target in targets:
            with contextlib.suppress(ModuleNotFoundError):
                self._add(target)

    def _add(self, target: Any) -> None:
        function = resolve(target) if isinstance(target, str) else target
        label = getattr(function, "__name__", str(function))
        if label == "__init__":
            label = str(target).removesuffix(".__init__").replace(":", ".")
        if isinstance(function, type):
            torch = sys.modules.get("torch")
            is_module = torch is not None and issubclass(function, torch.nn.Module)
            function = function.forward if is_module else function.__init__
        # A decorated function has the code of its decorator, which other functions share.
        function = inspect.unwrap(function)
        function = getattr(function, "__code__", function)
        if not isinstance(function, (CodeType, BuiltinFunctionType)):
            raise ValueError(f"`{label}` cannot be forbidden: a profiler cannot tell its calls from others")
        self.labels[function] = label

    def label(self, event: str, code: CodeType, called: Any) -> str | None:
        """Return the label of the function that a profiler's event reports, if it is forbidden."""
        if event == "c_call":
            return self.labels.get(called) if type(called) is BuiltinFunctionType else None
        folder, _, rest = code.co_filename.partition(CHECKS)
        of_a_check = not folder and os.sep in rest and not self.checks_allowed
        return self.labels.get(code, f"parity_checks: {code.co_name}" if of_a_check else None)


def MadeBy(_cls: type, name: str) -> str:
    """Return the text that forbids making an object of the class with the dotted ``name``."""
    module, _, cls = name.rpartition(".")
    return f"{module}:{cls}.__init__"
