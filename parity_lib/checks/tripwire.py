"""Detection of forbidden calls: functions that would be the ready answer to a task.

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
from types import BuiltinFunctionType, CodeType, FrameType, MethodDescriptorType
from typing import Any

import numpy as np

from parity_lib.checks.plain import CheckFailed

CHECKS = str(Path(__file__).parent) + os.sep


def reference(function: Any) -> str:
    """Return the ``"module:name"`` under which a function or class of a library is found.

    >>> import json
    >>> reference(json.dumps)
    'json:dumps'
    """
    owner, owner_class = getattr(function, "__self__", None), getattr(function, "__objclass__", None)
    if type(owner) is np.ufunc:
        return f"numpy:{owner.__name__}.{function.__name__}"
    module = getattr(function, "__module__", None) or getattr(owner_class, "__module__", "torch")
    for name in (getattr(function, "__qualname__", function.__name__), function.__name__):
        with contextlib.suppress(AttributeError, ImportError):
            if resolve(f"{module}:{name}") is function:
                return f"{module}:{name}"
    raise ValueError(f"`{function.__name__}` must be a function or class that a library has under its own name")


def resolve(reference: str) -> Any:
    """Return the function or class that a reference names; raise ImportError if its library is not installed."""
    module, _, name = reference.partition(":")
    return attrgetter(name)(importlib.import_module(module))


@contextlib.contextmanager
def forbidding(name: str, forbid: Iterable[Any], checks_allowed: bool = False) -> Iterator[None]:
    """Fail if the student's ``name``, run inside, calls a forbidden function, however it was imported or renamed.

    If anything is forbidden, so are the functions of the exercises' checks, unless ``checks_allowed``. The calls are
    seen by ``sys.setprofile``; debuggers and coverage tools, which use ``sys.settrace``, are not affected.
    """
    forbidden = Forbidden(forbid, checks_allowed)
    if not forbidden.labels:
        yield
        return
    calls: list[str] = []

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        label = forbidden.code(frame.f_code) if event == "call" else forbidden.builtin(arg) if event == "c_call" else ""
        if label:
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
    """Forbidden functions in the form in which a profiler meets them: code objects, builtins and methods of builtins.

    ``labels`` maps each of them to its name in messages. Functions of libraries that are not installed are left out.
    """

    def __init__(self, targets: Iterable[Any], checks_allowed: bool = False) -> None:
        self.checks_allowed = checks_allowed
        self.labels: dict[Any, str] = {}
        for target in targets:
            with contextlib.suppress(ModuleNotFoundError):
                self._add(target)

    def _add(self, target: Any) -> None:
        function = resolve(target) if isinstance(target, str) else target
        label = getattr(function, "__name__", str(function))
        if isinstance(target, str) and label == "__init__":
            label = target.removesuffix(".__init__").replace(":", ".")
        if isinstance(function, type):
            function = function.forward if _is_module_class(function) else function.__init__
        # A decorated function has the code of its decorator, which other functions share.
        function = inspect.unwrap(function)
        function = getattr(function, "__code__", function)
        if type(getattr(function, "__self__", None)) is np.ufunc:
            label = f"{function.__self__.__name__}.{label}"
        if not isinstance(function, (CodeType, BuiltinFunctionType, MethodDescriptorType, np.ufunc)):
            raise ValueError(f"`{label}` cannot be forbidden: a profiler cannot tell its calls from others")
        self.labels[function] = label

    def code(self, code: CodeType) -> str | None:
        """Return the label of a function with this code if it is forbidden."""
        folder, _, rest = code.co_filename.partition(CHECKS)
        if not folder and os.sep in rest and not self.checks_allowed:
            return self.labels.get(code, f"parity_lib.checks: {code.co_name}")
        return self.labels.get(code)

    def builtin(self, called: Any) -> str | None:
        """Return the label of a builtin if it, or the ufunc or builtin method that it belongs to, is forbidden."""
        if type(called) is not BuiltinFunctionType:
            return None
        owner = called.__self__
        if called in self.labels or type(owner) is np.ufunc:
            return self.labels.get(called) or self.labels.get(owner)
        return next((label for method, label in self.labels.items() if isinstance(method, MethodDescriptorType)
                     and method.__name__ == called.__name__ and issubclass(type(owner), method.__objclass__)), None)


def _is_module_class(cls: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(cls, torch.nn.Module)


def MadeBy(_cls: type, name: str) -> str:
    """Return the text that forbids making an object of the class with the dotted ``name``."""
    module, _, cls = name.rpartition(".")
    return f"{module}:{cls}.__init__"
