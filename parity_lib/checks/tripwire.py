"""The ready answer of a library: a check that forbids it notices when a student's code gets there."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import BuiltinFunctionType, CodeType, MethodDescriptorType
from typing import Any

import numpy as np
from torch import nn

from parity_lib.checks.plain import CheckFailed

CHECKS = str(Path(__file__).parent) + os.sep


@dataclass(frozen=True)
class MadeBy:
    """A class as something to forbid: what is recognised is the making of an object, under this name."""

    cls: type
    name: str


@contextlib.contextmanager
def tripwire(name: str, forbid: Iterable[Any], lent: bool = False):
    """Fail when the code that runs inside reaches a forbidden function, however it was imported or named.

    Where anything is forbidden so are the functions with which the exercises' checks compare, unless one was ``lent``.

    It watches with ``sys.setprofile``; tracers and coverage, which use
    ``sys.settrace``, see what they always see.
    """
    ready = Ready(forbid, lent)
    if not ready:
        yield
        return
    reached: list[str] = []

    def watch(frame, event, arg):
        found = ready.code(frame.f_code) if event == "call" else ready.builtin(arg) if event == "c_call" else None
        if found:
            reached.append(found)

    before, before_threads = sys.getprofile(), threading.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    failure, watched = None, True
    try:
        yield
    except CheckFailed as error:
        failure = error
    finally:
        watched = sys.getprofile() is watch
        _profile_again(before)
        threading.setprofile(before_threads)
    if reached:
        ready_name = f"parity_lib.{name}" if reached[0] == name else reached[0]
        failure = CheckFailed(f"`{name}` calls `{ready_name}`, which is the ready answer. Here the task is to write it "
                              "yourself, from simpler operations.")
    elif failure is None and not watched:
        failure = CheckFailed(f"`{name}` sets or stops a profiler, which this check needs. Take that out.")
    if failure is not None:
        raise failure from None


class Ready:
    """What is forbidden, as the profiler meets it: code objects, builtins, and methods of builtin classes."""

    def __init__(self, forbid: Iterable[Any], lent: bool = False) -> None:
        self.lent = lent
        self.codes: dict[CodeType, str] = {}
        self.builtins: dict[BuiltinFunctionType, str] = {}
        self.methods: list[tuple[str, type]] = []
        self.ufuncs: dict[int, str] = {}
        for target in forbid:
            self._add(target)

    def __bool__(self) -> bool:
        return bool(self.codes or self.builtins or self.methods or self.ufuncs)

    def _add(self, target: Any) -> None:
        label, function = getattr(target, "__name__", str(target)), target
        if isinstance(target, MadeBy):
            label, function = target.name, target.cls.__init__
        elif isinstance(target, type):
            function = target.forward if issubclass(target, nn.Module) else target.__init__
        # A decorated function has the code of its decorator, which it shares with others.
        function = inspect.unwrap(function)
        code = getattr(function, "__code__", None)
        if code is not None:
            self.codes[code] = label
        elif isinstance(function, BuiltinFunctionType):
            owner = function.__self__
            self.builtins[function] = f"{owner.__name__}.{label}" if type(owner) is np.ufunc else label
        elif isinstance(function, MethodDescriptorType):
            self.methods.append((function.__name__, function.__objclass__))
        elif isinstance(function, np.ufunc):
            self.ufuncs[id(function)] = label
        else:
            raise ValueError(f"`{label}` cannot be forbidden: its calls cannot be told from others")

    def code(self, code: CodeType) -> str | None:
        """The label of a function with this code, if it is forbidden."""
        of_a_check = not self.lent and code.co_filename.startswith(CHECKS) and os.sep in code.co_filename[len(CHECKS):]
        return self.codes.get(code) or (f"parity_lib.checks: {code.co_name}" if of_a_check else None)

    def builtin(self, called: Any) -> str | None:
        """The label of a builtin, if it is forbidden. One of a ufunc's methods stands for the ufunc."""
        if type(called) is not BuiltinFunctionType:
            return None
        owner = called.__self__
        for name, cls in self.methods:
            if called.__name__ == name and issubclass(type(owner), cls):
                return name
        if type(owner) is np.ufunc and id(owner) in self.ufuncs:
            return self.ufuncs[id(owner)]
        return self.builtins.get(called)


def _profile_again(before: Any) -> None:
    """Give the profiler back that was there, such as ``%prun``: cProfile's is an object that starts itself."""
    sys.setprofile(before if callable(before) else None)
    if hasattr(before, "enable"):
        before.enable()
