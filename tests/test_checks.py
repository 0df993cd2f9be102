"""The machinery of checks: whatever a student's code does, what comes out is a value or a message, never a trace."""

import collections
import contextlib
import cProfile
import functools
import io
import json
import logging
import operator
import os
import re
import subprocess
import sys
import textwrap
import threading
import time
import types
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from parity_lib import checks, data, models
from parity_lib.checks import (
    CheckFailed,
    ModuleState,
    Seed,
    call,
    call_gradient,
    call_module,
    call_steps,
    core,
    expect,
    reporting,
)


@pytest.fixture
def student():
    """The student's names: a namespace that the checks look into for one test."""
    names = types.SimpleNamespace()
    checks.bind(vars(names))
    yield names
    checks.bind(None)


@pytest.fixture(autouse=True)
def _nothing_on_stderr(capfd):
    """A word on stderr would cost the points of a test cell."""
    yield
    assert capfd.readouterr().err == ""


@contextlib.contextmanager
def says(*fragments):
    """The block fails with a CheckFailed, and nothing else, whose message has each of these."""
    with pytest.raises(CheckFailed) as caught:
        yield caught
    message = str(caught.value)
    assert type(caught.value) is CheckFailed
    assert caught.value.__suppress_context__ or caught.value.__context__ is None, "the student would see two errors"
    for fragment in fragments:
        assert fragment in message, message


class Hostile:
    """Raises or lies at every question."""

    def _no(self, *_args, **_kwargs):
        raise RuntimeError("do not touch me")

    __eq__ = __bool__ = __len__ = __iter__ = __array__ = __repr__ = __str__ = __getattr__ = __float__ = _no
    __hash__ = None
    __class__ = property(_no)


class Liar(type):
    """A metaclass by which every class looks like any other."""

    __eq__ = lambda cls, other: True  # noqa: E731
    __hash__ = lambda cls: 0  # noqa: E731
    __name__ = property(lambda cls: 1 / 0)
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True


class Lie(metaclass=Liar):
    pass


class BadText(Exception):
    def __str__(self):
        raise ValueError("no text for you")


# ---------------------------------------------------------------- call: values in and out


def test_what_goes_in_is_a_copy_and_what_comes_out_too(student):
    kept = {}

    def keep(bits, logits, table):
        kept["bits"] = bits
        bits[:] = 7
        logits.fill_(7)
        table["more"] = bits
        table["list"].append(1)
        return bits

    student.keep = keep
    bits, logits, table = np.zeros(3), torch.zeros(3, requires_grad=True), {"list": []}
    result = call("keep", bits, logits, table=table)
    assert (bits == 0).all()
    assert (logits == 0).all()
    assert table == {"list": []}
    kept["bits"][:] = 8
    assert (result == 7).all(), "the result does not change behind the check's back"


@pytest.mark.parametrize("value", [1, 2.5, True, None, "word", b"bytes", 1j, np.float32(2), np.bool_(True), (),
                                   [1, (2.0, "x")], {"a": [1], "b": None}])
def test_plain_data_comes_back_as_it_is(student, value):
    student.give = lambda: value
    assert call("give") == value
    assert type(call("give")) is type(value)


def test_arrays_and_tensors_come_back_plain_and_without_a_gradient(student):
    weight = torch.ones(2, requires_grad=True)
    student.give = lambda: [weight * 2, nn.Parameter(torch.ones(2)), torch.ones(2, dtype=torch.complex64).conj(),
                            np.ones(2)[::-1], np.matrix([[1, 2]]), np.ma.masked_array([1, 2]),
                            np.ones(2).view(np.recarray)]
    result = call("give")
    assert [type(one) for one in result] == [torch.Tensor] * 3 + [np.ndarray] * 4
    assert not any(one.requires_grad for one in result[:3])
    assert result[4].tolist() == [[1, 2]]


def test_subclasses_of_tuples_lists_and_dicts_come_back_as_such(student):
    point = collections.namedtuple("Rate", "rate low high")

    class Numbers(list):
        def __iter__(self):
            raise RuntimeError("no")

    student.give = lambda: (point(0.5, 0.1, 0.9), Numbers([1, 2]), collections.OrderedDict(a=1),
                            collections.defaultdict(list, {2: 3}), torch.ones(2).max(dim=0))
    assert call("give") == ((0.5, 0.1, 0.9), [1, 2], {"a": 1}, {"2": 3}, (torch.tensor(1.0), torch.tensor(0)))


