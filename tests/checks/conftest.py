"""Fixtures of the checks' tests: a namespace for the student's code, and a test that stderr stays empty."""

import types

import pytest

import parity_checks as checks


@pytest.fixture
def student():
    """Provide a namespace in which the checks look the student's names up, for one test."""
    names = types.SimpleNamespace()
    checks.bind(vars(names))
    yield names
    checks.bind(None)


@pytest.fixture(autouse=True)
def _nothing_on_stderr(capfd):
    """Fail a test that leaves text on stderr, which would cost the points of a test cell."""
    yield
    assert capfd.readouterr().err == ""
