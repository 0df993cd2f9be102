"""Helpers of the checks' tests: hostile objects, and an assertion about the message of a failure."""

import contextlib

import pytest
from torch import nn

from parity_checks import CheckFailed


@contextlib.contextmanager
def says(*fragments):
    """Assert that a ``with`` block raises CheckFailed, and nothing else, with all these fragments in its message."""
    with pytest.raises(CheckFailed) as caught:
        yield caught
    message = str(caught.value)
    assert type(caught.value) is CheckFailed
    assert caught.value.__suppress_context__ or caught.value.__context__ is None, "the student would see two errors"
    for fragment in fragments:
        assert fragment in message, message


class Hostile:
    """An object whose methods all raise an error."""

    def _no(self, *_args, **_kwargs):
        raise RuntimeError("do not touch me")

    __eq__ = __bool__ = __len__ = __iter__ = __array__ = __repr__ = __str__ = __getattr__ = __float__ = _no
    __hash__ = None
    __class__ = property(_no)


class Liar(type):
    """A metaclass that makes a class equal to every other class."""

    __eq__ = lambda cls, other: True  # noqa: E731
    __hash__ = lambda cls: 0  # noqa: E731
    __name__ = property(lambda cls: 1 / 0)
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True


class Lie(metaclass=Liar):
    pass


class BadText(Exception):
    def __str__(self):
        raise ValueError("no text for you")


def raising(error):
    def function(*_):
        raise error
    return function


class Net(nn.Module):
    def __init__(self, hidden, detach=False):
        super().__init__()
        self.rnn = self.layer = nn.RNN(1, hidden, batch_first=True)
        self.detach = detach

    def forward(self, inputs):
        inputs *= 2
        states = self.rnn(inputs)[0]
        return (states.detach() if self.detach else states), "more"
