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
import inspect
import io
import sys
import sysconfig
import threading
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import BuiltinFunctionType, CodeType, MethodDescriptorType
from typing import Any

import numpy as np
import torch
from torch import nn

PLAIN = (bool, int, float, complex, str, bytes, type(None), *{*np.sctypeDict.values()} - {np.object_, np.void})
DEEPEST = 50
LIBRARIES = (str(Path(__file__).resolve().parents[1]), sysconfig.get_path("stdlib"), "<frozen")
ALLOWED_MODULES = {cls.__name__: cls for cls in (nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell,
                                                 nn.Linear)}


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
        size, layers = ("input_size", "hidden_size", "bias"), ("num_layers", "batch_first", "dropout", "bidirectional")
        keys = {"RNN": (*size, *layers, "nonlinearity"), "LSTM": (*size, *layers, "proj_size"), "GRU": (*size, *layers),
                "RNNCell": (*size, "nonlinearity"), "LSTMCell": size, "GRUCell": size,
                "Linear": ("in_features", "out_features")}
        name = type(module).__name__
        arguments = {key: getattr(module, key) for key in keys[name]}
        if name == "Linear":
            arguments["bias"] = module.bias is not None
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
    """What :func:`call_module` brings back: an output, the weights, their gradients by name, further outputs."""

    output: Any
    state: dict[str, torch.Tensor]
    gradients: dict[str, torch.Tensor]
    input_gradient: torch.Tensor | None
    then: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Step:
    """What :func:`call_steps` brings back of one call: its result, and the modules as it left them."""

    result: Any
    modules: tuple[ModuleState, ...]


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
    with _quiet():
        with _tripwire(name, forbid):
            result = _guarded(name, lambda: function(*sent_args, **sent_kwargs))
        return _plain(result, name)


def call_gradient(name: str, first: torch.Tensor, *args: Any, forbid: Iterable[Any] = ()) -> torch.Tensor | None:
    """The gradient at ``first``, a float tensor, of the one number that the student's ``name(first, *args)`` gives.

    It has the shape of ``first``, and is None where the number does not depend on
    it. Raises CheckFailed as :func:`call` does, and where no gradient can flow.

    >>> bind({"half_square": lambda x: (x * x).sum() / 2})
    >>> call_gradient("half_square", torch.tensor([3.0, 4.0]))
    tensor([3., 4.])
    >>> bind(None)
    """
    function, leaf, sent = _find(name), _build(first).requires_grad_(), _build(args)

    def backward(result: torch.Tensor) -> None:
        result.backward()

    with _quiet():
        with _tripwire(name, forbid), torch.enable_grad():
            # A clone: the student's code may change it in place, and a leaf it may not.
            result = _with_gradient(name, _guarded(name, lambda: function(leaf.clone(), *sent)), ())
            _guarded(name, lambda: backward(result))
        return _plain(leaf.grad, name)


def call_steps(name: str, *modules: ModuleState, batches: Iterable[tuple], learning_rate: float,
               forbid: Iterable[Any] = ()) -> list[Step]:
    """Call the student's ``name(*modules, optimizer, *batch)`` for each batch in turn, on the same modules.

    The modules are made once, and with them an SGD optimiser of all their
    parameters; each :class:`Step` holds what the call gave and the weights after it.
    """
    function, sent = _find(name), _build(tuple(batches))
    built = [module.build() for module in modules]
    optimizer = torch.optim.SGD([one for module in built for one in module.parameters()], lr=learning_rate)
    steps = []
    with _quiet():
        for batch in sent:
            with _tripwire(name, forbid), torch.enable_grad():
                result = _guarded(name, lambda batch=batch: function(*built, optimizer, *batch))
            steps.append(Step(_plain(result, name), tuple(map(ModuleState.of, built))))
    return steps


