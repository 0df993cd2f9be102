"""The one door between checks and a student's work.

Checks and hidden tests never touch the student's objects. They :func:`call` a
function or class by name; what goes in and comes out is plain: arrays, tensors,
numbers, strings, and lists, tuples and dicts of them. A random generator travels
as its :class:`Seed`; a module comes back as :class:`ModuleState`, and
:func:`call_module` runs one beside the student's code and returns its outputs
and gradients as tensors. So the same checks work in the student's own process
and, with :func:`elsewhere`, across a wall: what is marked :func:`beside` then runs there.

Whatever the student's code does, what comes out is a value or a
:class:`CheckFailed` with a message for the student.
"""

from __future__ import annotations

import contextlib
import functools
import io
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from parity_lib.checks.plain import (
    CallOnSame,
    CallResult,
    CheckFailed,
    ModuleRun,
    ModuleState,
    from_student,
    kind_of,
    safely,
    short,
    to_student,
    type_name,
)
from parity_lib.checks.tripwire import tripwire

LIBRARIES = (str(Path(__file__).resolve().parents[1]), sysconfig.get_path("stdlib"), "<frozen")


# ---------------------------------------------------------------- where the student's names are

_namespace: dict[str, Any] | None = None


def bind(namespace: dict[str, Any] | None) -> None:
    """Look the student's names up in ``namespace``; None: in the notebook, which is the default."""
    global _namespace
    _namespace = namespace


Ask = Callable[[str, tuple, dict], Any]
_elsewhere: Ask | None = None


@contextlib.contextmanager
def elsewhere(ask: Ask) -> Iterator[None]:
    """Inside, what is to run beside the student's code is asked of ``ask(function's name, args, kwargs)``."""
    global _elsewhere
    before, _elsewhere = _elsewhere, ask
    try:
        yield
    finally:
        _elsewhere = before


def beside(function: Callable) -> Callable:
    """Mark a function that runs where the student's code is, which may be another process."""
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) if _elsewhere is None else _elsewhere(function.__name__, args, kwargs)

    BESIDE[function.__name__] = function
    return run


BESIDE: dict[str, Callable] = {}
_lent: list[tuple[str, Any]] = []


@contextlib.contextmanager
def lending(name: str, value: Callable) -> Iterator[None]:
    """Inside, the student's ``name`` is ``value``, if they have one at all: so one mistake costs one task.

    ``value`` is a function of a module, which is found by its name on the other side of a wall.
    """
    if not defined(name):
        yield
        return
    lend(name, value)
    try:
        yield
    finally:
        give_back()


@beside
def lend(name: str, value: Callable) -> None:
    """Put ``value`` in the place of the student's ``name``, until :func:`give_back`."""
    _lent.append((name, _names()[name]))
    _names()[name] = value


@beside
def give_back() -> None:
    """Undo the last :func:`lend`."""
    name, before = _lent.pop()
    _names()[name] = before


@beside
def defined(name: str) -> bool:
    """Whether the student has something of this name."""
    return name in _names()


def _names() -> dict[str, Any]:
    return vars(sys.modules["__main__"]) if _namespace is None else _namespace


# ---------------------------------------------------------------- calling


@beside
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
    sent_args, sent_kwargs = to_student(args), to_student(kwargs)
    with quiet():
        with tripwire(name, forbid, bool(_lent)):
            result = _guarded(name, lambda: function(*sent_args, **sent_kwargs))
        return from_student(result, name)


