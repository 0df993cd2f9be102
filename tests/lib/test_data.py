"""Compare bits, labels and tasks with plain Python loops and exact counts."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parity_lib.data import Batch, Curriculum, ParityTask, final_parity, random_bits, running_parity

LENGTHS = {"fixed": 9, "range": (2, 9), "curriculum": Curriculum(start=2, stop=9), "one": 1, "across words": (60, 70)}
LABELS = ("every_step", "end")
PADDINGS = ("after", "before")

combinations = pytest.mark.parametrize(
    ("lengths", "label", "padding"), list(itertools.product(LENGTHS.values(), LABELS, PADDINGS)), ids=str)
properties = settings(deadline=None, max_examples=80, derandomize=True)


def rng(seed=0):
    return np.random.default_rng(seed)


def xor_of(bits):
    """Return the running parity of a string, computed by counting its ones."""
    return [sum(int(bit) for bit in bits[:t + 1]) % 2 for t in range(len(bits))]


def chi_square(counts):
    expected = np.mean(counts)
    return ((np.asarray(counts) - expected) ** 2 / expected).sum()


# Bits and parity

@properties
@given(count=st.integers(1, 5), steps=st.integers(1, 200), seed=st.integers(0, 2**32))
@example(count=3, steps=64, seed=0)
@example(count=3, steps=129, seed=0)
def test_running_parity_agrees_with_counting(count, steps, seed):
    bits = random_bits(count, steps, rng(seed))
    assert bits.shape == (count, steps)
    assert bits.dtype == running_parity(bits).dtype == np.uint8
    assert bits.max() <= 1
    np.testing.assert_array_equal(running_parity(bits), np.cumsum(bits, axis=1, dtype=np.int64) % 2)


def test_the_strings_of_a_seed_stay_the_same():
    """Stored results and the numbers on the pages depend on these streams."""
    assert np.packbits(random_bits(2, 70, rng(0)), axis=1).tolist() == [
        [163, 15, 235, 207, 217, 194, 130, 95, 68],
        [10, 125, 61, 169, 78, 205, 232, 184, 4]]
    bits, lengths = ParityTask((1, 9)).draw(6, rng(5))
    assert np.packbits(bits, axis=1)[:, 0].tolist() == [206, 206, 131, 73, 13, 98]
    assert lengths.tolist() == [6, 4, 2, 1, 1, 1]


def test_bits_are_fair_and_independent_of_their_neighbours_at_every_place():
    bits = random_bits(20_000, 130, rng(1)).astype(np.int64)
    deviations = (bits.mean(axis=0) - 0.5) * 2 * np.sqrt(len(bits))
    assert np.abs(deviations).max() < 4.5
    for distance in (1, 8, 63, 64):
        equal = (bits[:, distance:] == bits[:, :-distance]).mean(axis=0)
        assert np.abs((equal - 0.5) * 2 * np.sqrt(len(bits))).max() < 4.5
    assert len(np.unique(bits, axis=0)) == len(bits)


@properties
@given(st.lists(st.lists(st.integers(0, 1), min_size=7, max_size=7), min_size=1, max_size=5), st.data())
def test_final_parity_reads_the_first_bits_only(rows, data):
    lengths = data.draw(st.lists(st.integers(1, 7), min_size=len(rows), max_size=len(rows)))
    bits = np.array(rows, dtype=np.uint8)
    result = final_parity(bits, np.array(lengths))
    assert result.dtype == np.uint8
    assert result.tolist() == [sum(row[:length]) % 2 for row, length in zip(rows, lengths)]
    assert final_parity(bits).tolist() == [sum(row) % 2 for row in rows]


@pytest.mark.parametrize("lengths", [[0, 1], [1, 5], [1], [[1, 2]], [1.0, 2.0]])
def test_final_parity_refuses_lengths_that_do_not_fit(lengths):
    with pytest.raises(ValueError, match=r"^lengths must be 2 integers from 1 to 4, but it is array"):
        final_parity(np.zeros((2, 4), dtype=np.uint8), np.array(lengths))


# A batch

@combinations
def test_a_batch_is_its_strings_padded_masked_and_labelled(lengths, label, padding):
    task = ParityTask(lengths, label, padding)
    bits, drawn = task.draw(15, rng(3))
    batch = task.batch(15, rng(3))
    steps = task.longest
    assert isinstance(batch, Batch)
    assert batch.inputs.shape == batch.targets.shape == (15, steps, 1)
    assert batch.inputs.dtype == batch.targets.dtype == torch.float32
    assert batch.mask.shape == (15, steps)
    assert batch.mask.dtype == torch.bool
    for row in range(15):
        length = int(drawn[row])
        string = bits[row, :length].tolist()
        start = 0 if padding == "after" else steps - length
        end = start + length
        inputs, targets, mask = (tensor[row].flatten() for tensor in batch)
        assert inputs[start:end].tolist() == string
        assert inputs[:start].sum() == inputs[end:].sum() == 0
        assert targets[:start].sum() == targets[end:].sum() == 0
        labelled = range(start, end) if label == "every_step" else [end - 1]
        assert mask.nonzero().flatten().tolist() == list(labelled)
        assert targets[mask].tolist() == [xor_of(string)[place - start] for place in labelled]


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=str)
def test_lengths_are_uniform_and_both_ends_are_drawn(lengths):
    task = ParityTask(lengths)
    _, drawn = task.draw(20_000, rng(0))
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == list(range(task.shortest, task.longest + 1))
    assert chi_square(counts) < 35  # at most 10 degrees of freedom: one draw in 8 000 lies above


# A task

def test_a_task_says_what_it_draws():
    for lengths, expected in ((7, (7, 7, 7)), ((2, 7), (2, 7, 7)), (Curriculum(3, 7, shortest=2), (2, 7, 3))):
        task = ParityTask(lengths)
        assert (task.shortest, task.longest, task.curriculum.start) == expected
    assert ParityTask((2, 7)).curriculum.next_longest(7, accuracy=1.0) == 7


@pytest.mark.parametrize(("lengths", "factor", "shortest", "longest"), [
    (5, 1.5, 7, 7), ((1, 50), 1.5, 1, 75), (Curriculum(start=2, stop=20), 2, 1, 40),
])
def test_a_stretched_task_has_longer_strings_of_the_same_kind(lengths, factor, shortest, longest):
    stretched = ParityTask(lengths, "end", "before").stretched(factor)
    assert (stretched.shortest, stretched.longest) == (shortest, longest)
    assert (stretched.label, stretched.padding) == ("end", "before")


def test_a_curriculum_grows_on_success_only_and_stops():
    curriculum, seen = Curriculum(start=2, stop=9, step=3, threshold=0.9), [2]
    for accuracy in (0.5, 0.9, 0.89, 1.0, 1.0, 1.0):
        seen.append(curriculum.next_longest(seen[-1], accuracy))
    assert seen == [2, 2, 5, 5, 8, 9, 9]


def test_a_growing_task_draws_every_length_up_to_the_current_one_and_no_longer():
    task = ParityTask(Curriculum(start=2, stop=9, shortest=2))
    for longest in (2, 5, 9):
        bits, lengths = task.draw(500, rng(), longest)
        assert bits.shape == (500, longest)
        assert set(lengths) == set(range(2, longest + 1))
        assert task.batch(6, rng(), longest).inputs.shape == (6, longest, 1)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: ParityTask(label="last"), "label must be 'every_step' or 'end', but it is 'last'"),
    (lambda: ParityTask(padding="left"), "padding must be 'after' or 'before', but it is 'left'"),
    *((lambda lengths=lengths: ParityTask(lengths), "lengths must be an integer of at least 1, a pair (shortest, "
       f"longest) or a Curriculum, but it is {lengths!r}") for lengths in (0, "50", (6, 5), (1, 2, 3), (0, 3), 2.5)),
    (lambda: ParityTask(5).batch(0, rng()), "count must be an integer of at least 1, but it is 0"),
    (lambda: random_bits(1, 0, rng()), "steps must be an integer of at least 1, but it is 0"),
    (lambda: Curriculum(shortest=0), "shortest must be an integer of at least 1, but it is 0"),
    (lambda: Curriculum(shortest=4), "start must be an integer of at least 4, but it is 2"),
    (lambda: Curriculum(stop=1), "stop must be an integer of at least 2, but it is 1"),
    (lambda: Curriculum(threshold=1.1), "threshold must be a number above 0 and at most 1, but it is 1.1"),
])
def test_an_error_names_the_argument_the_value_and_what_is_allowed(make, message):
    with pytest.raises(ValueError, match="must be") as error:
        make()
    assert str(error.value) == message