def call_module(name: str, *args: Any, inputs: Any = (), then: Iterable[tuple] = (),
                state: dict[str, torch.Tensor] | None = None, output_gradient: torch.Tensor | None = None,
                forbid: Iterable[Any] = (), **kwargs: Any) -> ModuleRun:
    """Make the student's module ``name(*args, **kwargs)``, run it on ``inputs`` and bring all of it back as tensors.

    ``name`` is a class or a function that returns a module. ``inputs`` is a tuple
    of what the module is called with; the same module is then asked each tuple of
    ``then``, in turn. ``state`` is loaded first, if given. With
    ``output_gradient``, a tensor of the output's shape (of the first output, if
    there are several), the backward pass is run and the gradients come back.
    """
    make = _find(name)
    sent_args, sent_kwargs, leaves, further = _build(args), _build(kwargs), _build(tuple(inputs)), _build(tuple(then))
    backward = output_gradient is not None
    first_input = leaves[0].requires_grad_() if backward and leaves and _is_float_tensor(leaves[0]) else None

    def run() -> tuple[Any, Any, tuple]:
        module = make(*sent_args, **sent_kwargs)
        if not issubclass(type(module), nn.Module):
            return module, None, ()
        if state is not None:
            module.load_state_dict(_build(state))
        # With a gradient, a clone: the student's code may change it in place, and a leaf it may not.
        output = module(*(one.clone() if one is first_input else one for one in leaves))
        return module, output, tuple(module(*more) for more in further)

    def gradients(module: nn.Module, first: torch.Tensor) -> dict[str, torch.Tensor]:
        first.backward(output_gradient.clone())
        return {key: one.grad for key, one in module.named_parameters() if one.grad is not None}

    grad_mode = torch.enable_grad() if backward else contextlib.nullcontext()
    with _quiet():
        with _tripwire(name, forbid), grad_mode:
            module, output, outputs = _guarded(name, run)
            if not issubclass(type(module), nn.Module):
                raise CheckFailed(f"`{name}` gives {_kind(module)}. Expected: a torch.nn.Module.")
            found, input_gradient = {}, None
            if backward:
                first = _with_gradient(name, output, output_gradient.shape)
                found = _guarded(name, lambda: gradients(module, first))
                input_gradient = None if first_input is None else first_input.grad
            weights = _guarded(name, lambda: dict(module.state_dict()))
        return ModuleRun(*(_plain(part, name) for part in (output, weights, found, input_gradient,
                                                               outputs)))


def _with_gradient(name: str, output: Any, shape: tuple[int, ...]) -> torch.Tensor:
    """The output, or the first of several, if a gradient can flow back from it."""
    first = output[0] if type(output) in (tuple, list) and output else output
    if type(first) not in (torch.Tensor, nn.Parameter) or not first.requires_grad:
        raise CheckFailed(f"no gradient can flow through the output of `{name}`: it is {_kind(first)} without "
                          "a gradient. Is something detached, converted to NumPy, or compared with > ?")
    if first.shape != shape:
        raise CheckFailed(f"the output of `{name}` has the shape {tuple(first.shape)}. Expected: {tuple(shape)}.")
    return first


def _find(name: str) -> Callable:
    if name not in _names():
        raise CheckFailed(f"there is no `{name}` yet. Define it in its cell, run that cell, then this one.")
    found = _names()[name]
    if not callable(found):
        raise CheckFailed(f"`{name}` is {_kind(found)}. Expected: a function. Was the name used for something else?")
    return found


def _guarded(name: str, run: Callable[[], Any]) -> Any:
    """Turn whatever the student's code raises into a message about it. The stop button stays what it is."""
    try:
        return run()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        message = _safely(_about, name, error, otherwise=f"`{name}` stopped with an error that cannot be read")
    raise CheckFailed(message)


def _about(name: str, error: BaseException) -> str:
    text, (function, line) = _short(error), _place(error)
    if type(error) is NotImplementedError and not text:
        if function in (name, None) or function.startswith("<") or function.startswith("__"):
            return f"`{name}` is not written yet: it raises NotImplementedError. Replace that line."
        return (f"`{name}` needs `{function}`, which is not written yet: it raises NotImplementedError. "
                "Replace that line.")
    return (f"`{name}` stopped with {_type_name(error)}{': ' if text else ''}{text}"
            f"{f' (line {line} of its cell)' if line else ''}")


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """The function and the line of the student's own code where it stopped, if that can be told."""
    place, trace = (None, None), error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename and not code.co_filename.startswith(LIBRARIES):
            place = code.co_name, trace.tb_lineno
        trace = trace.tb_next
    return place


def _short(error: BaseException, limit: int = 300) -> str:
    """The text of an error in one line."""
    text = _safely(lambda: " ".join(str.split(str(error))), otherwise="(an error whose text cannot be read)")
    return text if len(text) <= limit else text[:limit] + " …"


