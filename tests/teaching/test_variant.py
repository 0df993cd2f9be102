"""Variants: what the key decides, what is written, that right answers are right and published ones are not."""

from __future__ import annotations

import ast
import itertools
import os
import re
import stat
from pathlib import Path

import nbformat
import pytest

from parity_lib import checks
from parity_lib.checks import constants
from parity_lib.checks.points import POINTS
from parity_lib.teaching import authoring, variant
from tests.exercises import course
from tests.submissions import bank
from tests.submissions.test_right_answers import TRAIN, failures
from tests.teaching import translated

pytestmark = pytest.mark.whole
EXERCISES = variant.variable()
KEYS = [f"the key of {year}, long enough".encode() for year in range(2026, 2030)]
# What copying the published model answer keeps: tasks that a variant leaves as they are.
KEPT = {"varying_lengths": {"always-even-check", "reported-accuracy-check"},
        "gradient_through_time": {"hunt-update-check"},
        "no_teacher_forcing": {"last-valid-check", "train-at-the-end-check"}}

# The share of the bank's wrong answers that may be told something else in a variant than where they were written: the
# first case in which they are wrong may have the same result as another mistake.
MOST = 0.1


@pytest.fixture(autouse=True)
def _graded(monkeypatch, tmp_path_factory):
    """As a hand-in is graded, and without an instructor's tests, which ask what is published."""
    monkeypatch.setitem(os.environ, "NBGRADER_EXECUTION", "autograde")
    monkeypatch.setitem(os.environ, "PARITY_PRIVATE_TESTS", str(tmp_path_factory.getbasetemp()))


def notebook(name: str, values: dict) -> nbformat.NotebookNode:
    return authoring.notebook(variant.source(bank.ROOT, name, values)[1])


