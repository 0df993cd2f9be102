"""Test that `parity book` and `parity pdf` report missing requirements and failed builds."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

import parity_book.browser
import parity_book.pdf
import parity_book.runtime
from parity_book.book_commands import JUPYTER_BOOK
from parity_book.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with the two files of a book, which is also the current folder."""
    (tmp_path / "_config.yml").write_text("title: x")
    (tmp_path / "_toc.yml").write_text("root: x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch, folder):
    """Replace the build by a function that records its calls; it succeeds unless a test changes `returncode`."""
    calls = []

    def run(command, cwd):
        calls.append((command, cwd))
        code = run.returncode
        if run.writes:
            (folder / "_build/html").mkdir(parents=True)
            (folder / "_build/html/index.html").write_text("page")
        return subprocess.CompletedProcess(command, code)
    run.returncode, run.writes, run.calls = 0, True, calls
    monkeypatch.setattr(subprocess, "run", run)
    return run


def book(*options):
    return CliRunner().invoke(main, ["book", *options])


def test_book_runs_the_build_with_this_python_from_a_folder_below_and_names_the_first_page(
        started, folder, monkeypatch):
    for name in ("book", "parity_lib"):
        (folder / name).mkdir()
    monkeypatch.chdir(folder / "book")
    result = book()
    assert result.output.startswith(f"Building {folder} with the library in ")
    assert result.exit_code == 0, result.output
    assert (folder / "_build/html/index.html").as_uri() in result.output
    [(command, cwd)] = started.calls
    assert (command[0], cwd) == (sys.executable, folder)
    assert command[1:] == [folder / "book/_ext/build_book.py"]


def test_book_collects_the_files_for_python_in_the_pages_before_the_build(started, folder, monkeypatch):
    def prepare(root):
        assert (root, started.calls) == (folder, [])
    monkeypatch.setattr(parity_book.runtime, "prepare", prepare)
    result = book("--runtime")
    assert result.exit_code == 0, result.output
    assert started.calls[0][0][-1] == "--runtime"


@pytest.mark.parametrize(("code", "writes"), [(1, True), (0, False)])
def test_a_build_that_failed_or_wrote_nothing_is_an_error(started, code, writes):
    """Jupyter Book 2 exits with 0 although it writes no page."""
    started.returncode, started.writes = code, writes
    result = book()
    assert result.exit_code == 1
    assert "was not built" in result.output


def test_outside_of_a_book_the_message_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = book()
    assert result.exit_code == 1
    assert str(tmp_path) in result.output.replace("\n", "")


def test_without_jupyter_book_the_message_says_how_to_install_it(folder, monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)
    monkeypatch.setattr(importlib.metadata, "version", missing)
    result = book()
    assert result.exit_code == 1
    assert "pip install -c constraints.txt -e '.[book]'" in result.output


def test_another_jupyter_book_is_refused(folder, monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.0.0")
    result = book()
    assert result.exit_code == 1
    assert f"jupyter-book=={JUPYTER_BOOK}" in result.output.replace("\n", "")


@pytest.fixture
def printed(monkeypatch, started, folder):
    """Replace `print_book` and the browser, and return the list of recorded calls."""
    calls = []

    @contextlib.contextmanager
    def launch():
        yield "a browser"

    def print_book(browser, root):
        calls.append((browser, root, len(started.calls)))
        return folder / "book.pdf"
    monkeypatch.setattr(parity_book.browser, "launch", launch)
    monkeypatch.setattr(parity_book.pdf, "print_book", print_book)
    return calls


def pdf():
    return CliRunner().invoke(main, ["pdf"])


def test_pdf_prints_after_a_build(printed, folder):
    result = pdf()
    assert result.exit_code == 0, result.output
    assert printed == [("a browser", folder, 1)]
    assert (folder / "book.pdf").as_uri() in result.output


def test_without_a_browser_pdf_says_how_to_get_one_before_it_builds(folder):
    command = [sys.executable, "-c", "from parity_book.cli import main; main()", "pdf"]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True,
                          env=os.environ | {"PARITY_BROWSER": str(folder / "nowhere")})
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr
    assert "PARITY_BROWSER" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "_build").exists()
