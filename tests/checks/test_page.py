"""The cells of an exercise that run in its page: what passes, what is shown, and what PyTorch would be needed for."""

import re
import sys

import pytest

from parity_checks.page import ADVICE, LONGEST, SILENT, run

IMPORTS = ("imports", "import numpy as np\nimport torch\nfrom torch import nn\n\nimport parity_checks as checks\n"
           "from parity_checks import unrolling as check")
CHECK = ("parity-check", "check.parity()")
RIGHT = "def parity(bits):\n    return bits.sum(axis=1) % 2"


@pytest.fixture
def _without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("_without_torch")
def test_a_check_passes_or_fails_with_its_message_although_pytorch_is_missing():
    assert run([IMPORTS, ("parity", RIGHT), CHECK]) == (
        True, "✓ parity: correct for single strings, batches, and strings with many ones")
    passed, text = run([IMPORTS, ("parity", RIGHT.replace("1)", "0)")), CHECK])
    assert not passed
    assert text.startswith("✗ parity of the strings 000")
    assert "as with axis=1" in text
    assert run([IMPORTS, CHECK])[1].startswith("✗ there is no `parity` yet"), "a namespace is used once"


@pytest.mark.usefixtures("_without_torch")
@pytest.mark.parametrize("code", ["def parity(bits):\n    return torch.as_tensor(bits).sum(1) % 2",
                                  "def parity(bits):\n    import torch", "cell = nn.RNNCell(1, 2)"])
def test_code_that_needs_pytorch_is_not_called_wrong(code):
    passed, text = run([IMPORTS, ("parity", code), CHECK])
    assert not passed
    assert text.endswith(f"needs PyTorch, which is not installed here. {ADVICE}")
    assert "✗" not in text


def test_an_error_in_the_cell_of_a_task_is_shown_in_place_of_its_check():
    assert run([IMPORTS, ("parity", "\ndef parity(bits:\n    return 0"), CHECK]) == (
        False, "  Cell parity, line 2\n    def parity(bits:\n              ^\nSyntaxError: '(' was never closed")
    of_another_task = run([("first", "1 / 0"), ("second", "x = 1"), ("third", "print(x)")])
    assert of_another_task == (True, "1")
    own = run([("first", "1 / 0"), ("second", "print(x)")])[1]
    assert own.endswith("NameError: name 'x' is not defined"), "another cell has no part in it"


@pytest.mark.parametrize(("broken", "kind"), [("def parity(bits:", "a syntax error"),
                                              ("1 / 0\nparity = len", "an error")])
def test_a_task_that_needs_an_earlier_answer_shows_the_error_of_that_answer(broken, kind):
    for using in (CHECK, ("unroll", "parity(1)"), ("run-01", "check.parity()")):
        passed, text = run([IMPORTS, ("parity", broken), ("another", "1 +"), ("unroll", "parity(1)"), using])
        assert not passed
        if using != CHECK:
            assert text.startswith("This code needs your earlier answer `parity`, which cannot be used yet because it "
                                   f"has {kind} in line 1:\n\n")
        assert re.search("(ZeroDivision|Syntax)Error: .*$", text)


def test_the_summary_says_which_points_need_an_earlier_answer_that_has_an_error():
    cells = [IMPORTS, ("parity", "\ndef parity(bits:"), ("rnn-step", "def rnn_step("),
             ("unroll", "def unroll(xs, h0, U, V, b):\n    return rnn_step(xs[:, 0], h0, U, V, b)"),
             ("summary", "checks.summary(check)")]
    lines = run(cells)[1].splitlines()
    assert lines[:3] == ["  0 of 2   parity: its cell has a syntax error in line 2",
                         "  0 of 2   rnn_step: its cell has a syntax error in line 1",
                         "  0 of 3   `unroll` needs your earlier answer `rnn_step`, which cannot be used yet because "
                         "it has a syntax error in line 1"]
    assert lines[3].startswith("  0 of 4   two_unit_weights: there is no `two_unit_weights` yet.")


def test_what_the_cell_of_a_task_prints_is_shown_before_its_check():
    assert run([IMPORTS, ("parity", f"{RIGHT}\nprint(parity(np.array([[1, 0]])))"), CHECK])[1].startswith("[1]\n✓")


@pytest.mark.parametrize("wrong_line", ["print(parity([[1, 0]]))", "print(1 / 0)", "assert parity is None"])
def test_an_error_below_a_function_is_shown_after_the_verdict_on_the_function(wrong_line):
    below = f"\nprint('above')\n{wrong_line}\nprint('below')"
    passed, text = run([IMPORTS, ("parity", RIGHT + below), CHECK])
    verdict, stopped, trace = text.split("\n\n")
    assert passed
    assert verdict.startswith("above\n✓ parity: correct")
    assert stopped == "Your answer passes, but its cell stopped in line 4, so the rest of it did not run:"
    assert trace.startswith("Traceback (most recent call last):\n  Cell parity, line 4, in <module>\n")
    passed, text = run([IMPORTS, ("parity", RIGHT.replace("1)", "0)") + below), CHECK])
    verdict, stopped, trace_again = text.split("\n\n")
    assert not passed
    assert verdict.startswith("above\n✗ parity of the strings 000")
    assert stopped == "The cell of your answer also stopped in line 4, so the rest of it did not run:"
    assert trace_again == trace.replace("axis=1", "axis=0")


def test_a_check_that_discards_what_a_function_prints_says_so():
    inside = RIGHT.replace("return", "print(bits)\n    return")
    assert run([IMPORTS, ("parity", inside), CHECK])[1].endswith(f"many ones\n\n{SILENT}")
    for source in (f"{RIGHT}\nprint(parity(np.ones((1, 2))))", f"{inside}:"):
        assert SILENT not in run([IMPORTS, ("parity", source), CHECK])[1]


def test_an_error_shows_the_lines_of_the_cells_and_nothing_of_the_library():
    passed, text = run([("helper", "def half(x):\n    return x / 0"), ("run-01", "print('so far')\n\nhalf(1)")])
    assert not passed
    lines = [line for line in text.splitlines() if set(line) - set(" ~^")]      # the marks depend on Python's version
    assert lines == ["so far", "Traceback (most recent call last):",
                     "  Cell run_01, line 3, in <module>", "    half(1)", "  Cell helper, line 2, in half",
                     "    return x / 0", "ZeroDivisionError: division by zero"]


def test_the_value_of_the_last_line_is_shown_as_in_a_notebook():
    assert run([("first", "1\n2"), ("second", "'a'\nNone")]) == (True, "")
    assert run([("second", "'a'\n[1, 2]")]) == (True, "[1, 2]")


def test_a_cell_that_prints_without_end_is_cut_off_and_one_that_exits_does_not_end_the_page():
    text = run([("run-01", f"print('a' * {2 * LONGEST})")])[1]
    assert len(text) == LONGEST + 2
    long = run([IMPORTS, ("parity", f"{RIGHT}\nprint('a' * {2 * LONGEST})"), CHECK])[1]
    assert long.splitlines()[1].startswith("✓"), "the verdict is not cut off"
    assert "SystemExit" in run([("run-01", "raise SystemExit")])[1]
