"""Personal counts: the same on every machine, different between students, and quoted by the model answers."""

import json

import pytest

import parity_checks as checks
from parity_checks import answers
from parity_grading.personal_counts import COUNTS, count_for

ID = "s1234567"
SEED = 2184681076
COUNTED = {"what_convinces": 36, "explanation": 17753, "what_truncation_cannot_teach": 515,
           "one_tanh_unit": 12971, "what_explains_the_difference": 552}


def test_seed_and_counts_are_the_same_on_every_machine():
    assert checks.seed_of(ID) == checks.seed_of(" S123 4567") == SEED
    assert checks.strings_for(SEED).shape == (1000, 24)
    assert {task: count_for(task, SEED) for task in COUNTS} == COUNTED


@pytest.mark.parametrize("task", COUNTED)
def test_the_model_answer_quotes_its_own_number(task):
    text = json.loads(answers.ANSWERS.read_text(encoding="utf-8"))[task]
    assert f"My seed is {SEED}" in text
    assert f" {COUNTED[task]} " in text


@pytest.mark.parametrize("task", COUNTED)
def test_numbers_differ_between_students(task):
    assert len({count_for(task, checks.seed_of(f"s{n}")) for n in range(60)}) > 15


def test_counts_agree_with_the_definitions_of_the_tasks():
    bits = checks.strings_for(3)
    waits = sum(any(row[t] == 1 and not row[t + 1:t + 9].any() and t + 9 <= 24 for t in range(24)) for row in bits)
    assert count_for("what_convinces", 3) == waits
    right = 0
    for k, row in enumerate(bits):
        length = 1 + k % 24
        right += 24 - length + sum(row[:t].sum() % 2 == 0 for t in range(1, length + 1))
    assert count_for("explanation", 3) == right
    assert count_for("what_truncation_cannot_teach", 3) == sum(row[:16].sum() % 2 == 0 for row in bits)
    remembers = 0
    for row in bits.tolist():
        remembers += sum((1 in row[:t]) == (row[:t].count(1) % 2 == 1) for t in range(1, 25))
    assert count_for("one_tanh_unit", 3) == remembers
    cut = [row[:1 + k % 10] for k, row in enumerate(bits.tolist())]
    assert count_for("what_explains_the_difference", 3) == sum(row.count(1) % 2 == row[-1] for row in cut)


@pytest.mark.parametrize("wrong", ["  ", 7, "?!"])
def test_an_id_without_letters_or_digits_is_an_error(wrong):
    with pytest.raises(ValueError, match="student_id"):
        checks.seed_of(wrong)
