"""Plain data is copied in both directions, and every other object is refused, however it behaves."""

import collections

import numpy as np
import pytest
import torch
from torch import nn

from parity_checks import ModuleState, Seed, call
from tests.checks.helpers import Hostile, Lie, says


def test_arguments_and_results_are_copied(student):
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


@pytest.mark.parametrize("value", [1, 2.5, True, None, "word", np.float32(2), (), [1, (2.0, "x")], {"a": [1]}])
def test_plain_data_is_returned_unchanged(student, value):
    student.give = lambda: value
    assert call("give") == value
    assert type(call("give")) is type(value)


def test_arrays_and_tensors_are_returned_plain_and_without_a_gradient(student):
    weight = torch.ones(2, requires_grad=True)
    student.give = lambda: [weight * 2, nn.Parameter(torch.ones(2)), torch.ones(2, dtype=torch.complex64).conj(),
                            np.ones(2)[::-1], np.matrix([[1, 2]]), np.ma.masked_array([1, 2]),
                            np.ones(2).view(np.recarray)]
    result = call("give")
    assert [type(value) for value in result] == [torch.Tensor] * 3 + [np.ndarray] * 4
    assert not any(tensor.requires_grad for tensor in result[:3])
    assert result[4].tolist() == [[1, 2]]


def test_subclasses_become_tuples_lists_and_dicts(student):
    point = collections.namedtuple("Rate", "rate low high")

    class Numbers(list):
        def __iter__(self):
            raise RuntimeError("no")

    student.give = lambda: (point(0.5, 0.1, 0.9), Numbers([1, 2]), collections.OrderedDict(a=1),
                            collections.defaultdict(list, {2: 3}), torch.ones(2).max(dim=0))
    assert call("give") == ((0.5, 0.1, 0.9), [1, 2], {"a": 1}, {"2": 3}, (torch.tensor(1.0), torch.tensor(0)))


def test_methods_that_an_object_overrides_are_not_called(student):
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
    (Hostile, "returns a value of type Hostile"),
    (Lie, "returns a value of type Lie"),
    (lambda: made("Evil", np.float64, __eq__=lambda *_: True)(1), "returns a value of type Evil"),
    (lambda: made("Evil", torch.Tensor)([1.0]), "returns a value of type Evil"),
    (lambda: 1j, "of type complex. Expected: a number, a string, an array or a tensor."),
    (lambda: {(1, 2): 1}, "a dict with a key that is a value of type tuple"),
    (lambda: np.array([1, None]), "an array of Python objects (dtype object)"),
    (lambda: torch.ones(2, 2).to_sparse(), "a tensor that does not hold ordinary numbers"),
    (lambda: nn.utils.rnn.pack_sequence([torch.ones(2)]), "Use pad_packed_sequence"),
]


@pytest.mark.parametrize(("give", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_other_objects_are_refused(student, give, words):
    student.give = give
    with says("`give`", words):
        call("give")


def test_a_list_that_contains_itself_is_refused(student):
    circle = []
    circle.append(circle)
    student.circle = lambda: circle
    with says("more than 50 deep"):
        call("circle")


def test_a_result_that_raises_an_error_while_it_is_read_is_refused(student):
    layer = nn.Linear(1, 1)
    layer.register_state_dict_post_hook(lambda *_: 1 / 0)
    student.give = lambda: layer
    with says("the value that `give` returns cannot be read: ZeroDivisionError"):
        call("give")


def test_a_generator_is_made_from_its_seed(student):
    student.draw = lambda rng, more: [rng.integers(100, size=5), more[0].random()]
    rng = np.random.default_rng(3)
    numbers, more = call("draw", Seed(3), more=(Seed(4),))
    assert numbers.tolist() == rng.integers(100, size=5).tolist()
    assert more == np.random.default_rng(4).random()
    student.draw = lambda generator: torch.rand(3, generator=generator)
    assert torch.equal(call("draw", Seed(5, for_torch=True)), torch.rand(3, generator=torch.Generator().manual_seed(5)))


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("module", [
    nn.RNN(2, 3, num_layers=2, nonlinearity="relu", batch_first=True), nn.LSTM(1, 4, proj_size=2),
    nn.LSTM(1, 2, bidirectional=True).double(), nn.GRU(1, 2, bias=False), nn.Linear(3, 1),
], ids=lambda module: type(module).__name__)
def test_a_module_is_copied_by_its_class_arguments_and_weights(student, module):
    student.same = lambda given: given
    state = call("same", ModuleState.of(module))
    assert state.cls == type(module).__name__
    copied = state.build()
    inputs = torch.randn((4, 3, getattr(module, "input_size", 3)), dtype=next(module.parameters()).dtype)
    got, expected = copied(inputs), module(inputs)
    assert torch.equal(*((got[0], expected[0]) if isinstance(got, tuple) else (got, expected)))
    assert repr(copied) == repr(module)
