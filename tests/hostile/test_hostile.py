"""Every broken or hostile submission gets the points it deserves, in one batch, and leaves nothing behind."""

import ast
import importlib
import runpy
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.hostile import bank, batch

pytestmark = pytest.mark.whole

# Kinds in which the two commands could differ, because of files, formats, outputs or the gradebook, and a few others.
WITH_NBGRADER = {"channel", "characters", "dead kernel", "display", "files", "files beside", "format", "gradebook",
                 "large files", "marks", "memory", "output", "outputs saved", "patched checks", "rebuild", "spying",
                 "unreadable"}


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> batch.Graded:
    """The result of `parity grade` for the whole bank."""
    return batch.run(batch.prepared(tmp_path_factory.mktemp("hostile") / "course", bank.bank()),
                     *batch.COMMANDS["parity grade"])


@pytest.mark.slow
def test_the_whole_bank_gets_what_it_deserves(graded):
    assert batch.wrong(graded, bank.bank()) == {}


@pytest.mark.slow
def test_a_submission_that_cannot_be_graded_fails_the_command_and_every_other_one_has_a_row(graded):
    assert graded.status == 1
    assert sorted(graded.rows) == sorted([*(submission.name for submission in bank.bank()), *batch.HONEST])
    assert "no_json" in {name for name, row in graded.rows.items() if row.split()[1] == "failed"}


def names_of_the_library(source: str) -> Iterator[str]:
    """Yield "module:name" for each name of our packages that a cell imports or reads from such an import."""
    modules: dict[str, str] = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError):
        return          # some attacks are cells that are no Python
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("parity_"):
            for alias in node.names:
                yield f"{node.module}:{alias.name}"
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}:{node.attr}"


def exists(name: str) -> bool:
    """Return True if a name of the form "module:name" is a module or an attribute of a module."""
    module, _, attribute = name.partition(":")
    with suppress(ImportError):
        importlib.import_module(f"{module}.{attribute}")
    return hasattr(importlib.import_module(module), attribute)


def test_no_attack_fails_because_a_name_of_the_library_has_changed():
    known = {path.stem: runpy.run_path(str(path)) for path in bank.HERE.glob("*.py")}
    names = {(submission, name) for submission, file in known.items()
             for source in [*file.get("CELLS", {}).values(), file.get("CODE", "")]
             for name in names_of_the_library(source)}
    assert {submission for submission, _ in names} > {"forges_points", "patches_the_checks"}
    assert [(submission, name) for submission, name in names if not exists(name)] == []
    assert not exists("parity_checks.core:lend")


@pytest.mark.slow
def test_with_nbgrader_nobody_gets_more_than_they_deserve(tmp_path):
    """Grade those that deserve less with nbgrader, and one of each kind in WITH_NBGRADER."""
    first_of_kind = {submission.kind: submission.name for submission in reversed(bank.bank())
                     if submission.kind in WITH_NBGRADER}
    assert first_of_kind.keys() == WITH_NBGRADER
    submissions = [submission for submission in bank.bank()
                   if submission.stock != submission.loses or submission.name in first_of_kind.values()]
    graded = batch.run(batch.prepared(tmp_path / "course", submissions), *batch.COMMANDS["nbgrader autograde"])
    assert batch.wrong(graded, submissions, stock=True) == {}
