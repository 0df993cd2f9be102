"""How plain data passes the wall between the checks and a student's process: as JSON, in which nothing can be run.

What may pass is what :mod:`parity_lib.checks.plain` calls plain, and four things of our own: a seed, a module as its
state, the results of the calls in :mod:`parity_lib.checks.core`, and, on the way to the student only, the name of a
function or class of an installed library. :func:`unpack` builds values from the text and believes nothing in it.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import itertools
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np
import torch

from parity_lib.checks.plain import (
    ALLOWED_MODULES,
    CallOnSame,
    CallResult,
    CheckFailed,
    ModuleRun,
    ModuleState,
    Seed,
)
from parity_lib.checks.tripwire import MadeBy

LONGEST = 32_000_000    # characters of one message: a batch of a million float32 numbers needs a sixth of it
DEEPEST = 60
MOST_LAYERS = 100
MOST_AXES = 64          # what NumPy allows
DTYPE = re.compile(r"[<>|=]?[biufcSU][1-9]\d{0,5}|[<>=]?[mM]8(\[\w{1,9}\])?")
TENSOR_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
    torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128)}
ARGUMENTS = {"input_size", "hidden_size", "bias", "num_layers", "batch_first", "dropout", "bidirectional", "proj_size",
             "nonlinearity", "in_features", "out_features"}
HOMES = ("torch", "numpy")      # of functions that do not say where they are from
LIBRARIES = ("torch", "numpy", "parity_lib", "subprocess", "multiprocessing", "posix", "nt", "os")


# ---------------------------------------------------------------- there


def pack(value: Any) -> str:
    """A value as text.

    Raises ValueError where it is no plain data, or longer than ``LONGEST``.

    >>> unpack(pack({"bits": np.array([1, 0, 1]), "seed": Seed(3)}))
    {'bits': array([1, 0, 1]), 'seed': Seed(value=3)}
    """
    text = json.dumps(_packed(value, DEEPEST))
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters of data; at most {LONGEST:,} can pass")
    return text


def _packed(value: Any, depth: int) -> Any:
    """JSON itself where it can say the value, else a dict with the one key that names its kind."""
    if depth == 0:
        raise ValueError(f"lists within lists, more than {DEEPEST} deep")
    cls = type(value)
    if cls in (type(None), bool, int, float, str):
        return value
    if cls in (list, tuple):
        parts = [_packed(part, depth - 1) for part in value]
        return parts if cls is list else {"tuple": parts}
    if cls is dict:
        return {"dict": [[str(key), _packed(part, depth - 1)] for key, part in value.items()]}
    if cls is complex:
        return {"complex": [value.real, value.imag]}
    if cls is bytes:
        return {"bytes": _bytes(value)}
    if cls is np.ndarray:
        return {"array": [value.dtype.str, list(value.shape), _bytes(np.ascontiguousarray(value).tobytes())]}
    if isinstance(value, np.generic):
        return {"scalar": [value.dtype.str, _bytes(value.tobytes())]}
    if isinstance(value, torch.Tensor):
        return {"tensor": _packed_tensor(value)}
    if cls is Seed:
        return {"seed": value.value}
    if cls is ModuleState:
        return {"module": [value.cls, _packed(value.arguments, depth - 1), _packed(value.state, depth - 1)]}
    if cls in (ModuleRun, CallResult, CallOnSame):
        return {cls.__name__: [_packed(getattr(value, one.name), depth - 1) for one in fields(cls)]}
    if cls is MadeBy:
        return {"made_by": [_reference(value.cls), value.name]}
    if callable(value):
        return {"from": _reference(value)}
    raise ValueError(f"{cls.__name__} is no plain data")


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _packed_tensor(value: torch.Tensor) -> list:
    plain = value.detach().cpu().contiguous()
    numbers = plain.view(torch.int16) if plain.dtype == torch.bfloat16 else plain     # NumPy has no bfloat16
    return [str(plain.dtype).removeprefix("torch."), list(plain.shape), _bytes(numbers.numpy().tobytes())]


def _reference(thing: Any) -> list[str]:
    """Module and name under which a function or class of a library is found again."""
    homes = [getattr(thing, "__module__", None), getattr(getattr(thing, "__objclass__", None), "__module__", None)]
    for place in itertools.product(filter(None, [*homes, *HOMES]), (thing.__qualname__, thing.__name__)):
        with contextlib.suppress(AttributeError, ImportError, ValueError):
            if _referred(place) is thing:
                return list(place)
    raise ValueError(f"`{thing.__qualname__}` has no place in a library where it is found again")


def _referred(place: Sequence[str]) -> Any:
    module, name = place
    if module.partition(".")[0] not in LIBRARIES:
        raise ValueError(f"{module} is none of the libraries {', '.join(LIBRARIES)}")
    return attrgetter(name)(importlib.import_module(module))


# ---------------------------------------------------------------- and back


def unpack(text: str, *, trusted: bool = False) -> Any:
    """The value that a text says, made anew.

    ``trusted`` texts, those that come from the checks, may name functions of libraries.
    Raises CheckFailed for every other text than one of :func:`pack`.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(f"more than {LONGEST:,} characters")
        return _unpacked(json.loads(text), trusted)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ImportError, RecursionError, OverflowError,
            MemoryError, RuntimeError):
        message = "what came back cannot be read: it is no plain data, or there is too much of it"
    raise CheckFailed(message)


