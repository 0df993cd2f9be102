"""What passes between a check and a student's work: plain data, copied both ways, and words where it is none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib.checks.reading import offer_link

PLAIN = (bool, int, float, complex, str, bytes, type(None), *{*np.sctypeDict.values()} - {np.object_, np.void})
DEEPEST = 50
ALLOWED_MODULES = {cls.__name__: cls for cls in (nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell,
                                                 nn.Linear)}


class CheckFailed(AssertionError):
    """A check found something wrong. The message says what, and is all that is shown of it."""

    offered = False

    def _render_traceback_(self) -> list[str]:
        # IPython prints this in place of a traceback, which would show the source of hidden tests.
        if not self.offered:      # IPython asks twice
            self.offered = True
            offer_link(str(self))
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
    """What :func:`~parity_lib.checks.call_module` brings back: output, weights, gradients by name, more outputs."""

    output: Any
    state: dict[str, torch.Tensor]
    gradients: dict[str, torch.Tensor]
    input_gradient: torch.Tensor | None
    then: tuple[Any, ...] = ()


@dataclass(frozen=True)
class CallResult:
    """What :func:`~parity_lib.checks.call_steps` brings back of a call: its result, and the modules as it left them."""

    result: Any
    modules: tuple[ModuleState, ...]


@dataclass(frozen=True)
class CallOnSame:
    """What :func:`~parity_lib.checks.call_on_same` brings back of a call: its result, its arguments as it left them."""

    result: Any
    arguments: tuple[Any, ...]


# ---------------------------------------------------------------- both ways


def to_student(value: Any) -> Any:
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
        return tuple(to_student(part) for part in value)
    if isinstance(value, list):
        return [to_student(part) for part in value]
    if isinstance(value, dict):
        return {key: to_student(part) for key, part in value.items()}
    return copy.copy(value)


def from_student(value: Any, name: str) -> Any:
    """A copy of the student's result as plain data; CheckFailed for anything else."""
    try:
        return _copy(value, name, DEEPEST)
    except (CheckFailed, KeyboardInterrupt):
        raise
    except BaseException as error:
        message = f"what `{name}` returns cannot be read: {type_name(error)}: {short(error)}"
    raise CheckFailed(message)


def _copy(value: Any, name: str, depth: int) -> Any:
    """It asks for the exact type and calls the base class's methods, never the object's."""
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
        raise CheckFailed(f"`{name}` returns {kind_of(value)}. Expected: a tensor. pad_packed_sequence makes "
                          "one of it.")
    for sequence in (tuple, list):
        if issubclass(cls, sequence):
            return sequence(_copy(part, name, depth - 1) for part in sequence.__iter__(value))
    if issubclass(cls, dict):
        return {_key(key, name): _copy(part, name, depth - 1) for key, part in dict.items(value)}
    if any(cls is allowed for allowed in ALLOWED_MODULES.values()):
        return ModuleState.of(value)
    raise CheckFailed(f"`{name}` returns {kind_of(value)}. Expected: a number, a string, an array or a tensor.")


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
    raise CheckFailed(f"`{name}` returns a dict in which a key is {kind_of(key)}. Expected: names.")


# ---------------------------------------------------------------- words


def type_name(value: Any) -> str:
    """The name of a thing's class, whatever its class says about itself."""
    return type.__dict__["__name__"].__get__(type(value))


def kind_of(value: Any) -> str:
    """What a thing is, in words: for messages."""
    if value is None:
        return "None (is a `return` missing?)"
    return f"something of type {type_name(value)}"


def short(error: BaseException, limit: int = 300) -> str:
    """The text of an error in one line."""
    text = safely(lambda: " ".join(str.split(str(error))), otherwise="(an error whose text cannot be read)")
    return text if len(text) <= limit else text[:limit] + " …"


def safely(read: Callable[..., str], *args: Any, otherwise: str) -> str:
    try:
        return read(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise
