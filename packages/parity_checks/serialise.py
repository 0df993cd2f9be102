"""Serialisation of plain data as JSON text.

The checks and a student's kernel exchange such text. The text may hold plain data (see
:mod:`parity_checks.plain_data`), seeds, layers, and the results of the calls in :mod:`parity_checks.core`.
:func:`unpack` builds values from the text and never runs anything that the text names.
"""

import base64
import json
import math
import operator
import re
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from parity_checks.plain_data import ARGUMENTS, CallResult, CheckFailed, ModuleState, Seed, is_tensor

MAX_CHARACTERS = 32_000_000     # in one text; a million float32 numbers need a sixth of it
MAX_LISTS = 1_000_000           # and dicts; an array is one, and each takes about 64 bytes where it is read
MAX_DEPTH = 60
MAX_LAYERS = 100
MAX_AXES = 64                   # NumPy's own limit
DTYPE = re.compile(r"[<>|=]?[biufcSU][1-9]\d{0,5}|[<>=]?[mM]8(\[\w{1,9}\])?")


def pack(value: Any) -> str:
    """Serialise a value as JSON text.

    Raises ValueError if the value is not plain data, or if the text is longer than ``MAX_CHARACTERS``.
    """
    text = json.dumps(_packed(value, MAX_DEPTH))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{len(text):,} characters of data; at most {MAX_CHARACTERS:,} can be sent")
    return text


def _packed(value: Any, depth: int) -> Any:
    if depth == 0:
        raise ValueError(f"lists are nested more than {MAX_DEPTH} deep")
    # Values that JSON does not have become a dict whose only key names the kind of the value.
    cls, inner = type(value), partial(_packed, depth=depth - 1)
    if cls in (type(None), bool, int, float, str):
        return value
    if cls in (list, tuple):
        parts = [inner(part) for part in value]
        return parts if cls is list else {"tuple": parts}
    if cls is dict:
        return {"dict": [[str(key), inner(part)] for key, part in value.items()]}
    if cls is np.ndarray:
        return {"array": _packed_array(value)}
    if isinstance(value, np.generic):
        return {"scalar": _packed_array(value)}
    if is_tensor(value):
        return {"tensor": _packed_array(value.detach().cpu().numpy())}
    if cls is Seed:
        return {"seed": [value.value, value.for_torch]}
    if cls is ModuleState:
        return {"module": [value.cls, inner(value.arguments), inner(value.state)]}
    if cls is CallResult:
        return {"result": [inner(getattr(value, field.name)) for field in fields(cls)]}
    raise ValueError(f"{cls.__name__} is not plain data")


def _packed_array(value: np.ndarray | np.generic) -> list:
    numbers = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
    return [value.dtype.str, list(value.shape), numbers]


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
