"""What becomes of a mark when an exercise is graded again: who gave it, whether it was read, what changed."""

from __future__ import annotations

import datetime

import pytest

from parity_lib.teaching.standing import Book, Mark, Rules, Standing, Words, after, settled

TEST = {"changed": None}


def mark(auto=None, manual=None, waits=False, extra=None):
    return Mark(auto, manual, extra, waits)


def becomes(before, tried, most=(4, 4), rules=None, **about):
    words = Words()
    return settled("task", before, tried, most, rules=rules or Rules({}), words=words, **about), words


@pytest.mark.parametrize(("before", "tried", "changed", "expected", "look"), [
    # A test without a hand in it takes what the test gives.
    (mark(0), mark(3), None, mark(3), ""),
    # Read and unchanged: nothing waits again, although nbgrader says so of the second grading.
    (mark(None, 2), mark(None, 2, waits=True), False, mark(None, 2), ""),
    (mark(None, None, True), mark(None, None, True), False, mark(None, None, True), ""),
    (mark(0), mark(0), False, mark(0), ""),
    # Another text: it waits, and says so; the points stay until it is read.
    (mark(None, 2), mark(None, 2, True), True, mark(None, 2, True), "to be read again, the answer has changed"),
    (mark(0), mark(None, None, True), True, mark(None, None, True), "to be read, the answer is new"),
    (mark(None, 2, True), mark(None, 2, True), False, mark(None, 2, True), ""),
    # Points for the test by hand stay, whatever the test gives; where that is new, a person looks.
    (mark(0, 1), mark(0, 1, True), None, mark(0, 1), ""),
    (mark(0, 1), mark(3, 1, True), None, mark(3, 1, True), "stays at 1, which was given by hand; the test now gives 3"),
])
def test_what_becomes_of_a_mark(before, tried, changed, expected, look):
    new, words = becomes(before, tried, changed=changed)
    assert new == expected
    assert "".join(words.look).removeprefix("task: ") == look


def test_a_test_that_gives_nothing_is_said():
    assert becomes(mark(2, 1), mark(None), **TEST)[1].look == [
        "task: stays at 1, which was given by hand; the test now gives nothing"]


def test_points_by_hand_are_listed_apart_and_can_be_forgotten():
    assert becomes(mark(0, 1), mark(0), **TEST)[1].notes == ["task: 1 by hand, kept (the test gives 0)"]
    new, words = becomes(mark(0, 1), mark(3), rules=Rules({}, forget_manual=True), **TEST)
    assert new == mark(3)
    assert words.notes == ["task: 1 by hand, forgotten"]
    answer = becomes(mark(None, 1), mark(None), rules=Rules({}, forget_manual=True), changed=False)[0]
    assert answer == mark(None, 1)


@pytest.mark.parametrize(("most", "manual", "expected", "looks"), [
    ((4, 4), 3, mark(None, 3), 0),
    ((2, 4), 2, mark(None, 2, True), 1),
    ((4, 2), 3, mark(None, 2, True), 2),
    ((0, 4), 3, mark(None, 3), 0),          # it was dropped, and is back
])
def test_an_answer_that_is_worth_something_else_is_read_again(most, manual, expected, looks):
    new, words = becomes(mark(None, manual), mark(None, manual, True), most, changed=False)
    assert new == expected
    assert len(words.look) == looks


def test_a_dropped_task_has_no_points_of_anybody():
    dropped = Rules({"task": 0}, {"task"})
    assert becomes(mark(3), mark(3), rules=dropped, **TEST) == (mark(0), Words())
    new, words = becomes(mark(None, 2, True, 1.0), mark(None), rules=dropped, changed=True)
    assert (new, words.notes, words.look) == (mark(0), ["task: 2 by hand, dropped with the task"], [])


@pytest.mark.parametrize(("one", "score"), [
    (mark(), 0), (mark(2), 2), (mark(2, 1), 1), (mark(2, None, extra=0.5), 2.5), (mark(None, 1, extra=0.5), 1.5)])
def test_points_are_added_as_nbgrader_adds_them(one, score):
    assert one.score == score


def test_lateness_is_counted_anew_and_a_restored_mark_comes_back():
    due = datetime.datetime(2026, 11, 20, 18)
    before = Standing({"a": mark(4), "b": mark(0)}, 0.4, due + datetime.timedelta(hours=3), due)
    tried = Standing({"a": mark(2), "b": mark(None)}, 0, before.timestamp)
    rules = Rules({"a": 4, "b": 4}, restored={"b": {"ada": mark(None, 3)}})
    book = Book({"a": 4, "b": 0}, {"b"}, set(), {})

    def rule(student, score, late):
        assert (student, late) == ("ada", 3 * 3600)
        return score / 10

    new, words = after("ada", before, tried, book, lambda task: False, rules, rule)
    assert (new.score, new.penalty, new.points) == (5, 0.5, 4.5)
    assert new.marks["b"] == mark(None, 3)
    assert words == Words()
    in_time = Standing(before.marks, 0.4, due, due)
    assert after("ada", in_time, in_time, book, lambda task: False, rules, rule)[0].penalty == 0
    assert Standing({"a": mark(1)}, penalty=5).points == 0
