"""What passes the wall comes out as it went in, and nothing else comes out."""

import base64
import importlib
import json
import sys

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib.checks import CheckFailed, ModuleState, Seed, bind, call, call_module, core, door, wire
from parity_lib.checks.plain import CallOnSame, CallResult, ModuleRun
from parity_lib.checks.points import POINTS
from parity_lib.checks.tripwire import MadeBy
from tests.submissions.bank import through_the_door

LSTM = ModuleState.of(nn.LSTM(1, 3, batch_first=True))


def same(one, other):
    """Whether two plain values are the same, their types and dtypes included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one.nan_to_num(7), other.nan_to_num(7))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (ModuleState, ModuleRun, CallResult, CallOnSame)):
        return same(vars(one), vars(other))
    return one == other or one != one


PLAIN = [
    None, True, 7, -2.5, float("nan"), float("-inf"), 1j, "ü \n '\"", b"\0\xff", [], [1, [2]], (), (1, (2, "x")),
    {"a": 1, "tuple": (2,)}, {}, Seed(3), LSTM, np.arange(6).reshape(2, 3), np.array(2.5), np.array([]),
    np.zeros((0, 3), np.float32), np.array(["a", "bc"]), np.array([True, False]), np.array([1 + 2j], np.complex64),
    np.array(["2026-01-01"], "datetime64[D]"), np.arange(6).reshape(2, 3).T, np.float32(1.5), np.bool_(True),
    np.int64(3),
    torch.arange(6).reshape(2, 3), torch.tensor(2.5), torch.zeros(0, 4), torch.tensor([True]), torch.ones(3).bfloat16(),
    torch.ones(2, dtype=torch.complex64), torch.arange(6.0).reshape(2, 3).T, torch.tensor([torch.nan]),
    ModuleRun(torch.ones(2), {"w": torch.ones(1)}, {}, None, (torch.ones(1),)), [CallResult(1.5, (LSTM,))],
    [CallOnSame([1], ([2],))],
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_data_comes_out_as_it_went_in(value):
    assert same(wire.unpack(wire.pack(value)), value)


def ready():
    """Everything that the checks forbid."""
    for exercise in POINTS:
        importlib.import_module(f"parity_lib.checks.{exercise}")
    checks = [module for name, module in sorted(sys.modules.items()) if name.startswith("parity_lib.checks.")]
    return [one for module in checks for key, many in vars(module).items() if key.startswith("READY") for one in many]


def test_what_is_forbidden_is_found_again_on_the_other_side():
    forbidden = ready()
    assert len(forbidden) > 30
    for one in forbidden:
        again, = wire.unpack(wire.pack([one]), trusted=True)
        assert again == one if isinstance(one, MadeBy) else again is one


def test_a_stranger_names_no_function():
    for text in (wire.pack([nn.LSTM]), wire.pack([MadeBy(nn.LSTM, "x")])):
        with pytest.raises(CheckFailed):
            wire.unpack(text)


def test_only_functions_of_known_libraries_are_named():
    with pytest.raises(CheckFailed):
        wire.unpack('[{"from": ["shutil", "rmtree"]}]', trusted=True)
    with pytest.raises(ValueError, match="no place in a library"):
        wire.pack(lambda: 0)


NUMBERS = base64.b64encode(b"12345678").decode()
LIES = {
    "no JSON": "{",
    "two kinds": '{"array": 1, "tensor": 2}',
    "no kind": "{}",
    "unknown kind": '{"pickle": "gASVAAAA"}',
    "too few numbers": json.dumps({"array": ["<f8", [2], NUMBERS]}),
    "endless shape": json.dumps({"array": ["<f8", [10**12], NUMBERS]}),
    "negative shape": json.dumps({"array": ["<f8", [-1], NUMBERS]}),
    "shape of words": json.dumps({"array": ["<f8", ["1"], NUMBERS]}),
    "objects": json.dumps({"array": ["|O", [1], NUMBERS]}),
    "record": json.dumps({"array": ["V8", [1], NUMBERS]}),
    "numbers of no size": json.dumps({"array": ["<U0", [10**9], ""]}),
    "no base64": json.dumps({"array": ["<f8", [1], "§§§"]}),
    "tensor of no type": json.dumps({"tensor": ["qint8", [8], NUMBERS]}),
    "module of another class": json.dumps({"module": ["Module", {"dict": []}, {"dict": []}]}),
    "module without weights": json.dumps({"module": ["LSTM", {"dict": [["input_size", 1], ["hidden_size", 3]]},
                                                     {"dict": []}]}),
    "module too large": json.dumps({"module": ["RNN", {"dict": [["input_size", 1], ["hidden_size", 10**6]]},
                                               {"dict": []}]}),
    "module of layers without end": json.dumps({"module": ["RNN", {"dict": [["input_size", 1], ["hidden_size", 1],
                                                                            ["num_layers", 10**9]]}, {"dict": []}]}),
    "dict of no names": json.dumps({"dict": [[[1], 2]]}),
    "seed of words": '{"seed": "1"}',
    "run of too few parts": '{"ModuleRun": [1]}',
    "deeper than any stack": "[" * 100_000 + "]" * 100_000,
    "a number without end": "1" * 100_000,
}


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_what_is_no_plain_data_fails_the_check(text):
    with pytest.raises(CheckFailed, match="cannot be read"):
        wire.unpack(text)


def test_there_is_an_end_to_what_passes(monkeypatch):
    monkeypatch.setattr(wire, "LONGEST", 100)
    with pytest.raises(ValueError, match="at most 100 can pass"):
        wire.pack("x" * 101)
    with pytest.raises(CheckFailed):
        wire.unpack('"' + "x" * 101 + '"')


def test_what_is_no_plain_data_does_not_leave(student):
    with pytest.raises(ValueError, match="object is no plain data"):
        wire.pack(object())
    with pytest.raises(ValueError, match="deep"):
        wire.pack(nested(100))


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_call_through_the_door_is_the_call(student):
    student.double = lambda x: 2 * x
    student.fails = lambda: 1 / 0
    with core.elsewhere(through_the_door):
        assert torch.equal(call("double", torch.ones(2)), torch.full((2,), 2.0))
        with pytest.raises(CheckFailed, match="`fails` stopped with ZeroDivisionError"):
            call("fails")
        with pytest.raises(CheckFailed, match="there is no `other` yet"):
            call("other")
    bind(None)


def test_what_is_too_much_is_said(student, monkeypatch):
    student.much = lambda: np.zeros(100_000)
    monkeypatch.setattr(wire, "LONGEST", 10_000)
    with core.elsewhere(through_the_door), pytest.raises(CheckFailed, match="`much` gives more than can be read"):
        call("much")


@pytest.mark.parametrize("text", [None, 3, "", "[]", '["value"]', '["other", 1]', '{"dict": []}',
                                  '["value", {"x": 1}]'], ids=str)
def test_what_is_no_answer_fails_the_check(text):
    with pytest.raises(CheckFailed, match="cannot be read"):
        door.read(text)


def test_a_failure_is_told_in_few_words():
    with pytest.raises(CheckFailed) as caught:
        door.read(json.dumps(["failed", "x" * 10**6]))
    assert len(str(caught.value)) == door.MOST_WORDS


def test_a_name_can_be_lent_through_the_door(student):
    from parity_lib.checks.no_teacher_forcing.ends import _last_valid
    student.last_valid = lambda outputs, lengths: 0
    student.asks = lambda outputs, lengths: student.last_valid(outputs, lengths)
    outputs, lengths = torch.arange(6.0).reshape(2, 3, 1), torch.tensor([1, 3])
    with core.elsewhere(through_the_door):
        with core.lending("last_valid", _last_valid):
            assert call("asks", outputs, lengths).flatten().tolist() == [0, 5]
        assert call("asks", outputs, lengths) == 0


def test_a_module_runs_on_the_other_side(student):
    student.Net = lambda: nn.Linear(1, 1)
    with core.elsewhere(through_the_door):
        ran = call_module("Net", inputs=(torch.ones(2, 1),), output_gradient=torch.ones(2, 1))
    assert isinstance(ran, ModuleRun)
    assert ran.gradients["bias"].tolist() == [2]
