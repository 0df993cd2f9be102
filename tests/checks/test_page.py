"""The cells of an exercise that run in its page: what passes, what is shown, and what PyTorch would be needed for."""

import sys

import pytest

from parity_checks.page import ADVICE, LONGEST, run

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
    assert text.startswith("✗ parity of [[0 0 0]")
    assert "so use axis=1" in text
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
    passed, text = run([IMPORTS, ("parity", "def parity(bits:\n    return 0"), CHECK])
    assert (passed, "SyntaxError" in text, "✗" in text) == (False, True, False)
    of_another_task = run([("first", "1 / 0"), ("second", "x = 1"), ("third", "print(x)")])
    assert of_another_task == (True, "1")


def test_what_the_cell_of_a_task_prints_is_shown_before_its_check():
    assert run([IMPORTS, ("parity", f"{RIGHT}\nprint(parity(np.array([[1, 0]])))"), CHECK])[1].startswith("[1]\n✓")


def test_an_error_shows_the_lines_of_the_cells_and_nothing_of_the_library():
    passed, text = run([("helper", "def half(x):\n    return x / 0"), ("run-01", "print('so far')\n\nhalf(1)")])
    assert not passed
    assert text == ('so far\nTraceback (most recent call last):\n  File "<run-01>", line 3, in <module>\n'
                    '  File "<helper>", line 2, in half\nZeroDivisionError: division by zero')


def test_a_cell_that_prints_without_end_is_cut_off_and_one_that_exits_does_not_end_the_page():
    text = run([("run-01", f"print('a' * {2 * LONGEST})")])[1]
    assert len(text) == LONGEST + 2
    assert "SystemExit" in run([("run-01", "raise SystemExit")])[1]
