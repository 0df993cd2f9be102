"""In IPython, students see the message of a check, and neither a traceback nor its source."""

import json
import os
import subprocess
import sys

import pytest

SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance(colors="NoColor")
shown = []
for cell in json.loads(sys.argv[1]):
    with capture_output() as captured:
        shell.run_cell(cell)
    shown.append([captured.stdout, captured.stderr])
print(json.dumps(shown))
"""
CELLS = {
    "imports": "from parity_checks import unrolling as check",
    "missing": "check.parity()  # SECRET",
    "wrong": "def parity(bits):\n    print('noise')\n    return bits.sum(axis=1)",
    "graded": "from parity_checks import unrolling as check\n### SECRET\ncheck.parity(seed=5)\n### SECRET",
    "raises": "def parity(bits):\n    x = 1\n    raise ValueError('mine')",
    "graded again": "check.parity()  # SECRET",
    "right": "def parity(bits):\n    import warnings\n    warnings.warn('noise')\n    return bits.sum(axis=1) % 2",
    "passes": "check.parity()",
}


@pytest.fixture(scope="module")
def shell():
    ran = subprocess.run([sys.executable, "-c", SHELL, json.dumps(list(CELLS.values()))], capture_output=True,
                         text=True, timeout=120, check=True,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    return dict(zip(CELLS, json.loads(ran.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize(("cell", "words"), [
    ("missing", "✗ there is no `parity` yet. Define it in its cell, then run the cells again."),
    ("graded", "This is the count of ones"),
    ("graded again", "`parity` stopped with ValueError: mine (line 3 of its cell)"),
])
def test_a_shell_shows_the_message_and_no_source(shell, cell, words):
    out, err = shell[cell]
    assert words in out
    assert out.startswith("✗ ")
    assert err == ""
    for hidden in ("SECRET", "Traceback", "CheckFailed", "core.py", "Query(", "raise ", "noise"):
        assert hidden not in out, out


def test_a_shell_shows_one_line_for_a_correct_answer(shell):
    assert shell["passes"] == ["✓ parity: correct for single strings, batches, and strings with many ones\n", ""]
