"""Calls of a student's code: the outcome is a value or a message, whatever the code does."""

import logging
import sys
import warnings

import numpy as np
import pytest

from parity_checks import CheckFailed, NotChecked, call
from tests.checks.helpers import BadText, raising, says

RUNNING_PARITY = "parity_lib.data:running_parity"


def test_names_are_looked_up_in_the_notebook(monkeypatch):
    with says("there is no `parity_of_nothing` yet. Define it in its cell, then run the cells again."):
        call("parity_of_nothing")
    monkeypatch.setattr(sys.modules["__main__"], "parity_of_nothing", lambda: 0, raising=False)
    assert call("parity_of_nothing") == 0


def test_a_name_that_is_not_a_function_is_reported(student):
    student.parity = 3
    with says("`parity` is a value of type int. Expected: a function. Did you use the name for something else?"):
        call("parity")


@pytest.mark.parametrize(("error", "words"), [
    (ValueError("two\n  lines"), "stopped with ValueError: two lines (line "),
    (ValueError("x" * 5000), "x" * 300 + " …"),
    (BadText(), "stopped with BadText: (an error with a text that cannot be read)"),
    (SystemExit(1), "stopped with SystemExit: 1"),
    (CheckFailed("all is well"), "stopped with CheckFailed: all is well"),
    (ModuleNotFoundError("not here", name="torch"), "stopped with ModuleNotFoundError: not here"),
    (ModuleNotFoundError("not here", name=[]), "stopped with ModuleNotFoundError: not here"),
    (NameError("not defined", name="nn"), "stopped with NameError: not defined"),
    (NotChecked("no points"), "stopped with NotChecked: no points"),
    (NotImplementedError("not for Long"), "stopped with NotImplementedError: not for Long"),
    (type("Odd", (Exception,), {"__traceback__": property(lambda self: 1 / 0)})(), "an error that cannot be read"),
], ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "")
def test_an_error_becomes_a_message(student, error, words):
    student.step = raising(error)
    with says("`step` ", words):
        call("step")


def test_a_stub_is_not_written_yet(student):
    exec("def step():\n    raise NotImplementedError()", vars(student))
    with says("`step` is not written yet: it raises NotImplementedError. Replace that line."):
        call("step")
    exec("def loop():\n    return step()", vars(student))
    with says("`loop` needs `step`, which is not written yet"):
        call("loop")


def test_the_line_of_an_error_is_in_the_students_code(student):
    code = "import statistics\n\n\ndef mean(values):\n    return statistics.mean(values)\n"
    exec(compile(code, "<cell>", "exec"), vars(student))
    with says("stopped with StatisticsError", "(line 5 of its cell)"):
        call("mean", [])


def test_an_error_in_another_cell_is_reported_with_that_cell(student):
    for name, code in (("<step>", "def inner():\n    return 1 / 0\n\ndef step():\n    return inner()"),
                       ("<loop>", "def loop():\n\n    return step()")):
        exec(compile(code, name, "exec"), vars(student))
    with says("`loop` stopped with ZeroDivisionError: division by zero (line 2 of the cell with `step`)"):
        call("loop")


def test_a_keyboard_interrupt_is_raised(student):
    student.step = raising(KeyboardInterrupt())
    profiler = sys.getprofile()
    for forbid in ((), (RUNNING_PARITY,)):
        with pytest.raises(KeyboardInterrupt):
            call("step", forbid=forbid)
    assert sys.getprofile() is profiler


def test_prints_warnings_and_logs_are_discarded(student, capfd):
    def noisy():
        print("to stdout")
        print("to stderr", file=sys.stderr)
        warnings.simplefilter("always")
        warnings.warn("a warning", stacklevel=1)
        logging.getLogger("of a student").warning("a log entry")
        return float(np.log(np.zeros(1))[0])

    student.noisy = noisy
    assert call("noisy") == -np.inf
    assert capfd.readouterr() == ("", "")
