"""Model answers are shown after the student's own, but not during grading or if an instructor switches them off."""

import json
import os

import pytest

import parity_checks as checks
from parity_checks import CheckFailed, answers, architecture, decorator
from parity_checks.points import POINTS
from parity_teaching import authoring
from tests.submissions import bank

OWN = " ".join(["my own answer in words"] * 5)
TASKS = [(source.name, cell["id"]) for source in authoring.sources(bank.ROOT) for cell in source.graded
         if cell["cell_type"] == "markdown"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Provide a folder with an exercise as students receive it, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    release = bank.ROOT / "exercises" / "architecture" / "architecture.ipynb"
    (tmp_path / "architecture.ipynb").write_text(release.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def tried(monkeypatch):
    """Let all checks have run on code of the student's own."""
    for name in POINTS["architecture"]:
        monkeypatch.setattr(getattr(architecture, name), "tried", True)


def write(folder, text, task="one-tanh-unit"):
    path = folder / "architecture.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == task)
    cell["source"] = text.splitlines(keepends=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_each_task_in_words_has_a_model_answer_which_the_cell_below_it_shows():
    known = json.loads(answers.ANSWERS.read_text(encoding="utf-8"))
    assert sorted(known) == sorted(name.replace("-", "_") for _, name in TASKS)
    assert all("**Rubric.**" in text for text in known.values())
    for exercise, task in TASKS:
        release = json.loads((bank.ROOT / "exercises" / exercise / f"{exercise}.ipynb").read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in release["cells"]]
        below = sources[[cell["id"] for cell in release["cells"]].index(task) + 1]
        assert below == f'checks.model_answer("{task.replace("-", "_")}")'
        assert not any("**Rubric" in source for source in sources)


@pytest.mark.parametrize("text", ["YOUR ANSWER HERE", "It cannot."])
def test_nothing_is_shown_before_the_student_has_answered(folder, capfd, text):
    write(folder, text)
    assert checks.model_answer("one_tanh_unit") is None
    output = capfd.readouterr().out
    assert "Write your own answer first, in at least 20 words, and save the notebook" in output
    assert "Rubric" not in output


def test_the_answer_in_a_copy_does_not_count(folder, capfd, monkeypatch):
    untouched = (folder / "architecture.ipynb").read_text(encoding="utf-8")
    write(folder, OWN)
    (folder / "architecture.ipynb").rename(folder / "copy.ipynb")
    (folder / "architecture.ipynb").write_text(untouched, encoding="utf-8")
    os.utime(folder / "architecture.ipynb", (1, 1))
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "architecture.ipynb"))
    assert checks.model_answer("one_tanh_unit") is None
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "copy.ipynb"))
    assert "One good answer" in checks.model_answer("one_tanh_unit")


def test_after_the_students_answer_the_model_and_the_rubric_are_shown(folder, capfd):
    write(folder, OWN)
    shown = checks.model_answer("one_tanh_unit")._repr_markdown_()
    assert "One good answer" in shown
    assert "**Rubric.**" in shown
    assert capfd.readouterr().out == ""


def test_jupyter_says_which_notebook_is_running(folder, monkeypatch, capfd):
    write(folder, OWN)
    (folder / "another.ipynb").write_text('{"cells": []}', encoding="utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "another.ipynb"))
    assert checks.model_answer("one_tanh_unit") is None
    assert "No notebook in" in capfd.readouterr().out


def test_an_answer_may_be_an_argument_if_there_is_no_file(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    assert checks.model_answer("one_tanh_unit") is None
    assert 'checks.model_answer("one_tanh_unit", """your answer""")' in capfd.readouterr().out
    assert checks.model_answer("one_tanh_unit", "It cannot.") is None
    assert capfd.readouterr().out == "Write your own answer first, in at least 20 words; then try again.\n"
    assert "\nRubric." in repr(checks.model_answer("one_tanh_unit", OWN)), "text has no asterisks"


def test_each_check_above_the_question_must_have_run_on_code_of_the_students_own(folder, capfd, student, monkeypatch):
    write(folder, OWN)
    for name in POINTS["architecture"]:
        monkeypatch.setattr(getattr(architecture, name), "tried", False)
    student.count_parameters = lambda *_: exec("raise NotImplementedError")
    student.success_rate = lambda outcomes: (0, 0, 1)
    for name in ("count_parameters", "success_rate"):
        with pytest.raises(CheckFailed):
            getattr(architecture, name)()
    assert checks.model_answer("one_tanh_unit") is None
    assert capfd.readouterr().out == (
        "Try the tasks above first. These checks have not run on code of yours since the notebook was started: "
        "count_parameters, build_model, learns.\n")
    for name in ("count_parameters", "build_model", "learns"):      # the last task is below the question
        getattr(architecture, name).tried = True
    assert "One good answer" in checks.model_answer("one_tanh_unit")
    assert not architecture.multiple_of_three.tried


def test_a_check_that_cannot_run_here_need_not_be_tried(monkeypatch):
    monkeypatch.setattr(decorator, "missing_package", lambda error: "PyTorch")
    assert decorator.not_installed(ModuleNotFoundError()).tried


@pytest.mark.parametrize(("after", "words"), [("9999-01-31 18:00:00 UTC", " until 9999-01-31 18:00:00 UTC"), ("", "")])
def test_a_course_keeps_a_model_answer_back_until_its_due_date(folder, capfd, after, words):
    write(folder, OWN)
    assert checks.model_answer("one_tanh_unit", after=after) is None
    assert capfd.readouterr().out == f"Your course keeps this model answer back{words}.\n"
    assert "One good answer" in checks.model_answer("one_tanh_unit", after="2026-01-31 18:00:00 UTC")


@pytest.mark.parametrize(("variable", "value", "output"), [
    ("PARITY_MODEL_ANSWERS", "0", "Your instructor has switched model answers off.\n"),
    ("NBGRADER_EXECUTION", "autograde", "")])
def test_nothing_is_shown_while_grading_or_if_an_instructor_switches_answers_off(folder, monkeypatch, capfd, variable,
                                                                                value, output):
    write(folder, OWN)
    monkeypatch.setenv(variable, value)
    assert checks.model_answer("one_tanh_unit") is None
    assert capfd.readouterr().out == output
