"""Forbidden functions are recognised however they are called, and similar functions are allowed."""

import contextlib
import cProfile
import functools
import operator
import sys
import threading
import types

import numpy as np
import pytest
import torch
from torch import nn

from parity_checks import call, call_module
from parity_lib import data, models
from tests.checks.helpers import Net, says


class Sub(nn.RNN):
    """A cell of my own."""


BITS = np.ones((2, 3), dtype=int)
READY = {
    "a function": (data.running_parity, lambda: data.running_parity(BITS), "running_parity"),
    "an alias": (data.running_parity, lambda f=data.running_parity: functools.partial(f, BITS)(), "running_parity"),
    "swallowed": (data.running_parity, lambda: [data.running_parity(BITS), contextlib.suppress(Exception)] and 0,
                  "running_parity"),
    "within map": (data.running_parity, lambda: list(map(data.running_parity, [BITS])) and 0, "running_parity"),
    "its code": (data.running_parity, lambda: types.FunctionType(data.running_parity.__code__, vars(data))(BITS),
                 "running_parity"),
    "a method": (models.NumpyRNN.from_torch, lambda: models.NumpyRNN.from_torch(models.ParityRNN(2, "tanh")) and 0,
                 "from_torch"),
    "a module": (nn.RNN, lambda: nn.RNN(1, 2)(torch.ones(3, 1))[0], "RNN"),
    "a subclass": (nn.RNN, lambda: Sub(1, 2)(torch.ones(3, 1))[0], "RNN"),
    "another class": (models.NumpyRNN, lambda: models.NumpyRNN(*[np.ones((1, 1))] * 5) and 0, "NumpyRNN"),
    "a NumPy function": (np.cumsum, lambda: np.cumsum(BITS), "cumsum"),
    "a builtin": (sum, lambda: sum([1, 2]), "sum"),
    "torch": (torch.rnn_tanh_cell, lambda: torch.rnn_tanh_cell(*[torch.ones(1, 1)] * 4), "rnn_tanh_cell"),
    "by reference": ("parity_lib.data:running_parity", lambda: data.running_parity(BITS), "running_parity"),
    "making an object": ("parity_lib:NumpyRNN.__init__", lambda: models.NumpyRNN(*[np.ones((1, 1))] * 5) and 0,
                         "parity_lib.NumpyRNN"),
}


@pytest.mark.parametrize(("target", "answer", "label"), READY.values(), ids=READY)
def test_the_ready_answer_is_found_however_it_is_reached(student, target, answer, label):
    student.mine = answer
    assert call("mine") is not None
    with says(f"`mine` calls `{label}`, which is the ready answer to this task. Write it yourself"):
        call("mine", forbid=(target,))


@pytest.mark.parametrize(("targets", "answer"), [
    ((torch.no_grad()(data.running_parity),), lambda: torch.no_grad()(operator.neg)(1)),
    ((nn.LSTM, sum, "no_such_library:sum"), lambda: [nn.RNN(1, 2)(torch.ones(3, 1))[0], max(1, 2)]),
    ((), lambda: data.running_parity(BITS)),
])
def test_what_is_near_to_it_is_allowed(student, targets, answer):
    student.mine = answer
    call("mine", forbid=targets)


def test_a_decorated_function_is_found_by_what_is_inside(student):
    student.mine = lambda: torch.no_grad()(data.running_parity)(BITS)
    with says("calls `running_parity`"):
        call("mine", forbid=(torch.no_grad()(data.running_parity),))


def test_it_is_found_where_the_error_is_swallowed_or_raised_or_in_a_thread(student):
    def raises():
        data.running_parity(BITS)
        raise ValueError

    def in_a_thread():
        thread = threading.Thread(target=data.running_parity, args=(BITS,))
        thread.start()
        thread.join()
        return 1

    for student.mine in (raises, in_a_thread):
        with says("`mine` calls `running_parity`"):
            call("mine", forbid=(data.running_parity,))
    assert threading.getprofile() is None


def test_it_is_found_within_a_module(student):
    student.Net = Net
    with says("`Net` calls `RNN`"):
        call_module("Net", 2, inputs=(torch.ones(1, 2, 1),), forbid=(nn.RNN,))


def test_turning_the_watch_off_is_noticed(student):
    student.mine = lambda: sys.setprofile(None) or data.running_parity(BITS)
    with says("`mine` sets or stops a profiler"):
        call("mine", forbid=(data.running_parity,))
    assert call("mine").shape == (2, 3), "where nothing is forbidden, nobody minds"


def test_what_cannot_be_recognised_cannot_be_forbidden(student):
    student.mine = lambda: 0
    for target in (dict, 3, functools.partial(sum), np.bitwise_xor, str.count):
        with pytest.raises(ValueError, match="cannot be forbidden"):
            call("mine", forbid=(target,))


def test_profilers_and_tracers_of_others_are_given_back(student):
    student.mine = lambda: len(BITS)
    seen = []

    def other(frame, event, arg):
        seen.append(event)

    sys.setprofile(other)
    try:
        call("mine", forbid=(data.running_parity,))
        assert sys.getprofile() is other
    finally:
        sys.setprofile(None)
    assert seen

    traced, before = [], sys.gettrace()
    sys.settrace(lambda frame, event, arg: traced.append(frame.f_code.co_name))
    try:
        call("mine", forbid=(data.running_parity,))
    finally:
        sys.settrace(before)
    assert "_run" in traced

    profile = cProfile.Profile()
    profile.enable()
    call("mine", forbid=(data.running_parity,))
    student.mine()
    profile.disable()
    assert any("mine" in str(entry.code) or "<lambda>" in str(entry.code) for entry in profile.getstats())
    with says("calls `running_parity`"):
        student.mine = lambda: data.running_parity(BITS)
        call("mine", forbid=(data.running_parity,))
