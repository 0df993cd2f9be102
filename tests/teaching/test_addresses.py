"""The addresses of the book and the repository, and the code with which a notebook installs the library."""

import importlib.util
import subprocess

import pytest

from parity_teaching.addresses import Addresses, addresses

LIBRARY = "one-bit-of-memory @ https://github.com/ada/bits/archive/refs/heads/trunk.zip"
KNOWN, UNKNOWN = Addresses("", "https://github.com/ada/bits", "trunk"), Addresses("", "", "main")


def test_addresses_come_from_the_configuration_or_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("PARITY_BOOK", "https://ada.example.org/bits/")
    assert addresses(tmp_path) == Addresses("https://ada.example.org/bits", "", "main")
    (tmp_path / "_config.yml").write_text("html: {baseurl: https://example.org/book/}\nrepository: "
                                          "{url: https://github.com/ada/bits/, branch: trunk}", encoding="utf-8")
    known = addresses(tmp_path)
    assert known == Addresses("https://example.org/book", "https://github.com/ada/bits", "trunk")
    assert known.colab("a/a.ipynb") == "https://colab.research.google.com/github/ada/bits/blob/trunk/a/a.ipynb"
    assert Addresses("", "https://example.org/ada/bits", "main").colab("a.ipynb") == UNKNOWN.colab("a.ipynb") == ""


@pytest.mark.parametrize(("known", "figures", "missing", "grading", "installed", "printed"), [
    (KNOWN, False, {"parity_lib", "anywidget"}, False, [LIBRARY], ""),
    (KNOWN, True, {"parity_lib"}, False, [LIBRARY, "anywidget"], ""),
    (KNOWN, True, {"anywidget"}, False, [LIBRARY, "anywidget"], ""),
    (KNOWN, True, {"parity_lib", "anywidget"}, True, [], ""),
    (KNOWN, False, {"anywidget"}, False, [], ""),
    (UNKNOWN, False, {"parity_lib"}, False, [], "ask the person who gave"),
])
def test_a_notebook_installs_what_is_missing_but_not_while_it_is_graded(
        monkeypatch, capsys, known, figures, missing, grading, installed, printed):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    if grading:
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else name)
    requirements = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: requirements.extend(command[5:]))
    exec(known.install_code(figures), {})
    assert requirements == installed
    assert printed in capsys.readouterr().out
