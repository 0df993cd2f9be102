"""A trial run of the sandbox before submissions are graded.

A machine on which correct code fails would turn its own fault into lost points. So a correct submission is graded
first, in the same way as those of the students.
"""

from __future__ import annotations

import tempfile

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade, setenv
from traitlets.config import Config

from parity_grading.execute import Execute
from parity_grading.kernel import KernelNotStarted, own_folder

# Small, because it is graded before each batch, but it needs the libraries that the exercises need.
ANSWER = """
import numpy as np
import torch
import parity_checks, parity_lib

def known_answer(numbers):
    return torch.as_tensor(numbers).add(1).numpy()
"""
TEST = """
import numpy as np
from parity_checks import core

assert core.call("known_answer", np.arange(3)).tolist() == [1, 2, 3]
"""
MARKS = {"grade_id": "known-answer-check", "grade": True, "solution": False, "points": 1}


def try_known_answer(config: Config) -> None:
    """Grade a correct submission with the settings of a course. Raise ValueError if it does not get full marks."""
    answer, test = new_code_cell(ANSWER), new_code_cell(TEST, metadata={"nbgrader": MARKS})
    try:
        with setenv(NBGRADER_EXECUTION="autograde"), tempfile.TemporaryDirectory(dir=own_folder()) as folder:
            Execute(config=config).preprocess(new_notebook(cells=[answer, test]), {"metadata": {"path": folder}})
    except (KernelNotStarted, OSError) as error:
        raise ValueError(f"nobody was graded, because {error}") from None
    if determine_grade(test) != (1, 1):
        said = [output.evalue for cell in (answer, test) for output in cell.outputs if output.output_type == "error"]
        raise ValueError("nobody was graded, because a submission that is known to be correct does not get full marks "
                         f"on this machine: {said[0] if said else 'its test shows something else'}")
