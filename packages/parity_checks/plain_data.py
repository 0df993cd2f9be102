"""Plain data exchanged between checks and student code, and the text of messages about such data.

Plain data are numbers, strings, arrays, tensors, PyTorch's recurrent and linear layers, and lists, tuples and dicts of
these. All data are copied, in both directions: :mod:`parity_checks.serialise` copies what comes from the student, and
refuses everything else with a message for the student.
"""

from __future__ import annotations

import copy
import importlib.util
import itertools
import re
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from parity_checks.page_links import offer_link

if TYPE_CHECKING:
    import torch
    from torch import nn

# The names by which code uses a package besides NumPy, with the package itself and what it is called in a text
PACKAGES = {"torch": ("torch", "PyTorch"), "nn": ("torch", "PyTorch"), "scipy": ("scipy", "SciPy")}
OWN_ERROR = "check-stopped"     # the cause of a failure that is an error in the check itself
LINE_WIDTH = 90                 # characters of a line in a notebook
INDENT = " " * 12               # of a line in a message that continues the value or the advice above it
TWO_MATRICES = re.compile(r"^  expected: (.*(?:\n {12}.*)+)\n  got:      (.*(?:\n {12}.*)+)$", re.MULTILINE)
CAUSE = re.compile(r"\[([A-Za-z][A-Za-z0-9-]{0,40})(?: @ ([^]]*))?\] ")
MODULES = ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell", "Linear")
ARGUMENTS = ("input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first", "dropout",
             "bidirectional", "proj_size", "in_features", "out_features")


class CheckFailed(AssertionError):
    """An exception raised when a check fails.

    Students see its message alone, without a traceback or the source of the check. A message may begin with the id of
    its cause in brackets, which students do not see. The id becomes the attribute ``cause``, which is "" otherwise.
    After " @ ", the brackets may contain the names in the line that raised an error, which become ``used``.

    >>> CheckFailed("[bias-missing] The bias b is missing.").cause
    'bias-missing'
    """

    offered = False

    def __init__(self, message: str = "", cause: str = "") -> None:
        (first_cause, text), found = split_cause(message), CAUSE.match(message)
        self.cause, self.used = cause or first_cause, found[2] or "" if found else ""
        super().__init__(text)

    def with_cause(self) -> str:
        """Return the message, preceded by the id of its cause in brackets."""
        return f"[{self.cause}{f' @ {self.used}' * bool(self.used)}] {self}" if self.cause else str(self)

    def _render_traceback_(self) -> list[str]:
        # IPython calls this twice for each error; the link is shown once.
        if not self.offered:
            self.offered = True
            offer_link(str(self))
        return [arrange(f"✗ {self}")]


def split_cause(message: str) -> tuple[str, str]:
    """Return the id of the cause at the beginning of a message, or "", and the message without it."""
    found = CAUSE.match(message)
    return (found[1], message[found.end():]) if found else ("", message)


