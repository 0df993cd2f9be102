"""Each id of a message has words and a check that gives it, and a submission of the bank makes each named mistake."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import parity_checks
from parity_checks.assertions import messages
from parity_checks.bug_hunt import script
from parity_checks.points import POINTS
from tests.submissions import bank

FOLDER = Path(parity_checks.__file__).parent
OF_ALL_EXERCISES = {cause for path in FOLDER.glob("*.py")
                    for cause in re.findall(r'"\[([\w-]+)\] \S', path.read_text(encoding="utf-8"))}


def constants(folder):
    """Return the strings in the checks of a folder, and those of them with which ``WORDS`` is asked for words."""
    nodes = [node for path in folder.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    looked_up = [part for node in nodes if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "WORDS"
                 for part in ast.walk(node.slice)]
    looked_up += [key for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "WORDS.of"
                  for key in node.args[0].keys]
    return [{node.value for node in part if isinstance(node, ast.Constant)} for part in (nodes, looked_up)]


@pytest.mark.parametrize("name", POINTS)
def test_a_message_is_given_by_a_check_and_the_other_way_round(name):
    known, (named, looked_up) = messages(name).keys(), constants(FOLDER / name)
    made = {cause for table in messages(name).edits.values() for cause in table}
    clues = {f"clue-{fault.clue}" for fault in script.faults(np.random.default_rng(0))} if name == "bug_hunt" else set()
    assert known - named - made == clues
    assert {cause for cause in looked_up if isinstance(cause, str)} | made <= known


@pytest.mark.parametrize("name", POINTS)
def test_each_edit_changes_its_reference(name):
    words, package = messages(name), importlib.import_module(f"parity_checks.{name}")
    modules = [package, *(importlib.import_module(f"{package.__name__}.{module.name}")
                          for module in pkgutil.iter_modules(package.__path__))]
    for table in words.edits:
        reference, part = re.fullmatch(r"(\w+)(.*)", table).groups()
        found = {function for module in modules if (function := vars(module).get(reference))
                 and not hasattr(function, "says")}
        assert len(found) == 1, f"{reference} is not one function"
        assert all(variant.__name__ == reference for _, variant in words.variants(*found, part))


@pytest.mark.parametrize("name", [None, *POINTS])
def test_a_submission_of_the_bank_makes_each_named_mistake(name):
    # The check of lstm_parity is in part that of the networks of the exercise on architectures.
    exercises = {None: POINTS, "architecture": ("architecture", "lstm_comparison")}.get(name, (name,))
    made = {cause for exercise in exercises for submission in bank.bank(exercise)
            for cause in submission.loses.values()} | {"not-written"}
    mistakes = messages(name).keys() - OF_ALL_EXERCISES if name else OF_ALL_EXERCISES
    assert {cause for cause in mistakes if not cause.startswith("clue-")} - made == set()
