"""Forbidden functions are recognised however they are called, and similar functions are allowed."""

import contextlib
import operator
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn

from parity_checks import call
from parity_lib import data, models
from tests.checks.helpers import says


class Sub(nn.RNN):
    """A subclass with the forward pass of its parent."""


BITS = np.ones((2, 3), dtype=int)
PARITY, RNN = "parity_lib.data:running_parity", "torch.nn:RNN"
DECORATED = f"{__name__}:decorated"
READY = {
    "a function": (PARITY, lambda: data.running_parity(BITS)),
    "map": (PARITY, lambda: list(map(data.running_parity, [BITS])) and 0),
    "a method": ("parity_lib.models:NumpyRNN.from_torch",
                 lambda: models.NumpyRNN.from_torch(models.ParityRNN(2, "tanh")) and 0),
    "a subclass": (RNN, lambda: Sub(1, 2)(torch.ones(3, 1))[0]),
    "a NumPy function": ("numpy:cumsum", lambda: np.cumsum(BITS)),
    "torch": ("torch:rnn_tanh_cell", lambda: torch.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "a torch operator": ("torch:rnn_tanh_cell", lambda: torch.ops.aten.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "a torch overload": ("torch:rnn_tanh_cell", lambda: torch.ops.aten.rnn_tanh_cell.default(*[torch.ones(1, 1)] * 4)),
    "torch._VF": ("torch:rnn_tanh_cell", lambda: torch._VF.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "making an object": ("parity_lib:NumpyRNN.__init__", lambda: models.NumpyRNN(*[np.ones((1, 1))] * 5) and 0),
    "a decorated function": (DECORATED, lambda: decorated(BITS)),
}


@torch.no_grad()
def decorated(bits):
    return bits.cumsum(axis=1) % 2


@pytest.mark.parametrize(("reference", "answer"), READY.values(), ids=READY)
def test_the_ready_answer_is_found_however_it_is_called(student, reference, answer):
    student.mine = answer
    assert call("mine") is not None
    label = reference.removesuffix(".__init__").replace(":", ".")
    with says(f"`mine` calls `{label}`, which is the ready answer to this task. Write it yourself"):
        call("mine", forbid=(reference,))


@pytest.mark.parametrize(("references", "answer"), [
    ((DECORATED,), lambda: torch.no_grad()(operator.neg)(1)),
    (("torch.nn:LSTM", "builtins:sum", "no_such_library:sum"), lambda: [nn.RNN(1, 2)(torch.ones(3, 1))[0], max(1, 2)]),
    ((), lambda: data.running_parity(BITS)),
])
def test_similar_functions_are_allowed(student, references, answer):
    student.mine = answer
    call("mine", forbid=references)


def test_it_is_found_if_the_error_is_caught_or_raised_or_in_a_thread(student):
    def raises():
        data.running_parity(BITS)
        raise ValueError

    def catches():
        with contextlib.suppress(BaseException):
            data.running_parity(BITS)

    def in_a_thread():
        thread = threading.Thread(target=data.running_parity, args=(BITS,))
        thread.start()
        thread.join()

    for student.mine in (raises, catches, in_a_thread):
        with says("`mine` calls `parity_lib.data.running_parity`"):
            call("mine", forbid=(PARITY,))
    assert threading.getprofile() is None


def test_a_student_who_stops_the_profiler_is_noticed(student):
    student.mine = lambda: sys.setprofile(None) or data.running_parity(BITS)
    with says("`mine` sets or stops a profiler"):
        call("mine", forbid=(PARITY,))
    assert call("mine").shape == (2, 3), "if nothing is forbidden, a profiler is allowed"


@pytest.mark.parametrize("reference", ["numpy:bitwise_xor", "builtins:str.count"])
def test_a_function_that_a_profiler_cannot_recognise_cannot_be_forbidden(student, reference):
    student.mine = lambda: 0
    with pytest.raises(ValueError, match="cannot be forbidden"):
        call("mine", forbid=(reference,))


def test_profilers_of_other_tools_stay_active(student):
    student.mine = lambda: len(BITS)
    seen = []
    profiler = lambda frame, event, arg: seen.append(event)  # noqa: E731
    sys.setprofile(profiler)
    try:
        call("mine", forbid=(PARITY,))
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
    assert seen
