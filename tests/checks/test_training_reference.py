"""The reference training of *Without teacher forcing*."""

from unittest import mock

import pytest
import torch

from parity_checks.no_teacher_forcing import training_reference as reference


def test_an_alarm_during_the_reference_training_spoils_no_later_training(monkeypatch):
    """A generator that an error has ended would give every later student of this process a wrong result."""
    task = torch.zeros(len(reference.weights_of(reference.new_network()))), 5, 1, 3
    expected = reference.weights_after(2, *task)
    reference._followed.cache_clear()
    with monkeypatch.context() as changed:
        changed.setitem(reference.train.__kwdefaults__, "step", mock.Mock(side_effect=TimeoutError))
        with pytest.raises(TimeoutError):
            reference.weights_after(2, *task)
    assert torch.equal(reference.weights_after(2, *task), expected)
