"""A student's names, and a watch on what is printed."""

import types

import pytest

from parity_lib import checks


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