@beside
def call_gradient(name: str, first: torch.Tensor, *args: Any, forbid: Iterable[Any] = ()) -> torch.Tensor | None:
    """The gradient at ``first``, a float tensor, of the one number that the student's ``name(first, *args)`` gives.

    It has the shape of ``first``, and is None where the number does not depend on
    it. Raises CheckFailed as :func:`call` does, and where no gradient can flow.

    >>> bind({"half_square": lambda x: (x * x).sum() / 2})
    >>> call_gradient("half_square", torch.tensor([3.0, 4.0]))
    tensor([3., 4.])
    >>> bind(None)
    """
    function, leaf, sent = _find(name), to_student(first).requires_grad_(), to_student(args)

    def backward(result: torch.Tensor) -> None:
        result.backward()

    with quiet():
        with tripwire(name, forbid, bool(_lent)), torch.enable_grad():
            # A clone: the student's code may change it in place, and a leaf it may not.
            result = _with_gradient(name, _guarded(name, lambda: function(leaf.clone(), *sent)), ())
            _guarded(name, lambda: backward(result))
        return from_student(leaf.grad, name)


@contextlib.contextmanager
def right_if_wrong(name: str, test: Callable, value: Callable) -> Iterator[None]:
    """Inside, the student's ``name`` is ``value`` where ``test``, its own check, fails: that cost its points before."""
    try:
        test.__wrapped__(0)
    except CheckFailed:
        with lending(name, value):
            yield
    else:
        yield


@beside
def call_on_same(name: str, *args: Any, times: int = 2, forbid: Iterable[Any] = ()) -> list[CallOnSame]:
    """Call the student's ``name`` several times with the very same arguments, as a notebook does.

    It shows what a call leaves behind in what it was given. Raises CheckFailed as :func:`call` does.

    >>> bind({"add_one": lambda numbers: numbers.append(1) or len(numbers)})
    >>> [(one.result, one.arguments) for one in call_on_same("add_one", [])]
    [(1, ([1],)), (2, ([1, 1],))]
    >>> bind(None)
    """
    function, sent, calls = _find(name), to_student(args), []
    with quiet():
        for _ in range(times):
            with tripwire(name, forbid, bool(_lent)):
                result = _guarded(name, lambda: function(*sent))
            calls.append(CallOnSame(from_student(result, name), from_student(sent, name)))
    return calls


@beside
def call_weights(name: str, module: ModuleState, *args: Any, output_gradient: torch.Tensor,
                 forbid: Iterable[Any] = ()) -> dict[str, torch.Tensor]:
    """The gradients at a module's weights, by name, through the student's ``name(module, *args)``.

    ``output_gradient`` has the shape of the result. A weight that no gradient
    reaches is not there. Raises CheckFailed where no gradient can flow.
    """
    function, own, sent = _find(name), module.build(), to_student(args)

    def backward(result: torch.Tensor) -> None:
        result.backward(output_gradient.clone())

    with quiet():
        with tripwire(name, forbid, bool(_lent)), torch.enable_grad():
            result = _with_gradient(name, _guarded(name, lambda: function(own, *sent)), output_gradient.shape)
            _guarded(name, lambda: backward(result))
        return {key: from_student(one.grad, name) for key, one in own.named_parameters() if one.grad is not None}


@beside
def call_steps(name: str, *modules: ModuleState, batches: Iterable[tuple], learning_rate: float,
               forbid: Iterable[Any] = ()) -> list[CallResult]:
    """Call the student's ``name(*modules, optimizer, *batch)`` for each batch in turn, on the same modules.

    The modules are made once, and with them an SGD optimiser of all their
    parameters; each :class:`CallResult` holds what the call gave and the weights after it.
    """
    function, sent = _find(name), to_student(tuple(batches))
    own = [module.build() for module in modules]
    optimizer = torch.optim.SGD([one for module in own for one in module.parameters()], lr=learning_rate)
    steps = []
    with quiet():
        for batch in sent:
            with tripwire(name, forbid, bool(_lent)), torch.enable_grad():
                result = _guarded(name, lambda batch=batch: function(*own, optimizer, *batch))
            steps.append(CallResult(from_student(result, name), tuple(map(ModuleState.of, own))))
    return steps


