"""Serialisation and RPC: plain data arrives as it was sent, and nothing else arrives."""

import base64
import importlib
import json
import sys
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from parity_checks import CallResult, CheckFailed, ModuleState, Seed, call, core, rpc, serialise
from parity_checks.forbidden_calls import forbidden_code
from parity_checks.points import POINTS
from tests.submissions.bank import through_rpc

CORRECT_ACCURACY = "parity_checks.varying_lengths:correct_masked_accuracy"
CALLS = partial(through_rpc, set())
LSTM = ModuleState.of(nn.LSTM(1, 3, batch_first=True))


PLAIN = [
    None, True, 7, -2.5, float("nan"), float("-inf"), "ü \n '\"", [], [1, [2]], (), (1, (2, "x")),
    {"a": 1, "tuple": (2,)}, {}, Seed(3), Seed(3, for_torch=True), LSTM, np.arange(6).reshape(2, 3), np.array(2.5),
    np.array([]), np.zeros((0, 3), np.float32), np.array(["a", "bc"]), np.array([True, False]),
    np.array([1 + 2j], np.complex64),
    np.array(["2026-01-01"], "datetime64[D]"), np.arange(6).reshape(2, 3).T, np.float32(1.5), torch.tensor(2.5),
    torch.zeros(0, 4), torch.tensor([True]), torch.arange(6.0).reshape(2, 3).T, torch.tensor([torch.nan]),
    CallResult(torch.ones(2), state={"w": torch.ones(1)}, then=(torch.ones(1),)), [CallResult(1.5, ([2],), (LSTM,))],
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_unpack_undoes_pack(value):
    text = serialise.pack(value)
    received = serialise.unpack(text)
    assert type(received) is type(value)
    assert serialise.pack(received) == text
    assert str(received) == str(value)


def forbidden_functions():
    """Return the references of all functions that the checks forbid."""
    for exercise in POINTS:
        importlib.import_module(f"parity_checks.{exercise}")
    checks = [module for name, module in sorted(sys.modules.items()) if name.startswith("parity_checks.")]
    return {reference for module in checks for name, references in vars(module).items() if name.startswith("READY")
            for reference in references}


def test_every_forbidden_function_exists_and_can_be_recognised():
    references = forbidden_functions()
    assert len(references) > 30
    for reference in references:
        assert len(set(forbidden_code([reference]).values())) == 1, reference


NUMBERS = base64.b64encode(b"12345678").decode()
LIES = {
    "no JSON": "{",
    "unknown kind": '{"pickle": "gASVAAAA"}',
    "too few numbers": json.dumps({"array": ["<f8", [2], NUMBERS]}),
    "endless shape": json.dumps({"array": ["<f8", [10**12], NUMBERS]}),
    "objects": json.dumps({"array": ["|O", [1], NUMBERS]}),
    "numbers of no size": json.dumps({"array": ["<U0", [10**9], ""]}),
    "tensor of no type": json.dumps({"tensor": ["qint8", [8], NUMBERS]}),
    "module of another class": json.dumps({"module": ["Module", {"dict": []}, {"dict": []}]}),
    "module too large": json.dumps({"module": ["RNN", {"dict": [["input_size", 1], ["hidden_size", 10**6]]},
                                               {"dict": []}]}),
    "module of layers without end": json.dumps({"module": ["RNN", {"dict": [["input_size", 1], ["hidden_size", 1],
                                                                            ["num_layers", 10**9]]}, {"dict": []}]}),
    "seed of words": '{"seed": "1"}',
    "result of too many parts": '{"result": [1, 2, 3, 4, 5, 6, 7]}',
    "deeper than any stack": "[" * 100_000 + "]" * 100_000,
    "a number without end": "1" * 100_000,
}


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_text_that_is_not_plain_data_fails_the_check(text):
    with pytest.raises(CheckFailed, match="cannot be read"):
        serialise.unpack(text)


def test_a_message_has_a_maximal_length(monkeypatch):
    monkeypatch.setattr(serialise, "MAX_CHARACTERS", 100)
    with pytest.raises(CheckFailed, match="more than can be read, 103 characters"):
        serialise.pack("x" * 101)
    with pytest.raises(CheckFailed):
        serialise.unpack('"' + "x" * 101 + '"')


@pytest.mark.parametrize("text", ["[[], [], []]", '[{"tuple": []}]'])
def test_a_message_has_a_maximal_number_of_lists(monkeypatch, text):
    serialise.unpack(text)
    monkeypatch.setattr(serialise, "MAX_LISTS", 2)
    with pytest.raises(CheckFailed, match="too much of it"):
        serialise.unpack(text)


def test_other_objects_cannot_be_packed(student):
    with pytest.raises(CheckFailed, match="returns a value of type object"):
        serialise.pack(object())
    endless = []
    endless.append(endless)
    with pytest.raises(CheckFailed, match="deep"):
        serialise.pack(endless)


def test_a_remote_call_returns_and_fails_as_a_call_does(student):
    student.double = lambda x: 2 * x
    student.fails = lambda: 1 / 0
    with core.remote_calls(CALLS):
        assert torch.equal(call("double", torch.ones(2)), torch.full((2,), 2.0))
        with pytest.raises(CheckFailed, match="`fails` stopped with ZeroDivisionError"):
            call("fails")
        with pytest.raises(CheckFailed, match="there is no `other` yet"):
            call("other")


def test_too_large_a_result_is_reported(student, monkeypatch):
    student.much = lambda: np.zeros(100_000)
    monkeypatch.setattr(serialise, "MAX_CHARACTERS", 10_000)
    with core.remote_calls(CALLS), pytest.raises(CheckFailed, match="`much` returns more than can be read"):
        call("much")


@pytest.mark.parametrize("text", [None, 3, "", "[]", '["value"]', '["other", 1]', '{"dict": []}',
                                  '["value", {"x": 1}]'], ids=str)
def test_text_that_is_not_an_answer_fails_the_check(text):
    with pytest.raises(CheckFailed, match="cannot be read"):
        rpc.read(text)


def test_the_message_of_a_failure_is_cut():
    with pytest.raises(CheckFailed) as caught:
        rpc.read(json.dumps(["failed", "x" * 10**6]))
    assert len(str(caught.value)) == rpc.MAX_MESSAGE


def test_a_function_is_replaced_while_its_own_check_fails(student):
    from parity_checks.varying_lengths import masked_accuracy

    student.masked_accuracy = lambda logits, targets, mask: 7.0
    student.uses_it = lambda: student.masked_accuracy(torch.ones(1, 1, 1), torch.ones(1, 1, 1), torch.tensor([[True]]))
    with core.remote_calls(CALLS):
        with core.replaced_if_wrong(("masked_accuracy", masked_accuracy, CORRECT_ACCURACY)):
            assert call("uses_it") == 1
        assert call("uses_it") == 7
