"""Rules for every test: one thread, no progress bars, the book is built first, and nothing is skipped in silence."""

import os

import pytest
import torch

from tests.browser import launch

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["PARITY_PROGRESS"] = "0"
torch.set_num_threads(1)

# These files keep a worker busy for the longest time, so they start first.
LONGEST = ("test_hostile.py", "test_nbgrader.py", "test_grade.py", "test_hostile_pages.py", "test_regrade.py")


@pytest.fixture(scope="session")
def browser():
    """A browser for all tests of a worker, because Playwright's synchronous interface allows only one."""
    with launch() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_private_tests_of_another_course(monkeypatch):
    """Forget the folder of private tests, which nbgrader_config.py sets for the process that reads it."""
    monkeypatch.delenv("PARITY_PRIVATE_TESTS", raising=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark and sort the tests, so that workers neither repeat the fixtures of a file nor wait for the built book."""
    fixtures = {item: getattr(item, "fixturenames", ()) for item in items}
    with_pages = list(dict.fromkeys(item.path for item in items if "html" in fixtures[item]))
    for item in items:
        for fixture, mark in (("html", "book"), ("browser", "browser")):
            if fixture in fixtures[item]:
                item.add_marker(mark)
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))    # one worker runs all tests of a file

    def turn(item):
        if item.path in with_pages:
            return 0 if item.path == with_pages[0] else 3       # the first of these builds the book
        return 1 if item.path.name in LONGEST else 2

    items.sort(key=turn)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Fail a run under CI=true that has skipped a test, because a test that did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("CI") == "true" and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{skipped} skipped, and CI=true allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
