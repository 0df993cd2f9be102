"""Exercise authoring: marks and their cells, mistakes in a source, the release, and the exercises of the course."""

import re

import pytest

from parity_checks.points import POINTS
from parity_teaching import authoring
from parity_teaching.addresses import Addresses
from tests.submissions import bank

ROOT = bank.ROOT
FRONT = "---\ntitle: Small\norder: 1\n---\n"
SMALL = FRONT + '''# Small

The goal.
+++
A second cell.

:::{hints}
Look *there*.
---
Go about it
like this.
---
`sum`
:::

```{code-cell} python
:nb: {readonly: imports}
import numpy as np
```
```{code-cell} python
:nb: {solution: count_ones}
def count_ones(bits):
    """Fences within a string end nothing:
    ```python
    """
    ### BEGIN SOLUTION
    return bits.sum()
    ### END SOLUTION
```

```{code-cell} python
:nb: {test: count_ones_check, points: 2}
assert count_ones
### BEGIN HIDDEN TESTS
hidden()
### END HIDDEN TESTS
```

```{code-cell}
:nb: {run: look_at_it}
print(1)
```

```{code-cell}
print("no short form")
```

Now in words.

:::{answer} in_words
:points: 3
A model answer.

**Rubric.** 1 point each.
:::
'''


@pytest.fixture
def source(tmp_path):
    def write(text, name="small"):
        path = tmp_path / "solutions" / name / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path
    return write


def cells(path):
    return {cell["id"]: cell for cell in authoring.read(path).cells}


# ---------------------------------------------------------------- the format


def test_every_mark_makes_its_cell(source):
    by_id = cells(source(SMALL))
    assert list(by_id) == ["text-01", "text-02", "imports", "count-ones", "count-ones-check", "look-at-it", "run-01",
                           "text-03", "in-words", "model-in-words"]
    assert by_id["model-in-words"]["source"] == 'checks.model_answer("in_words")'
    flags = {name: tuple(cell["metadata"]["nbgrader"][key] for key in ("grade", "solution", "locked"))
             for name, cell in by_id.items() if "nbgrader" in cell["metadata"]}
    assert flags == {"imports": (False, False, True), "count-ones": (False, True, False),
                     "count-ones-check": (True, False, True), "in-words": (True, True, False)}
    points = {name: by_id[name]["metadata"]["nbgrader"].get("points") for name in flags}
    assert points == {"imports": None, "count-ones": None, "count-ones-check": 2, "in-words": 3}
    for name in flags:
        cell = by_id[name]
        meta = cell["metadata"]["nbgrader"]
        assert (meta["grade_id"], meta["schema_version"], meta["task"]) == (name, 3, False)
        assert meta["cell_type"] == cell["cell_type"]


def test_run_all_stops_only_where_a_locked_cell_fails(source):
    tagged = {name for name, cell in cells(source(SMALL)).items() if "raises-exception" in str(cell["metadata"])}
    assert tagged == {"count-ones", "count-ones-check", "look-at-it", "run-01", "model-in-words"}


def test_hints_open_on_demand_in_three_steps(source):
    text = cells(source(SMALL))["text-02"]["source"]
    assert re.findall("<summary>(.*?)</summary>", text) == list(authoring.HINT_NAMES)
    assert "\n\nGo about it\nlike this.\n\n</details>" in text, "empty lines around: Markdown within HTML"
    assert ":::" not in text


TASKS = """## Task 1: count (in words)

{{ about }}

```{code-cell}
:nb: {test: a, points: 2}
1
```
:::{answer} b
:points: 1
## Task 9: a heading of an answer
:::
## Between

```{code-cell}
:nb: {test: c, points: 4}
1
```
## Task 2

```{code-cell}
:nb: {test: d, points: 1}
1
```
## Task 3: nothing to grade
"""