def test_methods_that_an_object_overrides_are_not_asked(student):
    def tensor():
        one = torch.zeros(2)
        one.detach = one.clone = one.cpu = lambda: torch.ones(2)
        return one

    student.tensor = tensor
    assert call("tensor").tolist() == [0, 0]

    class Always(np.ndarray):
        def __eq__(self, other):
            return np.bool_(True)

        def copy(self):
            return np.ones(2)

    student.array = lambda: np.zeros(2).view(Always)
    result = call("array")
    assert type(result) is np.ndarray
    assert result.tolist() == [0, 0]


def made(name, *bases, **methods):
    return type(name, bases, methods)


REFUSED = [
    (Hostile, "returns something of type Hostile"),
    (Lie, "returns something of type Lie"),
    (lambda: Lie, "returns something of type Liar"),
    (lambda: [1, Hostile()], "returns something of type Hostile"),
    (lambda: made("Evil", np.float64, __eq__=lambda *_: True)(1), "returns something of type Evil"),
    (lambda: made("Evil", int, __eq__=lambda *_: True)(1), "returns something of type Evil"),
    (lambda: made("Evil", torch.Tensor)([1.0]), "returns something of type Evil"),
    (lambda: (n for n in range(3)), "of type generator. Expected: a number, a string, an array or a tensor."),
    (lambda: {1, 2}, "returns something of type set"),
    (lambda: print, "returns something of type builtin_function_or_method"),
    (lambda: nn.Bilinear(1, 1, 1), "returns something of type Bilinear"),
    (lambda: {(1, 2): 1}, "a dict in which a key is something of type tuple"),
    (lambda: {Lie: 1}, "a dict in which a key is something of type Liar"),
    (lambda: np.array([1, None]), "an array of Python objects (dtype object)"),
    (lambda: np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "an array of Python objects"),
    (lambda: np.ma.masked_array([1, 2], mask=[False, True]), "a masked array in which some values are hidden"),
    (lambda: torch.ones(2, 2).to_sparse(), "a tensor without plain numbers in it"),
    (lambda: torch.ones(2, device="meta"), "a tensor without plain numbers in it"),
    (lambda: nn.utils.rnn.pack_sequence([torch.ones(2)]), "pad_packed_sequence makes one of it"),
]