def _unpacked(value: Any, trusted: bool) -> Any:
    if isinstance(value, list):
        return [_unpacked(part, trusted) for part in value]
    if not isinstance(value, dict):
        return value
    (kind, inside), = value.items()
    if kind in ("from", "made_by") and not trusted:
        raise ValueError(kind)
    return KINDS[kind](inside, trusted)


def _dict(inside: list, trusted: bool) -> dict[str, Any]:
    return {_text(key): _unpacked(part, trusted) for key, part in inside}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _array(inside: list, _trusted: bool = False) -> np.ndarray:
    kind, shape, numbers = inside
    if not DTYPE.fullmatch(kind):
        raise ValueError(kind)
    dtype = np.dtype(kind)
    return np.ndarray(_shape(shape), dtype, _numbers(numbers, shape, dtype.itemsize))


def _shape(shape: list) -> tuple[int, ...]:
    if len(shape) > MOST_AXES or not all(type(size) is int and 0 <= size <= LONGEST for size in shape):
        raise ValueError("shape")
    return tuple(shape)


def _numbers(text: str, shape: list, itemsize: int) -> bytearray:
    """The bytes of so many numbers: no shape makes more of them than there are."""
    data = bytearray(base64.b64decode(text, validate=True))
    if len(data) != math.prod(_shape(shape)) * itemsize:
        raise ValueError("shape")
    return data


def _tensor(inside: list, _trusted: bool = False) -> torch.Tensor:
    kind, shape, numbers = inside
    dtype = TENSOR_DTYPES[kind]
    data = _numbers(numbers, shape, dtype.itemsize)
    flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
    return flat.reshape(_shape(shape)).clone()


def _module(inside: list, trusted: bool) -> ModuleState:
    """A module's state; one that comes back has all the weights that its class and arguments ask for."""
    state = ModuleState(_text(inside[0]), _unpacked(inside[1], trusted), _unpacked(inside[2], trusted))
    if not trusted and not _fits(state):
        raise ValueError(state.cls)
    return state


def _fits(module: ModuleState) -> bool:
    """Asked of a module without numbers: arguments alone could ask for any amount of memory."""
    if module.arguments.get("num_layers", 1) > MOST_LAYERS or not ARGUMENTS.issuperset(module.arguments):
        return False        # a `device` would be one with memory
    with torch.device("meta"):
        own = ALLOWED_MODULES[module.cls](**module.arguments).state_dict()
    return {name: value.shape for name, value in own.items()} == {
        name: value.shape for name, value in module.state.items()}


def _seed(inside: int, _trusted: bool) -> Seed:
    if type(inside) is not int:
        raise TypeError(inside)
    return Seed(inside)


def _result(cls: type, inside: list, trusted: bool) -> Any:
    """The results of calls have their parts in order; each part is read by the checks with the same doubt as any."""
    return cls(*(_unpacked(part, trusted) for part in inside))


KINDS: dict[str, Callable[[Any, bool], Any]] = {
    "tuple": lambda inside, trusted: tuple(_unpacked(part, trusted) for part in inside),
    "dict": _dict,
    "complex": lambda inside, _: complex(*inside),
    "bytes": lambda inside, _: base64.b64decode(inside, validate=True),
    "array": _array,
    "scalar": lambda inside, _: _array([inside[0], [], inside[1]])[()],
    "tensor": _tensor,
    "seed": _seed,
    "module": _module,
    **{cls.__name__: partial(_result, cls) for cls in (ModuleRun, CallResult, CallOnSame)},
    "from": lambda inside, _: _referred(inside),
    "made_by": lambda inside, _: MadeBy(_referred(inside[0]), _text(inside[1])),
}