@beside
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
    sent_args, sent_kwargs, leaves, further = map(to_student, (args, kwargs, tuple(inputs), tuple(then)))
    backward = output_gradient is not None
    first_input = leaves[0].requires_grad_() if backward and leaves and _is_float_tensor(leaves[0]) else None

    def run() -> tuple[Any, Any, tuple]:
        module = make(*sent_args, **sent_kwargs)
        if not issubclass(type(module), nn.Module):
            return module, None, ()
        if state is not None:
            module.load_state_dict(to_student(state))
        # With a gradient, a clone: the student's code may change it in place, and a leaf it may not.
        output = module(*(one.clone() if one is first_input else one for one in leaves))
        return module, output, tuple(module(*more) for more in further)

    def gradients(module: nn.Module, first: torch.Tensor) -> dict[str, torch.Tensor]:
        first.backward(output_gradient.clone())
        return {key: one.grad for key, one in module.named_parameters() if one.grad is not None}

    grad_mode = torch.enable_grad() if backward else contextlib.nullcontext()
    with quiet():
        with tripwire(name, forbid, bool(_lent)), grad_mode:
            module, output, outputs = _guarded(name, run)
            if not issubclass(type(module), nn.Module):
                raise CheckFailed(f"`{name}` gives {kind_of(module)}. Expected: a torch.nn.Module.")
            found, input_gradient = {}, None
            if backward:
                first = _with_gradient(name, output, output_gradient.shape)
                found = _guarded(name, lambda: gradients(module, first))
                input_gradient = None if first_input is None else first_input.grad
            weights = _guarded(name, lambda: dict(module.state_dict()))
        return ModuleRun(*(from_student(part, name) for part in (output, weights, found, input_gradient,
                                                               outputs)))


def _with_gradient(name: str, output: Any, shape: tuple[int, ...]) -> torch.Tensor:
    """The output, or the first of several, if a gradient can flow back from it."""
    first = output[0] if type(output) in (tuple, list) and output else output
    if type(first) not in (torch.Tensor, nn.Parameter) or not first.requires_grad:
        raise CheckFailed(f"no gradient can flow through the output of `{name}`: it is {kind_of(first)} without "
                          "a gradient. Is something detached, converted to NumPy, compared with >, or computed "
                          "under torch.no_grad()?")
    if first.shape != shape:
        raise CheckFailed(f"the output of `{name}` has the shape {tuple(first.shape)}. Expected: {tuple(shape)}.")
    return first


def _find(name: str) -> Callable:
    if name not in _names():
        raise CheckFailed(f"there is no `{name}` yet. Define it in its cell, run that cell, then this one.")
    found = _names()[name]
    if not callable(found):
        raise CheckFailed(f"`{name}` is {kind_of(found)}. Expected: a function. Was the name used for something else?")
    return found


def _guarded(name: str, run: Callable[[], Any]) -> Any:
    """Turn whatever the student's code raises into a message about it. The stop button stays what it is."""
    try:
        return run()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        message = safely(_about, name, error, otherwise=f"`{name}` stopped with an error that cannot be read")
    raise CheckFailed(message)


def _about(name: str, error: BaseException) -> str:
    text, (function, line) = short(error), _place(error)
    if type(error) is NotImplementedError and not text:
        if function in (name, None) or function.startswith("<") or function.startswith("__"):
            return f"`{name}` is not written yet: it raises NotImplementedError. Replace that line."
        return (f"`{name}` needs `{function}`, which is not written yet: it raises NotImplementedError. "
                "Replace that line.")
    return (f"`{name}` stopped with {type_name(error)}{': ' if text else ''}{text}"
            f"{f' (line {line} of its cell)' if line else ''}")


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """The function and the line of the student's own code where it stopped, if that can be told."""
    place, trace = (None, None), error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        foreign = "site-packages" in code.co_filename or code.co_filename.endswith(".pyx")     # Cython's
        if not foreign and not code.co_filename.startswith(LIBRARIES):
            place = code.co_name, trace.tb_lineno
        trace = trace.tb_next
    return place


class Nowhere(io.StringIO):
    """A stream that keeps nothing, however much is printed."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def quiet():
    """Swallow what the student's code prints and warns: text on stderr would cost the points."""
    with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is_float_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()
