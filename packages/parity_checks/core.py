"""Functions for calling student code from a check.

A check never touches the student's objects. It names a function or class, and :func:`call` and the functions below it
make a call with copies of plain data (see :mod:`parity_checks.plain_data`) and return a copy of the result. Whatever
the student's code does, the outcome is a value or a :class:`CheckFailed` with a message for the student.

The functions marked :func:`remote` run in the process of the student's code. That is this process, or, inside
:func:`remote_calls`, the student's kernel in its sandbox.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import io
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity_checks.forbidden_calls import forbidding, resolve
from parity_checks.plain_data import (
    CallResult,
    CheckFailed,
    NotChecked,
    Seed,
    is_tensor,
    kind_of,
    missing_package,
    safely,
    short,
    to_student,
    type_name,
)
from parity_checks.serialise import from_student
from parity_lib import errors

if TYPE_CHECKING:
    import torch

LIBRARIES = (str(Path(__file__).parents[1]), str(Path(errors.__file__).parent),
             str(Path(functools.__file__).parent), "<frozen")     # the standard library may be a zip file


# ---------------------------------------------------------------- remote calls


class Nowhere(io.StringIO):
    """A text stream that discards everything written to it."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Discard output and warnings within a ``with`` block."""
    # Text on stderr would cost a test cell its points.
    with contextlib.redirect_stdout(Nowhere()), contextlib.redirect_stderr(Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


Send = Callable[[str, tuple, dict], Any]
REMOTE: dict[str, Callable] = {}
_send: Send | None = None


def remote(function: Callable) -> Callable:
    """Mark a function that must run in the same process as the student's code."""
    REMOTE[function.__name__] = quietly = quiet()(function)

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return quietly(*args, **kwargs) if _send is None else _send(function.__name__, args, kwargs)
    return run


@contextlib.contextmanager
def remote_calls(send: Send) -> Iterator[None]:
    """Forward calls of remote functions to ``send(name, args, kwargs)`` within a ``with`` block."""
    global _send
    before, _send = _send, send
    try:
        yield
    finally:
        _send = before


# ---------------------------------------------------------------- the student's names

_namespace: dict[str, Any] | None = None
_replaced: list[tuple[str, Any]] = []


def bind(namespace: dict[str, Any] | None) -> None:
    """Set the namespace that contains the student's functions and classes.

    If ``namespace`` is None, they are looked up in the notebook.
    """
    global _namespace
    _namespace = namespace


def _names() -> dict[str, Any]:
    return vars(sys.modules["__main__"]) if _namespace is None else _namespace


@remote
def replace(name: str, reference: str) -> bool:
    """Replace a student's function with a reference implementation.

    ``reference`` names the new function, as :func:`resolve` expects it. Returns True if the student's ``name`` exists.
    """
    if name not in _names():
        return False
    _replaced.append((name, _names()[name]))
    _names()[name] = resolve(reference)
    return True


@remote
def restore() -> None:
    """Undo the last call to :func:`replace`."""
    name, function = _replaced.pop()
    _names()[name] = function


@contextlib.contextmanager
def replaced_if_wrong(*helpers: tuple[str, Any, str]) -> Iterator[None]:
    """Temporarily replace any of a student's functions that fail their own checks.

    The replacement lasts for the ``with`` block. Each helper is a name, its check and the reference of a correct
    function. A wrong function has cost its points already, and a task that builds on it should not cost more.
    """
    replaced = 0
    try:
        for name, test, reference in helpers:
            try:
                test.__wrapped__(0)
            except CheckFailed:
                replaced += replace(name, reference)
        yield
    finally:
        for _ in range(replaced):
            with contextlib.suppress(CheckFailed):      # after a kernel has ended, a new one has no replacement
                restore()


@remote
def scale_readouts(scale: float) -> None:
    """Multiply the initial weights of all new linear layers by ``scale``."""
    import torch
    from torch import nn

    usual = getattr(nn.Linear.reset_parameters, "__wrapped__", nn.Linear.reset_parameters)

    @functools.wraps(usual)
    def reset_parameters(layer: nn.Linear) -> None:
        usual(layer)
        with torch.no_grad():
            layer.weight.mul_(scale)

    nn.Linear.reset_parameters = usual if scale == 1 else reset_parameters  # type: ignore[method-assign, assignment]


# ---------------------------------------------------------------- calls


@remote
def call(name: str, *args: Any, forbid: Iterable[str] = (), **kwargs: Any) -> Any:
    """Call a student's function and return a copy of its result.

    The function gets copies of the arguments. ``forbid`` names functions that would be the ready answer, as
    :mod:`parity_checks.forbidden_calls` describes; the check fails if the student's code calls one of them, or a
    function of a check. Output and warnings are discarded. Raises CheckFailed if the name is missing, the code raises,
    or the result is not plain data.

    >>> bind({"double": lambda x: 2 * x})
    >>> call("double", 21)
    42
    >>> bind(None)
    """
    function, (sent, sent_by_name) = _find(name), to_student((args, kwargs))
    return from_student(_run(name, forbid, lambda: function(*sent, **sent_by_name)), name)


@remote
def call_on_same(name: str, *args: Any, batches: Iterable[tuple] = ((), ()), learning_rate: float | None = None,
                 forbid: Iterable[str] = ()) -> list[CallResult]:
    """Call a student's function several times with the same argument objects, as a notebook may.

    Each call is ``name(*args, *batch)``, for each of the ``batches``. With a ``learning_rate``, the arguments are
    modules, and an SGD optimiser of all their parameters stands between them and the batch. The arguments in each
    result, without random generators, show the changes that the call made in place.

    >>> bind({"add_one": lambda numbers: numbers.append(1) or len(numbers)})
    >>> [(result.result, result.arguments) for result in call_on_same("add_one", [])]
    [(1, ([1],)), (2, ([1, 1],))]
    >>> bind(None)
    """
    function, sent = _find(name), to_student(args)
    kept = tuple(value for value, given in zip(sent, args, strict=True) if not isinstance(given, Seed))
    gradients: Any = contextlib.nullcontext()
    if learning_rate is not None:
        import torch

        weights = [weight for module in sent for weight in module.parameters()]
        gradients, sent = torch.enable_grad(), (*sent, torch.optim.SGD(weights, lr=learning_rate))
    results = []
    with gradients:
        for batch in to_student(tuple(batches)):
            result = from_student(_run(name, forbid, functools.partial(function, *sent, *batch)), name)
            results.append(CallResult(result, from_student(kept, name)))
    return results


@remote
def call_gradient(name: str, first: Any, *args: Any, output_gradient: Any = 1.0, forbid: Iterable[str] = ()) -> Any:
    """Return the gradient of a student's function with respect to its first argument.

    The function is called as ``name(first, *args)``. If ``first`` is a float tensor, the gradient has its shape, and is
    0 where the result does not depend on the tensor. For a :class:`ModuleState`, it is a dict of the gradients with
    respect to the layer's weights, without the weights that no gradient reaches. ``output_gradient`` has the shape of
    the result, which is a single number by default. Raises CheckFailed as :func:`call` does, and if no gradient can
    flow back from the result.
    """
    import torch

    function, first, sent = _find(name), to_student(first), to_student(args)
    leaf = first.requires_grad_() if is_tensor(first) else None
    # The student's code gets a clone, because it may change it in place, which PyTorch forbids for a leaf.
    work = torch.enable_grad()(lambda: function(first if leaf is None else leaf.clone(), *sent))
    _backward(name, forbid, _run(name, forbid, work), torch.as_tensor(output_gradient))
    gradient = _gradients(first) if leaf is None else torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    return from_student(gradient, name)


@remote
def call_module(name: str, *args: Any, inputs: tuple = (), then: Iterable[tuple] = (),
                state: dict[str, torch.Tensor] | None = None, output_gradient: torch.Tensor | None = None,
                forbid: Iterable[str] = ()) -> CallResult:
    """Create a student's module and run it on the given inputs.

    Returns the module's outputs, weights and gradients. ``name`` is a class, or a function that returns a module.
    ``state`` is loaded first, if it is given. The module is called with ``inputs``, and then with each tuple of
    ``then``. With ``output_gradient``, of the shape of the first output, the backward pass runs as well.
    """
    import torch

    make, backward = _find(name), output_gradient is not None
    sent, inputs, then, state = to_student((args, tuple(inputs), tuple(then), state))

    def run() -> tuple[Any, tuple]:
        if state is not None:
            module.load_state_dict(state, strict=False)     # a module with two names is in the state once
        return module(*inputs), tuple(module(*more) for more in then)

    module = _run(name, forbid, lambda: make(*sent))
    if not issubclass(type(module), torch.nn.Module):
        raise CheckFailed(f"`{name}` returns {kind_of(module)}. Expected: a torch.nn.Module.")
    output, outputs = _run(name, forbid, torch.enable_grad()(run) if backward else run)
    if output_gradient is not None:
        _backward(name, forbid, output, output_gradient)
    weights = _run(name, forbid, lambda: dict(module.named_parameters()) | dict(module.named_buffers()))
    gradients = _run(name, forbid, lambda: _gradients(module)) if backward else {}
    return CallResult(*from_student((output, (), weights, gradients, outputs), name))


def _backward(name: str, forbid: Iterable[str], output: Any, gradient: torch.Tensor) -> None:
    import torch

    first = output[0] if type(output) in (tuple, list) and output else output
    if type(first) not in (torch.Tensor, torch.nn.Parameter) or not first.requires_grad:
        raise CheckFailed(f"[no-gradient] no gradient can flow through the output of `{name}`, which is "
                          f"{kind_of(first)} without a gradient. Is something detached, converted to NumPy, compared "
                          "with >, or computed under torch.no_grad()?")
    if first.shape != gradient.shape:
        raise CheckFailed(f"the output of `{name}` has the shape {tuple(first.shape)}. Expected: "
                          f"{tuple(gradient.shape)}.")
    _run(name, forbid, lambda: first.backward(gradient.clone()))


def _gradients(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {key: weight.grad for key, weight in module.named_parameters() if weight.grad is not None}


# ---------------------------------------------------------------- errors of the student's code


def _find(name: str) -> Callable:
    if name not in _names():
        raise CheckFailed(f"there is no `{name}` yet. Define it in its cell, then run the cells again.", "not-written")
    function = _names()[name]
    if not callable(function):
        raise CheckFailed(f"`{name}` is {kind_of(function)}. Expected: a function. Did you use the name for something "
                          "else?")
    return function


def _run(name: str, forbid: Iterable[str], work: Callable[[], Any]) -> Any:
    """Run the student's code and convert any exception except KeyboardInterrupt to CheckFailed.

    Raises NotChecked if the code needs a package that is not installed.
    """
    with forbidding(name, forbid, [_names().get(replaced) for replaced, _ in _replaced]):
        try:
            return work()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if (package := missing_package(error)) is not None:
                raise NotChecked(f"`{name}` needs {package}, which is not installed here.") from None
            message = safely(_about, name, error, otherwise=f"`{name}` stopped with an error that cannot be read")
        raise CheckFailed(message)


def _about(name: str, error: BaseException) -> str:
    text, (function, place, used) = short(error), _place(error)
    if type(error) is NotImplementedError and not text:
        own = function in (name, None) or function.startswith(("<", "__"))
        subject = f"`{name}` is" if own else f"`{name}` needs `{function}`, which is"
        return f"[not-written] {subject} not written yet: it raises NotImplementedError. Replace that line."
    return f"[error @ {used}] `{name}` stopped with {type_name(error)}{': ' if text else ''}{text}{place}"


def _place(error: BaseException) -> tuple[str | None, str, str]:
    """Return the student's function that raised an error, a text naming its line and cell, and the names used there."""
    place, cells, trace = (None, "", ""), {}, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        in_library = "site-packages" in code.co_filename or code.co_filename.endswith(".pyx")     # Cython
        if not in_library and not code.co_filename.startswith(LIBRARIES):
            first = cells.setdefault(code.co_filename, code.co_name)
            cell = "its cell" if code.co_filename == next(iter(cells)) else f"the cell with `{first}`"
            used = {step.argrepr for step in dis.get_instructions(code) if step.opcode not in dis.hasconst
                    and step.positions and step.positions.lineno == trace.tb_lineno}
            words = " ".join(sorted(used)).replace("]", "")[:500]     # newer Pythons have "[]", and "]" ends the cause
            place = code.co_name, f" (line {trace.tb_lineno} of {cell})", words
        trace = trace.tb_next
    return place
