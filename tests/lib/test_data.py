"""Compare bits, labels, tasks and datasets with plain Python loops and exact counts."""

import itertools
import pickle

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from parity_lib.data import (
    Batch,
    Curriculum,
    ParityDataset,
    ParityTask,
    bits_and_parity,
    final_parity,
    random_bits,
    running_parity,
)

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
@given(count=st.integers(0, 5), steps=st.integers(1, 200), seed=st.integers(0, 2**32))
@example(count=3, steps=64, seed=0)
@example(count=3, steps=129, seed=0)
def test_running_parity_by_words_by_xor_and_by_counting_agree(count, steps, seed):
    bits, parity = bits_and_parity(count, steps, rng(seed))
    assert bits.shape == parity.shape == (count, steps)
    assert bits.dtype == parity.dtype == np.uint8
    assert bits.max(initial=0) <= 1
    np.testing.assert_array_equal(parity, np.bitwise_xor.accumulate(bits, axis=1))
    np.testing.assert_array_equal(parity, np.cumsum(bits, axis=1, dtype=np.int64) % 2)
    np.testing.assert_array_equal(running_parity(bits), parity)
    np.testing.assert_array_equal(random_bits(count, steps, rng(seed)), bits)


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


@pytest.mark.parametrize("draw", [random_bits, bits_and_parity])
def test_counts_and_steps_are_checked(draw):
    with pytest.raises(ValueError, match=r"^count must be an integer of at least 0, but it is -1$"):
        draw(-1, 5, rng())
    with pytest.raises(ValueError, match=r"^steps must be an integer of at least 1, but it is 0$"):
        draw(1, 0, rng())


# A batch

@combinations
def test_a_batch_is_its_strings_padded_masked_and_labelled(lengths, label, padding):
    task = ParityTask(lengths, label, padding)
    bits, _, drawn = task.draw(40, rng(3))
    batch = task.batch(40, rng(3))
    steps = task.longest
    assert isinstance(batch, Batch)
    assert batch.inputs.shape == batch.targets.shape == (40, steps, 1)
    assert batch.inputs.dtype == batch.targets.dtype == torch.float32
    assert batch.mask.shape == (40, steps)
    assert batch.mask.dtype == torch.bool
    assert batch.run_lengths.shape == (40,)
    assert batch.run_lengths.dtype == torch.int64
    for row in range(40):
        length = int(drawn[row])
        string = bits[row, :length].tolist()
        start = 0 if padding == "after" else steps - length
        end = start + length
        inputs, targets, mask = (tensor[row].flatten() for tensor in batch[:3])
        assert inputs[start:end].tolist() == string
        assert inputs[:start].sum() == inputs[end:].sum() == 0
        assert targets[:start].sum() == targets[end:].sum() == 0
        labelled = range(start, end) if label == "every_step" else [end - 1]
        assert mask.nonzero().flatten().tolist() == list(labelled)
        assert targets[mask].tolist() == [xor_of(string)[place - start] for place in labelled]
        assert batch.run_lengths[row] == (length if padding == "after" else steps)


@combinations
def test_lengths_are_uniform_and_both_ends_are_drawn(lengths, label, padding):
    task = ParityTask(lengths, label, padding)
    _, _, drawn = task.draw(20_000, rng(0))
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == list(range(task.shortest, task.longest + 1))
    assert chi_square(counts) < 35  # at most 10 degrees of freedom: one draw in 8 000 lies above


def test_bits_do_not_depend_on_the_lengths():
    np.testing.assert_array_equal(ParityTask((1, 9)).draw(50, rng(2))[0], ParityTask(9).draw(50, rng(2))[0])


def test_a_batch_does_not_share_memory_with_what_was_drawn():
    task = ParityTask(6)
    drawn = task.draw(4, rng())
    batch = task.assemble(*drawn)
    for tensor in batch:
        tensor.zero_()
    assert all(before.any() for before in drawn)


def test_a_batch_moves_to_a_device_whole():
    moved = ParityTask((1, 4)).batch(3, rng()).to("meta")
    assert isinstance(moved, Batch)
    assert {tensor.device.type for tensor in moved} == {"meta"}


# A task

def test_a_task_says_what_it_draws():
    assert (ParityTask(7).shortest, ParityTask(7).longest, ParityTask(7).first_longest) == (7, 7, 7)
    assert (ParityTask((2, 7)).shortest, ParityTask((2, 7)).longest, ParityTask((2, 7)).first_longest) == (2, 7, 7)
    growing = ParityTask(Curriculum(start=3, stop=7, shortest=2))
    assert (growing.shortest, growing.longest, growing.first_longest) == (2, 7, 3)
    assert ParityTask((2, 7)).next_longest(7, accuracy=1.0) == 7


@pytest.mark.parametrize(("lengths", "factor", "shortest", "longest"), [
    (5, 1.5, 7, 7), ((1, 50), 1.5, 1, 75), ((4, 6), 0.5, 4, 4), (Curriculum(start=2, stop=20), 2, 1, 40),
])
def test_a_stretched_task_has_longer_strings_of_the_same_kind(lengths, factor, shortest, longest):
    stretched = ParityTask(lengths, "end", "before").stretched(factor)
    assert (stretched.shortest, stretched.longest) == (shortest, longest)
    assert (stretched.label, stretched.padding) == ("end", "before")


def test_a_curriculum_grows_on_success_only_and_stops():
    task = ParityTask(Curriculum(start=2, stop=9, step=3, threshold=0.9))
    longest, seen = task.first_longest, []
    for accuracy in (0.5, 0.9, 0.89, 1.0, 1.0, 1.0):
        seen.append(longest)
        longest = task.next_longest(longest, accuracy)
    assert [*seen, longest] == [2, 2, 5, 5, 8, 9, 9]


