"""Where only NumPy is installed, each check either runs or says which package it needs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from parity_checks.points import CELLS

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
site, root = sys.argv[1:]
sys.path.append(site)
import numpy
sys.path[:] = [root, root + "/packages", *(folder for folder in sys.path if folder != site)]

import ast, contextlib, importlib, io, json
import parity_checks as checks
from parity_checks import rpc
from parity_checks.core import remote_calls
from parity_checks.points import POINTS

def run(test, *arguments):
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            test(*arguments)
    except checks.NotChecked as reason:
        return str(reason)
    return printed.getvalue()[:1]

outcomes = {}
for exercise, points in POINTS.items():
    names = {"__name__": "__main__"}
    checks.bind(names)
    with open(f"{root}/solutions/{exercise}/{exercise}.ipynb", encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader", {}).get("grade"):
            for statement in ast.parse("".join(cell["source"])).body:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(ImportError, NameError):
                    exec(compile(ast.Module([statement], []), "<cell>", "exec"), names)
    module = importlib.import_module(f"parity_checks.{exercise}")
    outcomes[exercise] = {name: [run(getattr(module, name))] for name in points}
    with remote_calls(lambda *request: rpc.read(rpc.answer(rpc.request(*request)))):
        for name in points:
            outcomes[exercise][name].append(run(getattr(module, name), 7))
checks.bind({"parity": lambda bits: torch.from_numpy(bits).sum(1) % 2})
print(json.dumps([outcomes, run(checks.unrolling.parity)]))
"""


@pytest.fixture(scope="module")
def printed():
    """Run every check on the model answers, directly and through remote calls, with NumPy as the only package."""
    site = str(Path(np.__file__).parents[1])
    ran = subprocess.run([sys.executable, "-I", "-S", "-X", "utf8", "-c", PROGRAM, site, str(ROOT)],
                         capture_output=True, encoding="utf-8", timeout=120,
                         env=os.environ | {"NBGRADER_EXECUTION": "autograde"})
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def tasks_in_numpy(exercise):
    """Yield the checks of the tasks whose own cell mentions neither PyTorch nor a tensor."""
    path = ROOT / f"solutions/{exercise}/{exercise}.ipynb"
    sources = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    for cell in CELLS[exercise]:
        if cell["kind"] == "solution":
            task = sources[cell["id"]]
        elif cell["kind"] == "test" and not re.search(r"\b(torch|nn|tensors?)\b", task):
            yield cell["check"]


@pytest.fixture
def outcomes(printed):
    return printed[0]


def test_an_answer_that_needs_torch_is_not_wrong(printed):
    assert printed[1] == "`parity` needs PyTorch, which is not installed here."


@pytest.mark.parametrize("exercise", CELLS)
def test_a_check_runs_or_says_what_it_needs(exercise, outcomes):
    for check, (direct, remote) in outcomes[exercise].items():
        assert direct == remote
        assert re.fullmatch(r"✓|(This task|`\w+`) needs (PyTorch|SciPy), which is not installed here\.", direct), check


@pytest.mark.parametrize("exercise", CELLS)
def test_a_task_in_numpy_does_not_need_torch(exercise, outcomes):
    in_numpy = set(tasks_in_numpy(exercise)) - {"success_rate"}     # SciPy computes its interval
    assert in_numpy <= {check for check, (direct, _) in outcomes[exercise].items() if direct == "✓"}
    if exercise in ("unrolling", "gradient_through_time"):
        assert in_numpy == outcomes[exercise].keys()