def test_points_and_time_are_written_where_they_belong(source):
    path = source(FRONT.replace("order", "minutes: 7\norder") + TASKS)
    text = "\n".join(cell["source"] for cell in authoring.read(path).cells)
    assert re.findall("^## .*", text, re.MULTILINE) == [
        "## Task 1: count (in words) (3 points)", "## Task 9: a heading of an answer", "## Between",
        "## Task 2 (1 point)", "## Task 3: nothing to grade"]
    assert "**Time:** about 7 minutes. **Points:** 8." in text
    assert authoring.read(path).points == 8


def test_exercises_come_in_their_order(source, tmp_path):
    source(SMALL.replace("order: 1", "order: 2"), "a")
    source(SMALL, "z")
    source(SMALL.replace("order: 1\n", ""), "b")
    assert [exercise.name for exercise in authoring.sources(tmp_path)] == ["z", "a", "b"]


# ---------------------------------------------------------------- mistakes


CELL = "```{code-cell}\n:nb: {%s}\n%s\n```\n"
SOLUTION = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
HIDDEN = "check()\n### BEGIN HIDDEN TESTS\nhidden()\n### END HIDDEN TESTS"
MISTAKES = {
    "no front matter": ("# Small", "front matter"),
    "points in a heading": (FRONT + "## Task 1 (2 points)\n", "without points, which are added"),
    "no minutes": (FRONT + "{{ about }}\n", "minutes"),
    "unknown key": (FRONT + CELL % ("tests: x", "1"), "keys out of"),
    "a test without points": (FRONT + CELL % ("test: x", "1"), "with points for a test"),
    "points for a solution": (FRONT + CELL % ("solution: x, points: 2", SOLUTION), "with points for a test"),
    "negative points": (FRONT + CELL % ("test: x, points: -1", "1"), "an integer of at least 0"),
    "short form in words": (FRONT + "```{code-cell}\n:nb: {[}\n1\n```\n", "one line `:nb: {...}`"),
    "another option": (FRONT + "```{code-cell}\n:tags: [hide]\n1\n```\n", "one line `:nb: {...}`"),
    "a name with a space": (FRONT + CELL % ("run: two words", "1"), "letters, digits"),
    "a name used twice": (FRONT + CELL % ("run: a_b", "1") + CELL % ("run: a-b", "1"), "each used once"),
    "a cell without an end": (FRONT + "```{code-cell}\nx = 1\n", "closed by a line"),
    "an answer without an end": (FRONT + ":::{answer} x\n:points: 2\nsecret\n", "closed by a line"),
    "an answer without points": (FRONT + ":::{answer} x\nsecret\n:::\n", "complete: `:::{answer} name`"),
    "an answer in a code cell": (FRONT + CELL % ("answer: x, points: 1", "1"), "an answer in Markdown"),
    "an answer that swallows another": (FRONT + 2 * ":::{answer} x\n:points: 2\nsecret\n" + ":::\n",
                                        "closed by a line"),
    "hints without an end": (FRONT + ":::{hints}\na\n---\nb\n---\nc\n", "closed by a line"),
    "four hints": (FRONT + ":::{hints}\na\n---\nb\n---\nc\n---\nd\n:::\n", "3 steps"),
    "a solution in the text": (FRONT + "### BEGIN SOLUTION\nx\n### END SOLUTION\n", "not complete"),
    "a solution in a cell that is free": (FRONT + CELL % ("run: x", SOLUTION), "{solution: ...}"),
    "hidden tests in a solution": (FRONT + CELL % ("solution: x", SOLUTION + "\n" + HIDDEN), "{test: ...}"),
    "hidden tests that are not graded": (FRONT + CELL % ("readonly: x", HIDDEN), "{test: ...}"),
    "a solution without marks": (FRONT + CELL % ("solution: x", "def f():\n    return 1"), "### BEGIN SOLUTION"),
    "a solution without an end": (FRONT + CELL % ("solution: x", SOLUTION[:-20]), "pairs of lines"),
    "a mark in another spelling": (FRONT + CELL % ("solution: x", SOLUTION + "\n# begin solution"), "pairs of lines"),
    "hidden tests without an end": (FRONT + CELL % ("test: x, points: 1", HIDDEN[:-10]), "pairs of lines"),
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_an_error_that_names_file_and_place(source, text, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        authoring.read(source(text))
    assert "small.md" in str(caught.value)


def test_comments_about_solutions_are_not_marks(source):
    body = SOLUTION.replace("return 1", "return 1  # a solution of mine; hidden tests look at it")
    assert "x" in cells(source(FRONT + "### Solutions, and hidden tests\n" + CELL % ("solution: x", body)))


# ---------------------------------------------------------------- the release


def test_the_release_holds_nothing_that_students_should_find(source):
    exercise = authoring.read(source(SMALL))
    made = authoring.notebooks([exercise])
    assert list(made) == ["exercises/small/small.ipynb", "solutions/small/small.ipynb"]
    text = made["exercises/small/small.ipynb"].decode()
    for secret in ("bits.sum()", "hidden()", "model answer", "Rubric", "SOLUTION", "HIDDEN"):
        assert secret not in text
    assert "raise NotImplementedError" in text
    assert authoring.notebooks([exercise]) == made


def test_a_notebook_that_nbgrader_refuses_is_an_error(source):
    exercise = authoring.read(source(SMALL))
    first, second = (cell for cell in exercise.cells if cell["id"].startswith("count-ones"))
    second["metadata"]["nbgrader"]["grade_id"] = first["id"]
    with pytest.raises(ValueError, match="an assignment that nbgrader can release"):
        authoring.notebooks([exercise])


# ---------------------------------------------------------------- the course


@pytest.mark.parametrize("name", POINTS)
def test_the_source_says_what_an_exercise_is(name):
    text = (ROOT / f"solutions/{name}/{name}.md").read_text(encoding="utf-8")
    source = bank.published(name)
    assert authoring.ABOUT in text
    assert f"**Points:** {source.points}." in source.cells[0]["source"]
    assert source.cells[-1]["source"].endswith("checks.summary(check)")
    assert "Shift+Enter" in source.cells[0]["source"]
    code = [cell["source"] for cell in source.cells if cell["cell_type"] == "code"]
    assert code[0].startswith(Addresses("", "", "main").install_code())
    hints = re.findall("<details>.*?</details>", "".join(cell["source"] for cell in source.cells), re.DOTALL)
    assert not [hint for hint in hints if "$" in hint], "VS Code does not draw formulas in hints"
    in_words = [cell for cell in source.graded if cell["cell_type"] == "markdown"]
    assert in_words
    assert all("Rubric" in cell["source"] for cell in in_words)


@pytest.mark.parametrize("name", POINTS)
def test_each_test_cell_draws_fresh_cases_and_asks_the_instructor(name):
    for cell in bank.published(name).cells:
        meta = cell["metadata"].get("nbgrader", {})
        if not (meta.get("grade") and meta["locked"]):
            continue
        lines = cell["source"].splitlines()
        assert lines[0] == f"from parity_checks import {name} as check"
        shown, hidden = re.split("### BEGIN HIDDEN TESTS\n", cell["source"])
        task = re.search(r"^check\.(\w+)\(\)", shown, re.MULTILINE).group(1)
        assert f"check.{task}(seed=check.fresh())" in hidden
        assert f'check.private("{name}", "{task}")' in hidden


@pytest.mark.parametrize("name", POINTS)
def test_each_task_that_is_coded_has_hints(name):
    text = (ROOT / f"solutions/{name}/{name}.md").read_text(encoding="utf-8")
    tasks = re.split(r"^## (?=Task )", text, flags=re.MULTILINE)[1:]
    assert tasks
    for task in tasks:
        if "{solution: " in task:
            assert ":::{hints}" in task, task[:60]
