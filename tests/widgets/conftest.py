"""One browser for all tests of widgets."""

import pytest

from tests.browser import launch


@pytest.fixture(scope="package")
def browser():
    with launch() as running:
        yield running