class NotChecked(Exception):
    """An exception raised when a check cannot run, because it needs a package that is not installed.

    This is not the student's mistake, so the task gets no score at all.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def missing_package(error: Any) -> str | None:
    """Return the name of the missing package that caused an error, or None for any other error.

    The error is that of the import, or that of a name which the import did not define.
    """
    if type(error) not in (ModuleNotFoundError, NameError) or type(error.name) is not str:
        return None
    package, title = PACKAGES.get(error.name, ("", ""))
    return title if package and importlib.util.find_spec(package) is None else None


@dataclass(frozen=True)
class Seed:
    """A placeholder for ``numpy.random.default_rng(value)`` in the arguments of a call.

    If ``for_torch`` is True, it stands for ``torch.Generator().manual_seed(value)``.
    """

    value: int
    for_torch: bool = False


@dataclass(frozen=True)
class ModuleState:
    """The class name, constructor arguments and weights of a layer from ``torch.nn``."""

    cls: str
    arguments: dict[str, Any] = field(default_factory=dict)
    state: dict[str, torch.Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, module: nn.Module) -> ModuleState:
        """Create a ``ModuleState`` from a layer whose class is named in ``MODULES``."""
        arguments = {name: getattr(module, name) for name in ARGUMENTS if getattr(module, name, None) is not None}
        if not arguments.get("proj_size"):      # PyTorch accepts it for an LSTM alone
            arguments.pop("proj_size", None)
        arguments["bias"] = module.bias is not None and module.bias is not False
        name = type(module).__name__
        weights = {key: value.detach().clone() for key, value in module.state_dict().items()}
        return cls(name, arguments, weights)

    def build(self) -> nn.Module:
        """Create a PyTorch layer with the stored arguments and weights."""
        from torch import nn

        module = getattr(nn, MODULES[MODULES.index(self.cls)])(**self.arguments)
        if self.state:
            module.to(next(iter(self.state.values())).dtype)
            module.load_state_dict(self.state)
        return module


@dataclass(frozen=True)
class CallResult:
    """The result of a call, together with its arguments as they were after the call.

    After :func:`~parity_checks.call_module`, ``state`` contains the weights of the student's module and ``gradients``
    those of its parameters, both by name, and ``then`` its outputs for further inputs.
    """

    result: Any
    arguments: tuple[Any, ...] = ()
    state: dict[str, torch.Tensor] = field(default_factory=dict)
    gradients: dict[str, torch.Tensor] = field(default_factory=dict)
    then: tuple[Any, ...] = ()


# ---------------------------------------------------------------- to the student


def is_tensor(value: Any) -> bool:
    """Return True if ``value`` is a PyTorch tensor, without importing PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def to_student(value: Any) -> Any:
    """Copy a value before passing it to the student's code."""
    if isinstance(value, Seed):
        if value.for_torch:
            import torch

            return torch.Generator().manual_seed(value.value)
        return np.random.default_rng(value.value)
    if isinstance(value, ModuleState):
        return value.build()
    if is_tensor(value):
        return value.detach().clone()
    if type(value) is np.ndarray and value.dtype == np.int64:
        return value.astype(int)    # on a 32-bit platform, np.bincount and np.repeat refuse wider integers
    if type(value) in (tuple, list):
        return type(value)(map(to_student, value))
    if isinstance(value, dict):
        return {key: to_student(part) for key, part in value.items()}
    return copy.copy(value)


# ---------------------------------------------------------------- text for messages


def type_name(value: Any) -> str:
    """Return the name of a value's class, even if the metaclass overrides it."""
    return type.__dict__["__name__"].__get__(type(value))


def kind_of(value: Any) -> str:
    """Describe the type of a value for an error message."""
    return "None (is a `return` missing?)" if value is None else f"a value of type {type_name(value)}"


def short(error: BaseException, limit: int = 300) -> str:
    """Return the text of an error as a single line of at most about ``limit`` characters."""
    text = safely(lambda: " ".join(str.split(str(error))), otherwise="(an error with a text that cannot be read)")
    return text if len(text) <= limit else text[:limit] + " …"


def safely(read: Callable[..., str], *args: Any, otherwise: str) -> str:
    """Return the result of a function, or ``otherwise`` if the function fails."""
    try:
        return read(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return otherwise


def arrange(message: str) -> str:
    """Wrap the lines of a message at word boundaries, and place the expected matrix next to the returned one."""
    return "\n".join(wrap(line, INDENT if line.startswith("  ") else "  ")
                     for line in TWO_MATRICES.sub(_side_by_side, message).splitlines())


def wrap(line: str, indent: str) -> str:
    """Wrap a line at word boundaries. Each subsequent line begins with ``indent``."""
    return textwrap.fill(line, LINE_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _side_by_side(match: re.Match) -> str:
    expected, got = (textwrap.dedent(INDENT + rows).splitlines() for rows in match.groups())
    width = max(map(len, expected))
    lines = [f"{INDENT}{left:{width}}          {right}".rstrip()
             for left, right in itertools.zip_longest(expected, got, fillvalue="")]
    lines[0] = f"  expected: {expected[0]:{width}}     got: {got[0]}"
    return "\n".join(lines) if max(map(len, lines)) <= LINE_WIDTH else match[0]
