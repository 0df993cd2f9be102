"""The one door between checks and a student's work.

Checks and hidden tests never touch the student's objects. They :func:`call` a
function or class by name; what goes in and comes out is plain: arrays, tensors,
numbers, strings, and lists, tuples and dicts of them. A random generator travels
as its :class:`Seed`; a module comes back as :class:`ModuleState`, and
:func:`call_module` runs one beside the student's code and returns its outputs
and gradients as tensors. So the same checks work in the student's own process
today and across a wall later.

Whatever the student's code does, what comes out is a value or a
:class:`CheckFailed` with a message for the student.
"""

from __future__ import annotations

import contextlib
import copy
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
import torch
from torch import nn

PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
ALLOWED_MODULES = {cls.__name__: cls for cls in (nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell, nn.Linear)}


class CheckFailed(AssertionError):
    """A check found something wrong. The message says what, and is all that is shown of it."""

    def _render_traceback_(self) -> list[str]:
        # IPython prints this in place of a traceback, which would show the source of hidden tests.
        return [f"✗ {self}"]


@dataclass(frozen=True)
class Seed:
    """A ``numpy.random.Generator`` on its way to the student: made there from this number."""

    value: int


@dataclass(frozen=True)
class ModuleState:
    """A ``torch.nn`` module as plain data: the name of an allowed class, its arguments, its weights."""

    cls: str
    arguments: dict[str, Any] = field(default_factory=dict)
    state: dict[str, torch.Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, module: nn.Module) -> ModuleState:
        """Describe an ``nn.RNN``, ``nn.LSTM``, ``nn.GRU``, one of their cells or ``nn.Linear``."""
        keys = {"RNN": ("input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first"),
                "LSTM": ("input_size", "hidden_size", "num_layers", "bias", "batch_first"),
                "GRU": ("input_size", "hidden_size", "num_layers", "bias", "batch_first"),
                "RNNCell": ("input_size", "hidden_size", "nonlinearity"),
                "LSTMCell": ("input_size", "hidden_size"), "GRUCell": ("input_size", "hidden_size"),
                "Linear": ("in_features", "out_features")}
        name = type(module).__name__
        arguments = {key: getattr(module, key) for key in keys[name]}
        return cls(name, arguments, {key: value.detach().clone() for key, value in module.state_dict().items()})

    def build(self) -> nn.Module:
        """The module again, in the precision of its weights."""
        module = ALLOWED_MODULES[self.cls](**self.arguments)
        if self.state:
            module.to(next(iter(self.state.values())).dtype)
            module.load_state_dict(self.state)
        return module


@dataclass(frozen=True)
class ModuleRun:
    """What :func:`call_module` brings back: an output, the weights, and their gradients by name."""

    output: Any
    state: dict[str, torch.Tensor]
    gradients: dict[str, torch.Tensor]
    input_gradient: torch.Tensor | None


# ---------------------------------------------------------------- where the student's names are

_namespace: dict[str, Any] | None = None


def bind(namespace: dict[str, Any] | None) -> None:
    """Look the student's names up in ``namespace``; None: in the notebook, which is the default."""
    global _namespace
    _namespace = namespace


def defined(name: str) -> bool:
    """Whether the student has something of this name."""
    return name in _names()


def _names() -> dict[str, Any]:
    return vars(sys.modules["__main__"]) if _namespace is None else _namespace


# ---------------------------------------------------------------- calling


def call(name: str, *args: Any, forbid: Iterable[Any] = (), **kwargs: Any) -> Any:
    """Call the student's ``name`` with copies of plain arguments and return a copy of its plain result.

    ``forbid`` holds functions, methods or classes of a library that would be the
    ready answer: where the student's code reaches one of them, the check fails
    and says so. Prints and warnings of the student's code are swallowed.
    Raises CheckFailed where the name is missing, the code raises, or the result
    is not plain data.

    >>> bind({"double": lambda x: 2 * x})
    >>> call("double", 21)
    42
    >>> bind(None)
    """
    function = _find(name)
    sent_args, sent_kwargs = _build(args), _build(kwargs)
    with _quiet(), _tripwire(name, forbid):
        result = _guarded(name, lambda: function(*sent_args, **sent_kwargs))
    return _plain(result, name)


def call_module(name: str, *args: Any, inputs: Any = (), state: dict[str, torch.Tensor] | None = None,
                output_gradient: torch.Tensor | None = None, forbid: Iterable[Any] = (), **kwargs: Any) -> ModuleRun:
    """Make the student's module ``name(*args, **kwargs)``, run it on ``inputs`` and bring all of it back as tensors.

    ``name`` is a class or a function that returns a module. ``inputs`` is a tuple
    of what the module is called with. ``state`` is loaded first, if given. With
    ``output_gradient``, a tensor of the output's shape (of the first output, if
    there are several), the backward pass is run and the gradients come back.
    """
    make = _find(name)
    sent_args, sent_kwargs, sent_inputs = _build(args), _build(kwargs), _build(tuple(inputs))
    if output_gradient is not None:
        sent_inputs = tuple(one.requires_grad_() if _is_float_tensor(one) and i == 0 else one
                            for i, one in enumerate(sent_inputs))

    def run() -> ModuleRun:
        module = make(*sent_args, **sent_kwargs)
        if not isinstance(module, nn.Module):
            raise CheckFailed(f"`{name}` gives {_kind(module)}. Expected: a torch.nn.Module.")
        if state is not None:
            module.load_state_dict(_build(state))
        output = module(*sent_inputs)
        gradients, input_gradient = {}, None
        if output_gradient is not None:
            first = output[0] if isinstance(output, tuple) else output
            if not isinstance(first, torch.Tensor) or not first.requires_grad:
                raise CheckFailed(f"no gradient can flow through the output of `{name}`: it is {_kind(first)} without "
                                  "a gradient. Is something detached, converted to NumPy, or compared with > ?")
            if first.shape != output_gradient.shape:
                raise CheckFailed(f"the output of `{name}` has the shape {tuple(first.shape)}. "
                                  f"Expected: {tuple(output_gradient.shape)}.")
            first.backward(output_gradient.clone())
            gradients = {key: p.grad for key, p in module.named_parameters() if p.grad is not None}
            input_gradient = sent_inputs[0].grad
        return ModuleRun(output, dict(module.state_dict()), gradients, input_gradient)

    with _quiet(), _tripwire(name, forbid):
        ran = _guarded(name, run)
    return ModuleRun(*(_plain(part, name) for part in (ran.output, ran.state, ran.gradients, ran.input_gradient)))