def with_published_answers(nb: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The variant, handed in with what the published sources have in the cells that students write."""
    public = authoring.notebook(authoring.read(bank.ROOT / "solutions" / f"{name}.md"))
    written = {cell.id: cell.source for cell in public.cells
               if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")}
    for cell in nb.cells:
        cell.source = written.get(cell.id, cell.source)
    return nb


# ---------------------------------------------------------------- right and wrong answers


def proves(name: str, key: bytes, leave_out: tuple[str, ...] = ()) -> None:
    values = variant.drawn(name, key)
    own = bank.grade(notebook(name, values), leave_out)
    assert all(one.points == one.most for one in own.values()), (values, own)
    copied = bank.grade(with_published_answers(notebook(name, values), name), leave_out)
    assert {cell for cell, one in copied.items() if one.points} == KEPT.get(name, set()), (values, copied)


@pytest.mark.parametrize("name", EXERCISES)
def test_model_answers_are_right_and_published_answers_wrong(name):
    proves(name, KEYS[0], bank.LONG)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key"), list(itertools.product(EXERCISES, KEYS[1:])))
def test_they_are_for_other_keys_and_with_the_long_checks(name, key):
    proves(name, key)


@pytest.mark.parametrize(("name", "key"), [
    pytest.param(*one, marks=[pytest.mark.slow] * (one != (EXERCISES[0], KEYS[0])))
    for one in itertools.product(EXERCISES, KEYS)])
def test_wrong_answers_of_the_bank_lose_the_same_points_most_with_the_same_words(name, key):
    found = translated.counts(name, key)
    assert found.other_points == []
    assert len(found.other_words) <= MOST * found.wrong, found.other_words


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key"), list(itertools.product(EXERCISES, KEYS)))
def test_model_answers_of_a_variant_pass_with_every_seed(name, key):
    values = variant.drawn(name, key)
    asked = [check for check in POINTS[name] if check not in TRAIN]
    assert failures(name, notebook(name, values), asked, constants=values) == []


@pytest.mark.parametrize("name", EXERCISES)
def test_every_value_of_each_pool_makes_code_that_can_be_read(name):
    changes = variant._changes(name)
    text = (bank.ROOT / "solutions" / f"{name}.md").read_text(encoding="utf-8")
    for place in range(max(map(len, changes.POOLS.values()))):
        values = {}
        for group, pool in changes.POOLS.items():
            values |= zip(group, pool[place % len(pool)], strict=True)
        for code in re.findall(r"^```{code-cell} python\n(?::nb:.*\n)?(.*?)^```$", variant.edited(name, text, values),
                               re.MULTILINE | re.DOTALL):
            ast.parse(code)


@pytest.mark.parametrize("name", EXERCISES)
def test_pools_name_every_constant_and_never_what_is_published(name):
    pools, published = variant._changes(name).POOLS, constants.PUBLISHED[name]
    assert {one for group in pools for one in group} == set(published)
    for group, pool in pools.items():
        assert len(pool) == len(set(pool)) > 1
        assert all(dict(zip(group, one, strict=True)) != {key: published[key] for key in group} for one in pool)


def test_constants_are_as_published_again_after_a_check():
    check = checks.variant("unrolling", counted="zeros")
    checks.bind({"parity": lambda bits: (1 - bits).sum(axis=1) % 2})
    try:
        check.parity()
        assert constants.is_published("unrolling", "counted")
        with pytest.raises(checks.CheckFailed, match="even and odd are swapped"):
            checks.variant("unrolling").parity()
    finally:
        checks.bind(None)
    assert constants.is_published("unrolling", "counted")


def test_words_of_a_check_have_the_variants_numbers():
    check = checks.variant("no_teacher_forcing", least=0.9)
    assert "0.9 or more" in check.next_max_length.task.says
    assert "0.95 or more" in checks.variant("no_teacher_forcing").next_max_length.task.says
    assert check.fresh() != check.fresh()


def test_the_summary_adds_up_a_variants_own_points(monkeypatch, capsys):
    monkeypatch.delitem(os.environ, "NBGRADER_EXECUTION")
    checks.bind({"parity": lambda bits: (bits.sum(axis=1) + 1) % 2})
    try:
        checks.summary(checks.variant("unrolling", says="even"))
    finally:
        checks.bind(None)
    assert "2 of 2   parity" in (said := capsys.readouterr().out)
    assert "2 of 11 points" in said


def test_a_constant_that_there_is_not_is_named():
    with pytest.raises(ValueError, match=r"constants of unrolling must be out of counted, .*\['steepness'\]"):
        checks.variant("unrolling", steepness=2)
    with pytest.raises(ValueError, match="exercise must be"):
        checks.variant("rolling")


def test_a_source_that_has_changed_is_noticed():
    with pytest.raises(ValueError, match=r"is there 0 times, and not 1: 'two'.*variants/ has to follow"):
        variant.replaced("one", [("two", "three")])
    assert variant.replaced("a a", [("a", "b", 2)]) == "b b"


# ---------------------------------------------------------------- the key


def test_a_key_decides_everything_and_another_one_other_things():
    first = {name: variant.drawn(name, KEYS[0]) for name in EXERCISES}
    assert first == {name: variant.drawn(name, KEYS[0]) for name in EXERCISES}
    assert all(variant.drawn(name, KEYS[1]) != values for name, values in first.items())


def test_keys_reach_every_value_of_every_pool():
    for name in EXERCISES:
        for group, pool in variant._changes(name).POOLS.items():
            found = {tuple(variant.drawn(name, b"key %d" % number)[one] for one in group) for number in range(200)}
            assert found == set(pool)


def test_a_key_is_made_once_and_for_its_owner(tmp_path):
    path = tmp_path / "private" / "key"
    key, made = variant.key_from(path, tmp_path)
    assert made
    assert len(key) == 64
    assert variant.key_from(path, tmp_path) == (key, False)
    assert not variant.open_to_others(path)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        assert variant.open_to_others(path)


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A course with two exercises, one of its own without a variant, and what sources need of the book."""
    folder = course.copy_course(tmp_path_factory.mktemp("variant") / "course", "unrolling")
    (folder / "book").mkdir()
    for name in ("_toc.yml", *(f"book/{path.name}" for path in (course.ROOT / "book").glob("*.md"))):
        (folder / name).write_bytes((course.ROOT / name).read_bytes())
    (folder / "solutions" / "ones.md").write_text(ONES, encoding="utf-8")
    return folder


ONES = """---
title: Ones
---
# Ones

```{code-cell} python
:nb: {solution: ones}
def ones(bits):
    ### BEGIN SOLUTION
    return bits.sum(axis=1)
    ### END SOLUTION
```
"""


def run(root: Path, *arguments: str) -> tuple[int, str]:
    return course.parity(root, "variant", *arguments)


def files(root: Path) -> dict[str, bytes]:
    folder = root / variant.FOLDER
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_writes_the_same_files_again_and_nothing_else(root):
    before = {path: path.read_bytes() for tree in ("solutions", "exercises") for path in (root / tree).rglob("*.*")}
    status, said = run(root, "--secret", "private/key")
    assert status == 0, said
    key = (root / "private" / "key").read_text().strip()
    written = files(root)
    assert set(written) == {*(f"{tree}/{name}/{name}.ipynb" for tree in ("solutions", "exercises")
                              for name in ("unrolling", "ones")), "solutions/unrolling.md", "solutions/ones.md"}
    assert "as published" in said
    assert variant.SETTINGS in said
    assert key not in said
    assert not any(key.encode() in content for content in written.values())
    assert all(path.read_bytes() == content for path, content in before.items())
    released = written["exercises/unrolling/unrolling.ipynb"].decode()
    assert "SOLUTION" not in released
    assert "model_answer(" not in released
    (root / variant.FOLDER).chmod(0o755)
    assert run(root, "--secret", "private/key")[0] == 0
    assert files(root) == written
    if os.name == "posix":
        assert [stat.S_IMODE((root / one).stat().st_mode) for one in ("private", variant.FOLDER)] == [0o700, 0o700]


@pytest.mark.slow
def test_stock_release_and_parity_grade_take_the_class_own_exercise(root):
    """With the lines that the command gives, nothing else has to be told of the folder. Kernels run."""
    assert run(root, "--secret", "private/key")[0] == 0
    (root / "private" / "nbgrader_config.py").write_text(
        f"c = get_config()\n{variant.SETTINGS}", encoding="utf-8")
    assert variant.is_used(root)
    release = root / variant.FOLDER / "exercises" / "unrolling" / "unrolling.ipynb"
    once = release.read_bytes()
    course.nbgrader(root, "generate_assignment", "unrolling", "--force")
    assert release.read_bytes() == once
    own = nbformat.read(root / variant.FOLDER / "solutions" / "unrolling" / "unrolling.ipynb", as_version=4)
    course.submit(root, "ada", "unrolling", own)
    course.submit(root, "emmy", "unrolling", course.solution("unrolling"))     # the published file, tests and all
    status, said = course.parity(root, "grade", "unrolling")
    assert status == 0, said
    rows = [line.split() for line in said.splitlines() if line.startswith(("ada", "emmy"))]
    assert {row[0]: row[2:5] for row in rows} == {"ada": ["11", "of", "15"], "emmy": ["0", "of", "15"]}, said


def test_files_of_another_key_are_not_overwritten(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    (made / "a.ipynb").write_text("new")
    target = tmp_path / "there"
    target.mkdir()
    variant._nothing_else_there([made / "a.ipynb"], made, target)
    (target / "a.ipynb").write_text("old")
    with pytest.raises(ValueError, match=r"other contents: of another key.*delete the folder"):
        variant._nothing_else_there([made / "a.ipynb"], made, target)


@pytest.mark.parametrize(("arguments", "words"), [
    (("--secret", "key"), "--secret must be a file in private/, which git ignores, or outside of the course"),
    (("--secret", "private/short"), "a key of at least 16 characters, but private/short has 5"),
    (("--secret", "private"), "--secret must be a file, but it is 'private'"),
    (("--secret", "private/good", "rolling"), "NAME must be out of unrolling, but it is 'rolling'"),
    (("--secret", "private/good", "ones"), "NAME must be out of unrolling, but it is 'ones'"),
])
def test_bad_input_is_named(root, arguments, words):
    (root / "private").mkdir(exist_ok=True)
    (root / "private" / "short").write_text("short")
    (root / "private" / "good").write_bytes(KEYS[0])
    status, said = run(root, *arguments)
    assert (status, words in said, "Traceback" in said) == (1, True, False), said
    assert not (root / "key").exists()


def test_a_folder_that_is_no_course_is_named(tmp_path):
    status, said = run(tmp_path, "--secret", "private/key")
    assert (status, "must be a course, with solutions/*.md" in said) == (1, True), said
