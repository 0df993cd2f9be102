"""Serialisation of plain data as JSON text.

The checks and a student's kernel exchange such text. The text may hold plain data (see
:mod:`parity_checks.plain_data`), seeds, layers, and the results of the calls in :mod:`parity_checks.core`.
:func:`pack` calls no method of a value, because a student may have overridden it, and :func:`unpack` never runs
anything that the text names.
"""

import base64
import json
import math
import operator
import re
import sys
from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from parity_checks.plain_data import (
    ARGUMENTS,
    MODULES,
    CallResult,
    CheckFailed,
    ModuleState,
    NotChecked,
    Seed,
    kind_of,
    short,
    type_name,
)

MAX_CHARACTERS = 32_000_000     # in one text; a million float32 numbers need a sixth of it
MAX_LISTS = 1_000_000           # and dicts; an array is one, and each takes about 64 bytes where it is read
MAX_DEPTH = 50
MAX_LAYERS = 100
MAX_AXES = 64                   # NumPy's own limit
SCALARS = set(np.sctypeDict.values()) - {np.object_, np.void}
DTYPE = re.compile(r"[<>|=]?[biufcSU][1-9]\d{0,5}|[<>=]?[mM]8(\[\w{1,9}\])?")


def from_student(value: Any, name: str) -> Any:
    """Copy plain data returned by the student's function ``name``, or raise CheckFailed."""
    return unpack(pack(value, name))


def pack(value: Any, name: str = "the check") -> str:
    """Convert a value returned by ``name`` to JSON text.

    Raises CheckFailed if the value is not plain data, or if the text is longer than ``MAX_CHARACTERS``.
    """
    try:
        text = json.dumps(_packed(value, name, MAX_DEPTH))
        if len(text) <= MAX_CHARACTERS:
            return text
        message = f"`{name}` returns more than can be read, {len(text):,} characters of data"
    except (CheckFailed, KeyboardInterrupt, NotChecked):
        raise
    except BaseException as error:
        message = f"the value that `{name}` returns cannot be read: {type_name(error)}: {short(error)}"
    raise CheckFailed(message)


def _packed(value: Any, name: str, depth: int) -> Any:
    if depth == 0:
        raise CheckFailed(f"`{name}` returns lists that are nested more than {MAX_DEPTH} deep. Does a list contain "
                          "itself?")
    # Values that JSON does not have become a dict whose only key names the kind of the value.
    cls, inner = type(value), partial(_packed, name=name, depth=depth - 1)
    if any(cls is kind for kind in (type(None), bool, int, float, str)):
        return value
    if cls is Fraction:
        return float(value)
    if any(cls is kind for kind in SCALARS):
        return {"scalar": _packed_array(np.asarray(value))}
    if issubclass(cls, np.ndarray):
        plain = np.ndarray.view(value, np.ndarray)
        if plain.dtype.kind in "OV":
            raise CheckFailed(f"`{name}` returns an array of Python objects (dtype {plain.dtype}). Expected: an array "
                              "of numbers. Do its rows have different lengths, or does it contain None?")
        return {"array": _packed_array(plain)}
    if (torch := sys.modules.get("torch")) is not None:
        if cls is torch.Tensor or cls is torch.nn.Parameter:
            return {"tensor": _packed_tensor(torch.Tensor.detach(value), name)}
        if any(cls is getattr(torch.nn, module) for module in MODULES):
            return inner(ModuleState.of(value))
        if cls is torch.nn.utils.rnn.PackedSequence:
            raise CheckFailed(f"`{name}` returns {kind_of(value)}. Expected: a tensor. Use pad_packed_sequence.")
    if cls is Seed:
        return {"seed": [value.value, value.for_torch]}
    if cls is ModuleState:
        return {"module": [value.cls, inner(value.arguments), inner(value.state)]}
    if cls is CallResult:
        return {"result": [inner(getattr(value, field.name)) for field in fields(cls)]}
    if issubclass(cls, tuple):
        return {"tuple": [inner(part) for part in tuple.__iter__(value)]}
    if issubclass(cls, list):
        return [inner(part) for part in list.__iter__(value)]
    if issubclass(cls, dict):
        for key in dict.keys(value):
            if type(key) not in (str, int, float, bool):
                raise CheckFailed(f"`{name}` returns a dict with a key that is {kind_of(key)}. Expected: strings as "
                                  "keys.")
        return {"dict": [[str(key), inner(part)] for key, part in dict.items(value)]}
    raise CheckFailed(f"`{name}` returns {kind_of(value)}. Expected: a number, a string, an array or a tensor.")


def _packed_array(value: np.ndarray) -> list:
    numbers = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
    return [value.dtype.str, list(value.shape), numbers]


def _packed_tensor(value: Any, name: str) -> list:
    if str(value.layout) != "torch.strided" or value.device.type == "meta" or value.is_quantized:
        raise CheckFailed(f"`{name}` returns a tensor that does not hold ordinary numbers ({value.layout}, "
                          f"{value.device}). Expected: an ordinary tensor.")
    plain = value.cpu().resolve_conj().resolve_neg()
    return _packed_array((plain.float() if str(plain.dtype) == "torch.bfloat16" else plain).numpy())    # NumPy lacks it


def unpack(text: str) -> Any:
    """Restore a value from text returned by :func:`pack`, or raise CheckFailed."""
    try:
        if len(text) > MAX_CHARACTERS:
            raise ValueError(f"more than {MAX_CHARACTERS:,} characters")
        if text.count("[") + text.count("{") > MAX_LISTS:
            raise ValueError(f"more than {MAX_LISTS:,} lists")
        return json.loads(text, object_hook=_unpacked)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError, RuntimeError):
        message = "the result cannot be read: it is not plain data, or there is too much of it"
    raise CheckFailed(message)


def _unpacked(value: dict[str, Any]) -> Any:
    (kind, content), = value.items()
    return KINDS[kind](content)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _array(content: list) -> np.ndarray:
    kind, shape, numbers = content
    if not DTYPE.fullmatch(kind):
        raise ValueError(kind)
    if len(shape) > MAX_AXES or not all(type(size) is int and 0 <= size <= MAX_CHARACTERS for size in shape):
        raise ValueError("shape")
    data, dtype = bytearray(base64.b64decode(numbers, validate=True)), np.dtype(kind)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise ValueError("shape")
    return np.ndarray(tuple(shape), dtype, data)


def _torch():
    import torch

    return torch


def _module(content: list) -> ModuleState:
    module = ModuleState(*content)
    if module.arguments.get("num_layers", 1) > MAX_LAYERS or not set(ARGUMENTS).issuperset(module.arguments):
        raise ValueError("arguments")
    # On the device "meta" a layer takes no memory, so arguments alone cannot ask for gigabytes.
    with _torch().device("meta"):
        own = ModuleState(module.cls, module.arguments).build().state_dict()
    shapes, own_shapes = ({name: value.shape for name, value in state.items()} for state in (module.state, own))
    if shapes != own_shapes:
        raise ValueError("weights")
    return module


KINDS: dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "dict": lambda content: {_text(key): part for key, part in content},
    "array": _array,
    "scalar": lambda content: _array(content)[()],
    "tensor": lambda content: _torch().from_numpy(_array(content)),
    "seed": lambda content: Seed(operator.index(content[0]), content[1] is True),
    "module": _module,
    "result": lambda content: CallResult(*content),
}
