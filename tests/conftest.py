"""Rules for every test: one thread, no progress bars, and nothing skipped in silence."""

import os

import pytest
import torch

from tests.browser import launch

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["PARITY_PROGRESS"] = "0"
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests: Playwright's plain interface allows no second one beside it."""
    with launch() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_course_of_another_test(monkeypatch):
    """nbgrader_config.py names its folder of private tests to the process that reads it; here many share a process."""
    monkeypatch.delenv("PARITY_PRIVATE_TESTS", raising=False)


# One worker builds the book, while the next has what takes long without it.
FIRST = ("book/test_captions.py", "exercises/test_instructors.py", "exercises/test_nbgrader.py", "book/test_pages.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever needs the built book belongs to the slow half; the longest files come first."""
    order = {os.path.join(os.path.dirname(__file__), *name.split("/")): at for at, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(str(item.path), len(order)))
    for item in items:
        if item.get_closest_marker("book"):
            item.add_marker("whole")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Under CI=true a skipped test is a failure: a check that did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("CI") == "true" and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{skipped} skipped, and CI=true allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
