"""Rules for every test: one thread, no progress bars, the book is built first, and nothing is skipped in silence."""

import os
import re

import pytest
import torch
from xdist.scheduler import LoadScopeScheduling

from tests.browser import launch

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["PARITY_PROGRESS"] = "0"
torch.set_num_threads(1)

# These files keep a worker busy for the longest time, so they start first.
LONGEST = ("test_pages.py", "test_hostile.py", "test_nbgrader.py", "test_grade.py", "test_hostile_pages.py")
DIVIDED = ("tests/submissions/", "tests/mutants/", "tests/exercises/test_nbgrader.py",
           "tests/book/test_pages.py::test_every_other_page", "tests/hostile/test_hostile.py::test_with_nbgrader")


@pytest.fixture(scope="session")
def browser():
    """A browser for all tests of a worker, because Playwright's synchronous interface allows only one."""
    with launch() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_private_tests_of_another_course(monkeypatch):
    """Forget the folder of private tests, which nbgrader_config.py sets for the process that reads it."""
    monkeypatch.delenv("PARITY_PRIVATE_TESTS", raising=False)


class FileScheduling(LoadScopeScheduling):
    """A scheduler that gives all tests of a file to one worker, because they share fixtures.

    The long tests in DIVIDED are divided by exercise or page, the first word of their parameter. Those without a
    parameter are on their own.
    """

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        if not nodeid.startswith(DIVIDED):
            return path
        part = re.search(r"\[([\w/]+)", nodeid)
        return f"{path} {part[1]}" if part else nodeid


def pytest_xdist_make_scheduler(config, log):
    return FileScheduling(config, log)


def pytest_xdist_auto_num_workers(config):
    """Use two workers more than processors, because tests often wait for a browser, a kernel or a time limit."""
    return (os.cpu_count() or 1) + 2


def pytest_itemcollected(item):
    """Mark tests that read built pages, tests that need a browser, and the weekly ones as slow."""
    if item.get_closest_marker("weekly"):
        item.add_marker("slow")
    for fixture, mark in (("html", "book"), ("browser", "browser")):
        if fixture in getattr(item, "fixturenames", ()):
            item.add_marker(mark)


def pytest_collection_modifyitems(items):
    """Start with the longest files, of which the first builds the book; other tests that read its pages come last."""

    def turn(item):
        if item.path.name in LONGEST and not item.name.startswith("test_every_other_page"):
            return LONGEST.index(item.path.name)
        return len(LONGEST) + bool(item.get_closest_marker("book"))

    items.sort(key=turn)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Fail a run under CI=true that has skipped a test, because a test that did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if skipped and os.environ.get("CI") == "true" and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{skipped} skipped, and CI=true allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