def _safely(read: Callable[..., str], *args: Any, otherwise: str) -> str:
    try:
        return read(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


class _Nowhere(io.StringIO):
    """A stream that keeps nothing, however much is printed."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _quiet():
    """Swallow what the student's code prints and warns: text on stderr would cost the points."""
    with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# ---------------------------------------------------------------- the ready answer


@contextlib.contextmanager
def _tripwire(name: str, forbid: Iterable[Any]):
    """Fail when the code that runs inside reaches a forbidden function, however it was imported or named.

    It watches with ``sys.setprofile``; tracers and coverage, which use
    ``sys.settrace``, see what they always see.
    """
    ready = _Ready(forbid)
    if not ready:
        yield
        return
    reached: list[str] = []

    def watch(frame, event, arg):
        found = ready.codes.get(frame.f_code) if event == "call" else ready.builtin(arg) if event == "c_call" else None
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
        failure = CheckFailed(f"`{name}` calls `{reached[0]}`, which is the ready answer. Here the task is to write it "
                              "yourself, from simpler operations.")
    elif failure is None and not watched:
        failure = CheckFailed(f"`{name}` sets or stops a profiler, which this check needs. Take that out.")
    if failure is not None:
        raise failure from None


class _Ready:
    """What is forbidden, as the profiler meets it: code objects, builtins, and methods of builtin classes."""

    def __init__(self, forbid: Iterable[Any]) -> None:
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
        if isinstance(target, type):
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
    try:
        return _copy(value, name, DEEPEST)
    except (CheckFailed, KeyboardInterrupt):
        raise
    except BaseException as error:
        message = f"what `{name}` returns cannot be read: {_type_name(error)}: {_short(error)}"
    raise CheckFailed(message)


def _copy(value: Any, name: str, depth: int) -> Any:
    """The work of :func:`_plain`. It asks for the exact type and calls the base class's methods, never the object's."""
    cls = type(value)
    if depth == 0:
        raise CheckFailed(f"`{name}` returns lists within lists, more than {DEEPEST} deep. Is one inside itself?")
    if any(cls is plain for plain in PLAIN):
        return value
    if cls is torch.Tensor or cls is nn.Parameter:
        return _plain_tensor(torch.Tensor.detach(value), name)
    if issubclass(cls, np.ndarray):
        return _plain_array(value, name)
    if cls is nn.utils.rnn.PackedSequence:
        raise CheckFailed(f"`{name}` returns {_kind(value)}. Expected: a tensor. pad_packed_sequence makes one of it.")
    for sequence in (tuple, list):
        if issubclass(cls, sequence):
            return sequence(_copy(part, name, depth - 1) for part in sequence.__iter__(value))
    if issubclass(cls, dict):
        return {_key(key, name): _copy(part, name, depth - 1) for key, part in dict.items(value)}
    if any(cls is allowed for allowed in ALLOWED_MODULES.values()):
        return ModuleState.of(value)
    raise CheckFailed(f"`{name}` returns {_kind(value)}. Expected: a number, a string, an array or a tensor.")


def _plain_tensor(value: torch.Tensor, name: str) -> torch.Tensor:
    if value.layout is not torch.strided or value.device.type == "meta" or value.is_quantized:
        raise CheckFailed(f"`{name}` returns a tensor without plain numbers in it ({value.layout}, {value.device}). "
                          "Expected: an ordinary tensor.")
    return value.cpu().resolve_conj().resolve_neg().clone()


def _plain_array(value: np.ndarray, name: str) -> np.ndarray:
    if type(value) is np.ma.MaskedArray and np.ma.getmaskarray(value).any():
        raise CheckFailed(f"`{name}` returns a masked array in which some values are hidden. Expected: an array "
                          "with a number in each place.")
    plain = np.ndarray.view(value, np.ndarray)
    if plain.dtype.kind in "OV":
        raise CheckFailed(f"`{name}` returns an array of Python objects (dtype {plain.dtype}). Expected: an array of "
                          "numbers. Are its rows of different lengths, or is None among them?")
    return plain.copy()


def _key(key: Any, name: str) -> str:
    if type(key) is str:
        return key
    if type(key) in (int, float, bool):
        return str(key)
    raise CheckFailed(f"`{name}` returns a dict in which a key is {_kind(key)}. Expected: names.")


def _is_float_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def _type_name(value: Any) -> str:
    """The name of a thing's class, whatever its class says about itself."""
    return type.__dict__["__name__"].__get__(type(value))


def _kind(value: Any) -> str:
    """What a thing is, in words: for messages."""
    if value is None:
        return "None (is a `return` missing?)"
    return f"something of type {_type_name(value)}"
