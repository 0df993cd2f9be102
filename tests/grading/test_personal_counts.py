"""Personal counts: the same on every machine, different between students, and quoted by the model answers."""

import json

import pytest
import torch

import parity_checks as checks
from parity_checks import answers
from parity_grading.personal_counts import COUNTS, count_for

ID = "s1234567"
SEED = 2184681076
COUNTED = {"what_convinces": 36, "explanation": 17753, "what_truncation_cannot_teach": 515, "what_differs": 568}


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
    unit = torch.nn.LSTM(1, 1, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for name, value in (("weight_ih_l0", [0, 0, 200, 0]), ("weight_hh_l0", [0, 0, 0, 0]),
                            ("bias_ih_l0", [0, 3, -100, 0]), ("bias_hh_l0", [0, 0, 0, 0])):
            getattr(unit, name).copy_(torch.tensor(value).reshape(getattr(unit, name).shape))
        c = unit(torch.from_numpy(bits).double()[..., None])[1][1][0, :, 0].numpy()
    assert count_for("what_differs", 3) == ((c > 0) == (bits[:, 0] == 1)).sum()


@pytest.mark.parametrize("wrong", ["  ", 7, "?!"])
def test_an_id_without_letters_or_digits_is_an_error(wrong):
    with pytest.raises(ValueError, match="student_id"):
        checks.seed_of(wrong)