def test_a_growing_task_draws_every_length_up_to_the_current_one_and_no_longer():
    task = ParityTask(Curriculum(start=2, stop=9, shortest=2))
    for longest in (2, 5, 9):
        bits, parity, lengths = task.draw(500, rng(), longest)
        assert bits.shape == parity.shape == (500, longest)
        assert set(lengths) == set(range(2, longest + 1))
        assert task.batch(6, rng(), longest).inputs.shape == (6, longest, 1)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: ParityTask(label="last"), "label must be 'every_step' or 'end', but it is 'last'"),
    (lambda: ParityTask(padding="left"), "padding must be 'after' or 'before', but it is 'left'"),
    (lambda: ParityTask(0), "lengths (shortest) must be an integer of at least 1, but it is 0"),
    (lambda: ParityTask("50"), "lengths (shortest) must be an integer of at least 1, but it is '50'"),
    (lambda: ParityTask((6, 5)), "lengths (longest) must be an integer of at least 6, but it is 5"),
    (lambda: ParityTask((1, 2, 3)),
     "lengths must be a number, a pair (shortest, longest) or a Curriculum, but it is (1, 2, 3)"),
    (lambda: ParityTask(5).batch(0, rng()), "batch_size must be an integer of at least 1, but it is 0"),
    (lambda: ParityTask((3, 5)).draw(1, rng(), longest=2), "longest must be an integer of at least 3, but it is 2"),
    (lambda: ParityTask(5).stretched(0), "factor must be a number above 0, but it is 0"),
    (lambda: Curriculum(shortest=0), "shortest must be an integer of at least 1, but it is 0"),
    (lambda: Curriculum(shortest=4), "start must be an integer of at least 4, but it is 2"),
    (lambda: Curriculum(stop=1), "stop must be an integer of at least 2, but it is 1"),
    (lambda: Curriculum(step=0), "step must be an integer of at least 1, but it is 0"),
    (lambda: Curriculum(threshold=1.1), "threshold must be a number above 0 and at most 1, but it is 1.1"),
    (lambda: ParityDataset(ParityTask(5), size=0, seed=0), "size must be an integer of at least 1, but it is 0"),
    (lambda: ParityDataset(ParityTask(5), size=1, seed=None), "seed must be an integer of at least 0, but it is None"),
    (lambda: next(ParityDataset(ParityTask(5), 1, 0).batches(0, rng())),
     "batch_size must be an integer of at least 1, but it is 0"),
])
def test_an_error_names_the_argument_the_value_and_what_is_allowed(make, message):
    with pytest.raises(ValueError, match="must be") as error:
        make()
    assert str(error.value) == message


# A dataset

def rows_of(batches):
    """Return every string of an epoch with its length, in order."""
    return [(tuple(inputs.flatten().tolist()), int(length))
            for batch in batches for inputs, length in zip(batch.inputs, batch.run_lengths)]


@pytest.fixture(scope="module")
def dataset():
    return ParityDataset(ParityTask((20, 70)), size=103, seed=7)


def test_the_pool_comes_from_its_seed_and_is_held_as_bytes(dataset):
    assert len(dataset) == 103
    assert dataset.bits.dtype == dataset.parity.dtype == np.uint8
    assert dataset.bits.nbytes == dataset.parity.nbytes == 103 * 70
    np.testing.assert_array_equal(ParityDataset(dataset.task, 103, seed=7).bits, dataset.bits)
    assert (ParityDataset(dataset.task, 103, seed=8).bits != dataset.bits).any(axis=1).all()


@combinations
def test_fetching_many_equals_fetching_one_by_one(lengths, label, padding):
    pool = ParityDataset(ParityTask(lengths, label, padding), size=20, seed=1)
    indices = [3, 0, 19, 3]
    together, separate = pool.__getitems__(indices), [pool[index] for index in indices]
    assert isinstance(separate[0], Batch)
    for field in Batch._fields:
        assert torch.equal(getattr(together, field), torch.stack([getattr(string, field) for string in separate]))


def test_the_loader_gives_each_string_once_an_epoch_and_shuffles_anew(dataset):
    loader = dataset.loader(batch_size=10, seed=1)
    first, second = rows_of(loader), rows_of(loader)
    unshuffled = rows_of([dataset.__getitems__(range(103))])
    assert sorted(first) == sorted(second) == sorted(unshuffled)
    assert first != second
    assert unshuffled not in (first, second)
    assert rows_of(dataset.loader(10, seed=1)) == first
    assert rows_of(dataset.loader(10, seed=2)) != first
    assert [len(batch.inputs) for batch in loader] == [10] * 10 + [3]


def test_two_worker_processes_give_the_same_batches(dataset):
    loader = dataset.loader(10, seed=1)
    generator = torch.Generator().manual_seed(1)
    workers = DataLoader(dataset, 10, shuffle=True, collate_fn=loader.collate_fn, generator=generator, num_workers=2)
    assert rows_of(workers) == rows_of(loader)
    pickle.dumps((dataset, loader.collate_fn))  # systems that do not fork send both to a worker


def test_its_own_batches_give_each_string_once_in_an_order_from_the_generator(dataset):
    epoch = list(dataset.batches(10, rng(1)))
    assert [len(batch.inputs) for batch in epoch] == [10] * 10 + [3]
    assert sorted(rows_of(epoch)) == sorted(rows_of([dataset.__getitems__(range(103))]))
    assert rows_of(dataset.batches(10, rng(1))) == rows_of(epoch)
    assert rows_of(dataset.batches(10, rng(2))) != rows_of(epoch)