@pytest.mark.parametrize(("give", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_anything_else_is_refused_by_name(student, give, words):
    student.give = give
    with says("`give`", words):
        call("give")


def test_lists_in_themselves_are_refused(student):
    def circle():
        inside = []
        inside.append(inside)
        return inside

    student.circle = circle
    with says("more than 50 deep"):
        call("circle")


def test_a_result_that_breaks_while_it_is_read_is_refused(student):
    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(lambda *_: 1 / 0)
    student.give = lambda: layer
    with says("what `give` returns cannot be read: ZeroDivisionError"):
        call("give")
    layer.register_state_dict_pre_hook(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        call("give")


def test_a_generator_travels_as_its_seed(student):
    student.draw = lambda rng, more: [rng.integers(100, size=5), more[0].random()]
    ours = np.random.default_rng(3)
    numbers, more = call("draw", Seed(3), more=(Seed(4),))
    assert numbers.tolist() == ours.integers(100, size=5).tolist()
    assert more == np.random.default_rng(4).random()


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("module", [
    nn.RNN(2, 3, num_layers=2, nonlinearity="relu", batch_first=True), nn.LSTM(1, 4, proj_size=2),
    nn.LSTM(1, 2, bidirectional=True).double(), nn.GRU(1, 2, bias=False), nn.RNNCell(1, 2, nonlinearity="relu"),
    nn.LSTMCell(1, 2), nn.GRUCell(1, 2, bias=False), nn.Linear(3, 1), nn.Linear(3, 1, bias=False),
], ids=lambda module: type(module).__name__)
def test_a_module_travels_as_its_class_arguments_and_weights(student, module):
    student.same = lambda given: given
    state = call("same", ModuleState.of(module))
    assert state.cls == type(module).__name__
    again = state.build()
    shape = (4, getattr(module, "input_size", 3)) if isinstance(module, nn.RNNCellBase) else \
        (4, 3, getattr(module, "input_size", 3))
    inputs = torch.randn(shape, dtype=next(module.parameters()).dtype)
    ours, theirs = again(inputs), module(inputs)
    assert torch.equal(*((ours[0], theirs[0]) if isinstance(ours, tuple) else (ours, theirs)))
    assert repr(again) == repr(module)


def test_a_module_without_weights_given_is_new():
    assert ModuleState("Linear", {"in_features": 2, "out_features": 1}).build().weight.shape == (1, 2)


# ---------------------------------------------------------------- call: what can go wrong


def test_names_are_looked_up_in_the_notebook():
    main = sys.modules["__main__"]
    assert not checks.defined("parity_of_nothing")
    with says("there is no `parity_of_nothing` yet. Define it in its cell, run that cell, then this one."):
        call("parity_of_nothing")
    with says("there is no `parity_of_nothing` yet"):
        call_module("parity_of_nothing")
    main.parity_of_nothing = lambda: 0
    try:
        assert checks.defined("parity_of_nothing")
        assert call("parity_of_nothing") == 0
    finally:
        del main.parity_of_nothing


def test_what_is_no_function_is_said_to_be_none(student):
    student.parity = 3
    with says("`parity` is something of type int. Expected: a function. Was the name used for something else?"):
        call("parity")
    student.parity = None
    with says("`parity` is None"):
        call("parity")


def raising(error):
    def function(*_):
        raise error
    return function


@pytest.mark.parametrize(("error", "words"), [
    (ValueError("two\n  lines"), "stopped with ValueError: two lines (line "),
    (ValueError(), "stopped with ValueError (line "),
    (ValueError("x" * 5000), "x" * 300 + " …"),
    (BadText(), "stopped with BadText: (an error whose text cannot be read)"),
    (SystemExit(1), "stopped with SystemExit: 1"),
    (GeneratorExit(), "stopped with GeneratorExit"),
    (CheckFailed("all is well"), "stopped with CheckFailed: all is well"),
    (NotImplementedError(), "`function` needs"),
    (NotImplementedError("not for Long"), "stopped with NotImplementedError: not for Long"),
    (ExceptionGroup("many", [ValueError()]), "stopped with ExceptionGroup: many"),
    (type("Odd", (Exception,), {"__traceback__": property(lambda self: 1 / 0)})(), "an error that cannot be read"),
], ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "")
def test_an_error_becomes_a_message(student, error, words):
    student.step = raising(error)
    with says("`step` ", words.replace("`function` needs", "`step` needs `function`, which is not written yet")):
        call("step")


def test_a_stub_is_not_written_yet(student):
    exec("def step():\n    raise NotImplementedError()", vars(student))
    with says("`step` is not written yet: it raises NotImplementedError. Replace that line."):
        call("step")
    exec("def loop():\n    return step()", vars(student))
    with says("`loop` needs `step`, which is not written yet"):
        call("loop")


def test_the_line_is_the_students_and_not_a_librarys(student):
    code = "import statistics\n\n\ndef mean(values):\n    return statistics.mean(values)\n"
    exec(compile(code, "<cell>", "exec"), vars(student))
    with says("stopped with StatisticsError", "(line 5 of its cell)"):
        call("mean", [])


def test_endless_recursion_is_an_error_like_others(student):
    exec("def deep(n):\n    return deep(n + 1)", vars(student))
    with says("`deep` stopped with RecursionError"):
        call("deep", 0)
    with says("`deep` stopped with RecursionError"):
        call("deep", 0, forbid=(data.running_parity,))


def test_the_stop_button_is_not_swallowed(student):
    student.step = raising(KeyboardInterrupt())
    profiler = sys.getprofile()
    for forbid in ((), (data.running_parity,)):
        with pytest.raises(KeyboardInterrupt):
            call("step", forbid=forbid)
    assert sys.getprofile() is profiler

    class Stop(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    student.step = raising(Stop())
    with pytest.raises(KeyboardInterrupt):
        call("step")


def test_prints_warnings_and_logs_are_swallowed(student, capfd):
    def noisy():
        print("to stdout")
        print("to stderr", file=sys.stderr)
        sys.stdout.writelines(["more\n"])
        warnings.simplefilter("error")
        warnings.simplefilter("always")
        warnings.warn("a warning", stacklevel=1)
        logging.getLogger("of a student").warning("a log entry")
        return float(np.log(np.zeros(1))[0])

    student.noisy = noisy
    assert call("noisy") == -np.inf
    assert capfd.readouterr() == ("", "")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("mine", stacklevel=1)
    assert len(caught) == 1, "the filters are as before"


def test_a_flood_of_text_is_not_kept():
    nowhere = core._Nowhere()
    assert nowhere.write("abc") == 3
    assert nowhere.getvalue() == ""


# ---------------------------------------------------------------- modules


class Net(nn.Module):
    def __init__(self, hidden, detach=False):
        super().__init__()
        self.rnn = nn.RNN(1, hidden, batch_first=True)
        self.detach = detach

    def forward(self, inputs):
        inputs *= 2
        states = self.rnn(inputs)[0]
        return (states.detach() if self.detach else states), "more"


def test_a_module_runs_beside_the_students_code_with_weights_of_the_check(student):
    student.Net = Net
    ours = Net(3)
    inputs, gradient = torch.randn(2, 5, 1), torch.randn(2, 5, 3)
    run = call_module("Net", 3, inputs=(inputs,), state=ours.state_dict(), output_gradient=gradient)
    leaf = inputs.clone().requires_grad_()
    expected = ours(leaf.clone())[0]
    expected.backward(gradient)
    assert torch.equal(run.output[0], expected)
    assert not run.output[0].requires_grad
    assert run.output[1] == "more"
    assert torch.equal(run.input_gradient, leaf.grad)
    assert set(run.gradients) == set(run.state) == set(ours.state_dict())
    assert torch.equal(run.gradients["rnn.weight_hh_l0"], ours.rnn.weight_hh_l0.grad)


def test_one_module_can_be_asked_several_times(student):
    class Counting(nn.Linear):
        calls = 0

        def forward(self, inputs):
            self.calls += 1
            return super().forward(inputs) + self.calls

    student.Counting = Counting
    ours, inputs = nn.Linear(1, 2), torch.randn(3, 1)
    run = call_module("Counting", 1, 2, inputs=(inputs,), then=[(inputs,), (2 * inputs,)], state=ours.state_dict())
    expected = [ours(inputs) + 1, ours(inputs) + 2, ours(2 * inputs) + 3]
    for got, value in zip((run.output, *run.then), expected, strict=True):
        assert torch.equal(got, value)
        assert not got.requires_grad
    with says("`Counting` stopped with TypeError"):
        call_module("Counting", 1, 2, inputs=(inputs,), then=[(inputs, 1)])


def test_the_gradient_of_a_function_that_gives_one_number(student):
    def loss(logits, labels):
        logits *= 2
        return (logits * labels).sum()

    student.loss = loss
    logits, labels = torch.randn(3, 2), torch.randn(3, 2)
    with torch.no_grad():
        assert torch.equal(call_gradient("loss", logits, labels), 2 * labels)
    assert logits.grad is None
    student.loss = lambda logits, labels: labels.requires_grad_().sum()
    assert call_gradient("loss", logits, labels) is None


@pytest.mark.parametrize(("loss", "words"), [
    (lambda logits: logits.detach().sum(), "no gradient can flow through the output of `loss`"),
    (lambda logits: 3.0, "it is something of type float without a gradient"),
    (lambda logits: logits, "the output of `loss` has the shape (2,). Expected: ()."),
    (lambda logits: 1 / 0, "`loss` stopped with ZeroDivisionError"),
])
def test_no_gradient_comes_back(student, loss, words):
    student.loss = loss
    with says(words):
        call_gradient("loss", torch.ones(2))


def test_a_step_is_called_again_and_again_on_the_same_modules(student):
    def step(module, optimizer, inputs):
        loss = module(inputs).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    student.step = step
    module = nn.Linear(2, 1)
    before = ModuleState.of(module)
    first, second = call_steps("step", before, batches=[(torch.ones(1, 2),), (torch.ones(3, 2),)], learning_rate=0.1)
    assert torch.allclose(first.modules[0].state["weight"], before.state["weight"] - 0.1)
    assert torch.allclose(second.modules[0].state["bias"], before.state["bias"] - 0.4)
    assert second.result == pytest.approx(float(first.modules[0].build()(torch.ones(3, 2)).detach().sum()))
    assert torch.equal(module.weight, before.state["weight"])
    with says("`step` stopped with TypeError"):
        call_steps("step", before, batches=[()], learning_rate=0.1)


def test_without_an_output_gradient_there_are_none(student):
    student.make = lambda: nn.Linear(1, 2)
    run = call_module("make", inputs=(torch.ones(3, 1),))
    assert run.output.shape == (3, 2)
    assert run.gradients == {}
    assert run.input_gradient is None


def test_gradients_are_there_even_if_they_were_turned_off(student):
    student.Net = Net
    torch.set_grad_enabled(False)
    try:
        assert call_module("Net", 2, inputs=(torch.ones(1, 2, 1),), output_gradient=torch.ones(1, 2, 2)).gradients
    finally:
        torch.set_grad_enabled(True)


def test_the_first_input_may_have_no_gradient(student):
    class Table(nn.Embedding):
        pass

    student.Table = Table
    run = call_module("Table", 2, 3, inputs=(torch.tensor([0, 1]),), output_gradient=torch.ones(2, 3))
    assert run.input_gradient is None
    assert run.gradients["weight"].sum() == 6


@pytest.mark.parametrize(("make", "arguments", "words"), [
    (lambda: 3, {}, "`make` gives something of type int. Expected: a torch.nn.Module."),
    (lambda: Hostile(), {}, "`make` gives something of type Hostile"),
    (lambda: nn.Linear(1, 1), {"inputs": (torch.ones(1, 2),)}, "`make` stopped with RuntimeError"),
    (lambda: nn.Linear(1, 1), {"state": {"x": torch.ones(1)}}, "Missing key(s)"),
    (lambda: Net(2, detach=True), {"inputs": (torch.ones(1, 2, 1),), "output_gradient": torch.ones(1, 2, 2)},
     "no gradient can flow through the output of `make`"),
    (lambda: Net(2), {"inputs": (torch.ones(1, 2, 1),), "output_gradient": torch.ones(1, 2, 3)},
     "the output of `make` has the shape (1, 2, 2). Expected: (1, 2, 3)."),
    (lambda: nn.Module(), {}, "`make` stopped with NotImplementedError"),
    (lambda: nn.Identity(), {"inputs": (5,), "output_gradient": torch.ones(1)},
     "it is something of type int without a gradient"),
])
def test_a_module_that_is_none_or_does_not_run(student, make, arguments, words):
    student.make = make
    with says(words):
        call_module("make", **arguments)


def test_weights_that_cannot_be_read(student):
    class Secret(nn.Linear):
        def state_dict(self, *_, **__):
            raise OSError("mine")

    student.Secret = Secret
    with says("`Secret` stopped with OSError: mine"):
        call_module("Secret", 1, 1, inputs=(torch.ones(1, 1),))


# ---------------------------------------------------------------- the ready answer


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
    "a ufunc's method": (np.bitwise_xor.accumulate, lambda: np.bitwise_xor.accumulate(BITS), "bitwise_xor.accumulate"),
    "a ufunc": (np.bitwise_xor, lambda: np.bitwise_xor.reduce(BITS), "bitwise_xor"),
    "a builtin": (sum, lambda: sum([1, 2]), "sum"),
    "torch": (torch.rnn_tanh_cell, lambda: torch.rnn_tanh_cell(*[torch.ones(1, 1)] * 4), "rnn_tanh_cell"),
    "an array's method": (np.ndarray.cumsum, lambda: BITS.cumsum(), "cumsum"),
    "a tensor's method": (torch.Tensor.cumsum, lambda: torch.ones(3).cumsum(0), "cumsum"),
    "a string's method": (str.count, lambda: "101".count("1"), "count"),
}


@pytest.mark.parametrize(("target", "answer", "label"), READY.values(), ids=READY)
def test_the_ready_answer_is_found_however_it_is_reached(student, target, answer, label):
    student.mine = answer
    assert call("mine") is not None
    with says(f"`mine` calls `{label}`, which is the ready answer. Here the task is to write it yourself"):
        call("mine", forbid=(target,))


@pytest.mark.parametrize(("targets", "answer"), [
    ((np.bitwise_xor.accumulate,), lambda: np.bitwise_xor.reduce(BITS)),
    ((np.bitwise_xor.accumulate, np.bitwise_xor), lambda: np.add.accumulate(BITS)),
    ((np.ndarray.cumsum,), lambda: torch.ones(3).cumsum(0)),
    ((torch.no_grad()(data.running_parity),), lambda: torch.no_grad()(operator.neg)(1)),
    ((nn.LSTM, sum, str.count), lambda: [nn.RNN(1, 2)(torch.ones(3, 1))[0], max(1, 2), [1].count(1)]),
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


def test_hostile_owners_of_builtins_are_not_asked(student):
    class Strange(list):
        __class__ = property(lambda self: 1 / 0)

    student.mine = lambda: Strange([1, 1]).count(1)
    assert call("mine", forbid=(str.count, np.bitwise_xor)) == 2


def test_turning_the_watch_off_is_noticed(student):
    student.mine = lambda: sys.setprofile(None) or data.running_parity(BITS)
    with says("`mine` sets or stops a profiler"):
        call("mine", forbid=(data.running_parity,))
    assert call("mine").shape == (2, 3), "where nothing is forbidden, nobody minds"


def test_builtins_are_told_apart_by_their_owner():
    ready = core._Ready((sum, np.ndarray.cumsum, np.bitwise_xor, np.add.accumulate))
    for called, label in ((sum, "sum"), (BITS.cumsum, "cumsum"), (np.bitwise_xor.reduce, "bitwise_xor"),
                          (np.add.accumulate, "add.accumulate"), (np.add.reduce, None), (torch.ones(1).cumsum, None),
                          (max, None), (BITS.sum, None), (Hostile(), None)):
        assert ready.builtin(called) == label
    assert not core._Ready(())


def test_what_cannot_be_recognised_cannot_be_forbidden(student):
    student.mine = lambda: 0
    for target in (dict, 3, functools.partial(sum)):
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
    assert "_guarded" in traced

    profile = cProfile.Profile()
    profile.enable()
    call("mine", forbid=(data.running_parity,))
    student.mine()
    profile.disable()
    assert any("mine" in str(entry.code) or "<lambda>" in str(entry.code) for entry in profile.getstats())
    with says("calls `running_parity`"):
        student.mine = lambda: data.running_parity(BITS)
        call("mine", forbid=(data.running_parity,))


def test_watching_costs_little(student):
    def loop():
        total = 0
        for _ in range(20_000):
            total += len("x")
        return total

    student.loop = loop
    start = time.perf_counter()
    assert call("loop", forbid=(data.running_parity, str.count, np.bitwise_xor)) == 20_000
    assert time.perf_counter() - start < 1


# ---------------------------------------------------------------- expectations


def test_a_message_has_its_parts_in_order():
    with says() as caught:
        expect.fail("parity of [1 1]", np.array([0]), torch.tensor([2.0]), "a sum", "unrolling#the-cell-in-numpy")
    assert str(caught.value).splitlines() == [
        "parity of [1 1]", "  expected: [0]", "  got:      [2.]", "  likely:   a sum",
        '  read:     the chapter "unrolling", section "the cell in numpy" (book/unrolling.html#the-cell-in-numpy)']
    with says() as caught:
        expect.fail("parity", 0, 1)
    assert str(caught.value) == "parity\n  expected: 0\n  got:      1"
    assert expect.section("one-bit") == 'the chapter "one-bit" (book/one-bit.html)'


@pytest.mark.parametrize(("value", "text"), [
    (np.array([True, False]), "[1 0]"), (torch.tensor([1.23456789]), "[1.2346]"), (0.1234567891, "0.123457"),
    (np.float32(0.5), "0.5"), ((1,), "(1,)"), ((np.int64(1), [2.0]), "(1, [2])"), ("two\nlines", "two lines"),
    (None, "None"), (torch.ones(2, dtype=torch.bfloat16), "[1. 1.]"), ("x" * 1000, "x" * 200 + " …"),
    (list(range(50)), "[" + "".join(f"{i}, " for i in range(40)) + "…]"),
])
def test_a_value_is_shown_in_one_short_line(value, text):
    assert expect.show(value) == text
    assert "\n" not in expect.show(np.arange(10_000).reshape(100, 100))


def test_what_cannot_be_shown():
    for value in (10**5000, BadText(), [Hostile()]):
        assert expect.show(value) == "(a value that cannot be shown)"


@pytest.mark.parametrize(("value", "arguments", "words"), [
    ([1, 2], {},
     "parity gives something of type list. Expected: an array. np.array(...) or torch.tensor(...) makes one"),
    (None, {}, "parity gives None (is a `return` missing?). Expected: an array."),
    ("1", {}, "parity gives something of type str"),
    (np.array(["1"]), {}, "expected: real numbers"),
    (2**70, {}, "expected: real numbers"),
    (np.array([1j]), {}, "dtype complex128"),
    (np.array([1.0, np.nan]), {}, "nan somewhere"),
    (np.ones((3, 2)), {"shape": (2, 3)}, "two axes are swapped"),
    (np.ones((3, 2, 1)), {"shape": (2, 1, 3)}, "the axes are in another order"),
    (np.ones((2, 1)), {"shape": (2,)}, "an axis of size 1 is missing or too many"),
    (np.ones(2), {"shape": (1, 2)}, "an axis of size 1 is missing or too many"),
    (np.ones(2), {"shape": (2, 3)}, "an axis was reduced away"),
    (np.ones((2, 4)), {"shape": (2, 3, 4)}, "an axis was reduced away"),
    (3, {"shape": (7,)}, "an axis was reduced away"),
    (np.ones(2), {"shape": (5, 6)}, "got:      shape (2,)"),
    (np.ones(2), {"kind": "integer"}, "convert the result to integer"),
    (True, {"kind": "integer"}, "expected: integer values"),
    (np.ones(2, dtype=int), {"kind": "bool"}, "expected: bool values"),
    (torch.ones(2, dtype=torch.int64), {"kind": "float"}, "got:      dtype int64"),
])
def test_what_is_no_array_of_this_kind(value, arguments, words):
    with says("parity", words):
        expect.array(value, "parity", **arguments)


@pytest.mark.parametrize("value", [np.ones(2, np.float16), np.ones(2, np.uint8), np.ones(2, bool),
                                   torch.ones(2, dtype=torch.bfloat16), torch.ones(2, requires_grad=True)])
def test_arrays_of_any_width_are_equal_to_the_expected(value):
    expect.equal(value, [1, 1], "parity")
    expect.equal(value, torch.ones(2, requires_grad=True), "parity")
    expect.close(value, torch.ones(2, requires_grad=True), "parity")
    expect.close(value, np.ones(2) + 9e-6, "parity")


def test_what_is_not_equal():
    with says("parity", "expected: [0 1]", "got:      [1 1]", "likely:   swapped"):
        expect.equal(np.ones(2, int), [0, 1], "parity", "swapped")
    with says("shape (2,)"):
        expect.equal(np.ones(3), [1, 1], "parity")
    with says("loss", "got:      1"):
        expect.close(1.0, 1.1, "loss")
    with says("inf"):
        expect.close(np.inf, 1.0, "loss")
    expect.close(1.0, 1.1, "loss", tolerance=0.2)


# ---------------------------------------------------------------- a check from outside


def make_check(test, points=2, name="parity"):
    test.__name__ = name
    return checks.check(points, f"{name}: right")(test)


def test_a_check_that_passes_says_so(capfd):
    seeds = []
    check = make_check(lambda seed: seeds.append(seed))
    check()
    check(seed=7)
    assert seeds == [0, 7]
    assert capfd.readouterr().out == "✓ parity: right\n" * 2
    assert check.task == reporting.Task(check, "parity: right", 2)


def test_a_check_that_fails_says_how_to_see_it_again(capfd):
    check = make_check(lambda seed: expect.fail("parity", 0, 1))
    with says() as caught:
        check()
    assert "again" not in str(caught.value)
    with says("  again:    the same cases come with check.parity(seed=7)"):
        check(seed=7)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("error", [ZeroDivisionError("by\nzero"), SystemExit(), BadText(), RecursionError("deep")])
def test_a_check_that_is_at_fault_says_so_too(error):
    fault, help_ = "the check of `parity` could not read your result", "show this line to your instructor"
    with says(fault, type(error).__name__, help_):
        make_check(raising(error))()


def test_a_check_with_a_message_that_cannot_be_read():
    with says("the check of `parity` could not read your result"):
        make_check(raising(CheckFailed(BadText())))()


def test_a_check_can_be_stopped():
    with pytest.raises(KeyboardInterrupt):
        make_check(raising(KeyboardInterrupt()))()


def test_a_checks_own_warnings_stay_off_the_screen(capfd):
    def warns(seed):
        warnings.warn("overflow", stacklevel=1)
        print("x", file=sys.stderr)
        assert np.isinf(np.float64(1e308) * np.float64(10))

    before = np.seterr(all="raise")
    try:
        make_check(warns)()
    finally:
        np.seterr(**before)
    assert capfd.readouterr() == ("✓ parity: right\n", "")


def test_fresh_seeds_are_new_and_never_the_public_one():
    seeds = {checks.fresh() for _ in range(100)}
    assert len(seeds) == 100
    assert min(seeds) > 0


def exercise():
    module = types.ModuleType("exercise")
    module.parity = make_check(lambda seed: print("not shown"))
    module.unroll = make_check(lambda seed: expect.fail("unroll: a batch", 1, 2), 3, "unroll")
    module.task = "no task"
    return module


def test_the_summary_counts_the_points(monkeypatch, capfd):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    checks.summary(exercise())
    lines = capfd.readouterr().out.splitlines()
    assert lines[:2] == ["  2 of 2   parity: parity: right", "  0 of 3   unroll: unroll: a batch"]
    assert lines[3].startswith("2 of 5 points in the public checks.")


def test_no_summary_while_grading(monkeypatch, capfd):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checks.grading()
    checks.summary(exercise())
    assert capfd.readouterr().out == ""


# ---------------------------------------------------------------- an instructor's own tests


@pytest.fixture
def private(tmp_path, monkeypatch, student):
    monkeypatch.setenv("PARITY_PRIVATE_TESTS", str(tmp_path))
    student.parity = lambda bits: sum(bits)

    def run(source, task="parity"):
        (tmp_path / "unrolling.py").write_text(textwrap.dedent(source))
        checks.private("unrolling", task)
    return run


def test_without_a_private_test_nothing_happens(tmp_path, monkeypatch, private):
    checks.private("unrolling", "parity")
    private("def another(call): 1 / 0")
    monkeypatch.delenv("PARITY_PRIVATE_TESTS")
    monkeypatch.chdir(tmp_path)
    checks.private("unrolling", "parity")


def test_private_stands_beside_the_configuration(tmp_path, monkeypatch, student):
    monkeypatch.delenv("PARITY_PRIVATE_TESTS", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "private").mkdir()
    (tmp_path / "private/unrolling.py").write_text("def parity(call): assert False, 'found'")
    with says("found"):
        checks.private("unrolling", "parity")


def test_a_private_test_sees_the_work_through_call(private, capfd):
    private("def parity(call):\n    print('quiet')\n    assert call('parity', [1, 1]) == 2")
    with says("seven\n  expected: 0\n  got:      2"):
        private("""
            from parity_lib.checks import expect
            def parity(call):
                expect.equal(call("parity", [1, 1]), 0, "seven")
            """)


@pytest.mark.parametrize(("source", "words"), [
    ("def parity(call):\n    assert call('parity', [1, 1]) == 0, 'two ones are even'", "two ones are even"),
    ("def parity(call):\n    assert call('parity', [1, 1]) == 0",
     "your instructor's own test of `parity` finds something wrong"),
    ("def parity(call):\n    call('unroll')", "there is no `unroll` yet"),
    ("def parity(call):\n    return 1 / 0", "your instructor's test of `parity` did not run (ZeroDivisionError"),
    ("def parity(call:", "did not run (SyntaxError"),
    ("parity = 3", "a function in unrolling.py"),
])
def test_a_private_test_that_fails_shows_no_source(private, source, words):
    with says(words) as caught:
        private(source)
    assert "assert call" not in str(caught.value)


# ---------------------------------------------------------------- in IPython


SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance(colors="NoColor")
shown = []
for cell in json.loads(sys.argv[1]):
    with capture_output() as captured:
        shell.run_cell(cell)
    shown.append([captured.stdout, captured.stderr])
print(json.dumps(shown))
"""
CELLS = {
    "imports": "from parity_lib.checks import unrolling as check",
    "missing": "check.parity()  # SECRET",
    "wrong": "import numpy as np\ndef parity(bits):\n    print('noise')\n    return bits.sum(axis=1)",
    "graded": "from parity_lib.checks import unrolling as check\n### SECRET\ncheck.parity(seed=5)\n### SECRET",
    "raises": "def parity(bits):\n    x = 1\n    raise ValueError('mine')",
    "graded again": "check.parity()  # SECRET",
    "right": "def parity(bits):\n    import warnings\n    warnings.warn('noise')\n    return bits.sum(axis=1) % 2",
    "passes": "check.parity()",
}


@pytest.fixture(scope="module")
def shell():
    ran = subprocess.run([sys.executable, "-c", SHELL, json.dumps(list(CELLS.values()))], capture_output=True,
                         text=True, timeout=120, check=True,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    return dict(zip(CELLS, json.loads(ran.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize(("cell", "words"), [
    ("missing", "✗ there is no `parity` yet. Define it in its cell, run that cell, then this one."),
    ("graded", "this is the count of ones"),
    ("graded again", "`parity` stopped with ValueError: mine (line 3 of its cell)"),
])
def test_a_shell_shows_the_message_and_no_source(shell, cell, words):
    out, err = shell[cell]
    assert words in out
    assert out.startswith("✗ ")
    assert err == ""
    for hidden in ("SECRET", "Traceback", "CheckFailed", "core.py", "expect.", "raise ", "noise"):
        assert hidden not in out, out


def test_a_shell_shows_one_line_for_what_is_right(shell):
    assert shell["passes"] == ["✓ parity: right for single strings, batches, and strings with many ones\n", ""]


def test_a_message_is_all_that_is_shown():
    assert CheckFailed("one\ntwo")._render_traceback_() == ["✗ one\ntwo"]


def test_messages_of_the_real_checks_name_sections_that_exist():
    from parity_lib.checks import unrolling
    from tests.submissions import bank

    for see in (unrolling.PICTURE, unrolling.CELL, unrolling.BY_HAND):
        page, _, anchor = see.partition("#")
        headings = re.findall(r"^#+ (.*)$", (bank.ROOT / f"book/{page}.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in [re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") for heading in headings]


def test_quiet_gives_streams_back():
    out, err = sys.stdout, sys.stderr
    with core._quiet():
        assert isinstance(sys.stdout, io.StringIO)
    assert (sys.stdout, sys.stderr) == (out, err)