def _find(name: str) -> Callable:
    if name not in _names():
        raise CheckFailed(f"there is no `{name}` yet. Define it in its cell, run that cell, then this one.")
    found = _names()[name]
    if not callable(found):
        raise CheckFailed(f"`{name}` is {_kind(found)}. Expected: a function. Was the name used for something else?")
    return found


def _guarded(name: str, run: Callable[[], Any]) -> Any:
    """Turn whatever the student's code raises into a message about it."""
    try:
        return run()
    except CheckFailed:
        raise
    except NotImplementedError:
        raise CheckFailed(f"`{name}` is not written yet: it raises NotImplementedError. Replace that line.") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CheckFailed(f"`{name}` stopped with {type(error).__name__}: {_short(error)}{_line(error)}") from None


def _line(error: BaseException) -> str:
    """In which line of the student's own code it stopped, if that can be told."""
    place, trace = None, error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if "site-packages" not in filename and os.sep + "parity_lib" + os.sep not in filename:
            place = trace.tb_lineno
        trace = trace.tb_next
    return f" (line {place} of its cell)" if place else ""


def _short(error: BaseException, limit: int = 300) -> str:
    try:
        text = " ".join(str(error).split())
    except BaseException:
        text = "(an error whose text cannot be read)"
    return text if len(text) <= limit else text[:limit] + " …"


@contextlib.contextmanager
def _quiet():
    """Swallow what the student's code prints and warns: text on stderr would cost the points."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), \
            warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# ---------------------------------------------------------------- the ready answer


@contextlib.contextmanager
def _tripwire(name: str, forbid: Iterable[Any]):
    """Fail when the code that runs inside reaches a forbidden function, however it was imported or named."""
    codes: dict[CodeType, str] = {}
    builtins: dict[int, str] = {}
    for target in forbid:
        function = target.forward if isinstance(target, type) and issubclass(target, nn.Module) else target
        code = getattr(function, "__code__", None)
        label = getattr(target, "__name__", str(target))
        if code is not None:
            codes[code] = label
        else:
            builtins[id(function)] = label
    if not codes and not builtins:
        yield
        return
    reached: list[str] = []

    def watch(frame, event, arg):
        if event == "call" and frame.f_code in codes:
            reached.append(codes[frame.f_code])
        elif event == "c_call":
            found = builtins.get(id(arg)) or _ufunc_method(arg, builtins)
            if found:
                reached.append(found)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
        if reached:
            raise CheckFailed(f"`{name}` calls `{reached[0]}`, which is the ready answer. Here the task is to write it "
                              "yourself, from simpler operations.") from None


def _ufunc_method(arg: Any, builtins: dict[int, str]) -> str | None:
    """``np.bitwise_xor.accumulate`` is a new object at each access: recognise it by its owner."""
    owner = getattr(arg, "__self__", None)
    return builtins.get(id(owner)) if isinstance(owner, np.ufunc) else None


# ---------------------------------------------------------------- plain data, both ways


def _build(value: Any) -> Any:
    """What the student's code gets: copies, generators from their seeds, modules from their states."""
    if isinstance(value, Seed):
        return np.random.default_rng(value.value)
    if isinstance(value, ModuleState):
        return value.build()
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(_build(part) for part in value)
    if isinstance(value, list):
        return [_build(part) for part in value]
    if isinstance(value, dict):
        return {key: _build(part) for key, part in value.items()}
    return copy.copy(value)


def _plain(value: Any, name: str) -> Any:
    """A copy of the student's result as plain data; CheckFailed for anything else."""
    if type(value) in PLAIN or isinstance(value, np.generic):
        return value
    if type(value) in (torch.Tensor, nn.Parameter):
        return value.detach().clone()
    if type(value) is np.ndarray and value.dtype != object:
        return value.copy()
    if type(value) is tuple or type(value) is list:
        return type(value)(_plain(part, name) for part in value)
    if isinstance(value, dict):
        return {str(key): _plain(part, name) for key, part in value.items()}
    if type(value).__name__ in ALLOWED_MODULES and type(value) is ALLOWED_MODULES[type(value).__name__]:
        return ModuleState.of(value)
    raise CheckFailed(f"`{name}` returns {_kind(value)}. Expected: a number, a string, an array or a tensor.")


def _is_float_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _kind(value: Any) -> str:
    """What a thing is, in words: for messages."""
    if value is None:
        return "None (is a `return` missing?)"
    return f"of type {type(value).__name__}"
