"""Compare masks, packing and masked means with plain loops."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from parity_lib.padding import last_real_step, length_mask, masked_mean, masked_values, pack, unpack

properties = settings(deadline=None, max_examples=60, derandomize=True)


@st.composite
def padded(draw):
    """Draw unsorted lengths, and numbers ``[batch, steps, features]`` with NaN on the padding."""
    lengths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=7))
    steps = max(lengths) + draw(st.integers(0, 3))
    values = torch.randn(len(lengths), steps, draw(st.integers(1, 3)), generator=torch.Generator().manual_seed(0))
    for row, length in enumerate(lengths):
        values[row, length:] = math.nan
    return values, torch.tensor(lengths)


@properties
@given(padded())
def test_the_mask_is_true_on_the_first_steps_of_each_row(case):
    values, lengths = case
    mask = length_mask(lengths, values.shape[1])
    assert mask.dtype == torch.bool
    assert mask.tolist() == [[step < length for step in range(values.shape[1])] for length in lengths.tolist()]


@properties
@given(padded())
def test_unpacking_undoes_packing_and_puts_zeros_on_padding(case):
    values, lengths = case
    packed = pack(values, lengths)
    assert packed.data.shape == (int(lengths.sum()), values.shape[2])
    assert not packed.data.isnan().any()
    by_hand = torch.zeros_like(values)
    for row, length in enumerate(lengths.tolist()):
        by_hand[row, :length] = values[row, :length]
    assert torch.equal(unpack(packed, values.shape[1]), by_hand)


@properties
@given(padded())
def test_the_last_real_step_is_read_in_each_row(case):
    values, lengths = case
    expected = torch.stack([values[row, length - 1] for row, length in enumerate(lengths.tolist())])
    assert torch.equal(last_real_step(values, lengths), expected)


@properties
@given(padded())
def test_the_masked_mean_and_its_gradient_ignore_what_stands_on_padding(case):
    values, lengths = case
    values = values[:, :, 0].clone().requires_grad_()
    mask = length_mask(lengths, values.shape[1])
    mean = masked_mean(values, mask)
    real = [values[row, step].item() for row, length in enumerate(lengths.tolist()) for step in range(length)]
    assert masked_values(values, mask).tolist() == real
    assert mean.item() == pytest.approx(sum(real) / len(real), abs=1e-6)
    mean.backward()
    torch.testing.assert_close(values.grad, mask.float() / len(real), rtol=1e-6, atol=0)


@pytest.mark.parametrize("lengths", [[0, 2], [2, 4], [[1, 2]], [1.0, 2.0], []])
@pytest.mark.parametrize("use", [
    lambda lengths: pack(torch.zeros(2, 3, 1), lengths),
    lambda lengths: last_real_step(torch.zeros(2, 3, 1), lengths),
    lambda lengths: length_mask(lengths, 3),
], ids=["pack", "last_real_step", "length_mask"])
def test_lengths_that_do_not_fit_are_refused(use, lengths):
    with pytest.raises(ValueError, match=r"^lengths must be \d integers from 1 to 3, but it is ") as error:
        use(torch.tensor(lengths))
    assert str(error.value).endswith(str(lengths))


def test_a_mask_of_another_shape_or_without_any_true_is_refused():
    with pytest.raises(ValueError, match=r"^mask must be of the shape of values, \(2, 3\), but it is \(1, 3\)$"):
        masked_mean(torch.zeros(2, 3), torch.ones(1, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"^mask must be True somewhere, but it is "):
        masked_mean(torch.zeros(1, 2), torch.zeros(1, 2, dtype=torch.bool))
