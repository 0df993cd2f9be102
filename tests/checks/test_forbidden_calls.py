"""Forbidden functions are recognised however they are called, and similar functions are allowed."""

import contextlib
import operator
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn

import parity_checks as checks
from parity_checks import call, core, two_unit_search
from parity_checks.no_teacher_forcing import labels
from parity_lib import data, models, numpy_rnn
from tests.checks.helpers import says


class Sub(nn.RNN):
    """A subclass with the forward pass of its parent."""


BITS = np.ones((2, 3), dtype=int)
WEIGHTS = np.ones((2, 1)), np.ones((2, 2)), np.ones(2), np.ones((1, 2)), np.ones(1)
PARITY, RNN = "parity_lib.data:running_parity", "torch.nn:RNN"
DECORATED = f"{__name__}:decorated"
READY = {
    "a function": (PARITY, lambda: data.running_parity(BITS)),
    "map": (PARITY, lambda: list(map(data.running_parity, [BITS])) and 0),
    "a method": ("parity_lib.numpy_rnn:NumpyRNN.from_torch",
                 lambda: numpy_rnn.NumpyRNN.from_torch(models.ParityRNN(2, "tanh")) and 0),
    "a subclass": (RNN, lambda: Sub(1, 2)(torch.ones(3, 1))[0]),
    "a NumPy function": ("numpy:cumsum", lambda: np.cumsum(BITS)),
    "torch": ("torch:rnn_tanh_cell", lambda: torch.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "a torch operator": ("torch:rnn_tanh_cell", lambda: torch.ops.aten.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "a torch overload": ("torch:rnn_tanh_cell", lambda: torch.ops.aten.rnn_tanh_cell.default(*[torch.ones(1, 1)] * 4)),
    "torch._VF": ("torch:rnn_tanh_cell", lambda: torch._VF.rnn_tanh_cell(*[torch.ones(1, 1)] * 4)),
    "making an object": ("parity_lib.numpy_rnn:NumpyRNN.__init__",
                         lambda: numpy_rnn.NumpyRNN(*[np.ones((1, 1))] * 5) and 0),
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
    student.mine = lambda: sys.setprofile(None) or two_unit_search.is_proved(WEIGHTS)
    with says("`mine` sets or stops a profiler"):
        call("mine")


@pytest.mark.parametrize(("function", "answer"), [
    ("is_proved", lambda: two_unit_search.is_proved(WEIGHTS)),
    ("cut_parity", lambda: labels.cut_parity(BITS, np.array([1, 2]))),
])
def test_the_functions_of_the_checks_are_always_forbidden_unless_they_replace_a_wrong_one(student, function, answer):
    student.mine = answer
    with says(f"`mine` calls `parity_checks: {function}`, which is the ready answer to this task"):
        call("mine")
    student.parity = None
    core.replace("parity", "parity_checks.no_teacher_forcing.labels:cut_parity")
    try:
        student.mine = lambda: student.parity(BITS, np.array([1, 2]))
        assert call("mine").tolist() == [1, 0]
        student.mine = lambda: student.parity(BITS, labels.draw_strings(np.random.default_rng(0), 2, 3)[1])
        with says("`mine` calls `parity_checks: draw_strings`"):
            call("mine")
    finally:
        core.restore()


def test_code_may_ask_whether_it_is_graded(student):
    student.mine = lambda: checks.grading() and checks.seed_of("s1234567")
    assert call("mine") is False


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
