"""Packing, which skips the padding of short strings, and functions for masks and lengths.

Chapter: *Packing strings of different lengths*. Here, the padding follows the string. ``lengths`` ``[batch]`` need not
be sorted; a function raises ValueError unless they are integers from 1 to the width of the batch.
"""

from __future__ import annotations

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from parity_lib.errors import require


def length_mask(lengths: torch.Tensor, steps: int) -> torch.Tensor:
    """Return a ``bool`` mask ``[batch, steps]`` that is True for bits and False for padding.

    >>> length_mask(torch.tensor([1, 3]), steps=3)
    tensor([[ True, False, False],
            [ True,  True,  True]])
    """
    lengths = _checked(lengths, len(lengths), steps)
    return torch.arange(steps, device=lengths.device) < lengths.unsqueeze(1)


def pack(inputs: torch.Tensor, lengths: torch.Tensor) -> PackedSequence:
    """Pack padded strings ``[batch, steps, features]`` so that a recurrent layer skips the padding.

    PyTorch sorts the rows by length; :func:`unpack` restores their order.
    """
    lengths = _checked(lengths, *inputs.shape[:2]).cpu()
    return pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)


def unpack(packed: PackedSequence, steps: int) -> torch.Tensor:
    """Convert a packed sequence back to a tensor ``[batch, steps, features]``, padded with zeros.

    >>> inputs = torch.tensor([[[1.0], [0.0]], [[2.0], [3.0]]])
    >>> bool((unpack(pack(inputs, torch.tensor([1, 2])), steps=2) == inputs).all())
    True
    """
    return pad_packed_sequence(packed, batch_first=True, total_length=steps)[0]


def last_real_step(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return the outputs ``[batch, features]`` at the last bit of each string.

    It is the time step ``lengths[i] - 1`` of row i of ``outputs``, whose shape is ``[batch, steps, features]``.

    >>> last_real_step(torch.tensor([[[1.0], [2.0], [0.0]]]), torch.tensor([2]))
    tensor([[2.]])
    """
    lengths = _checked(lengths, *outputs.shape[:2]).to(outputs.device)
    return outputs[torch.arange(len(outputs), device=outputs.device), lengths - 1]


def masked_values(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the entries of ``values`` where ``mask`` is True as a one-dimensional tensor.

    Both have the shape ``[batch, steps]``. Raises ValueError if the shapes differ or the mask is False everywhere.

    >>> masked_values(torch.tensor([[1.0, 9.0], [2.0, 3.0]]), torch.tensor([[True, False], [True, True]]))
    tensor([1., 2., 3.])
    """
    require(values.shape == mask.shape, "mask", tuple(mask.shape), f"of the shape of values, {tuple(values.shape)}")
    require(bool(mask.any()), "mask", mask, "True somewhere")
    return values.masked_select(mask)


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean of ``values`` where ``mask`` is True. The errors are those of :func:`masked_values`."""
    return masked_values(values, mask).mean()


def _checked(lengths: torch.Tensor, count: int, steps: int) -> torch.Tensor:
    lengths = torch.as_tensor(lengths)
    in_range = lengths.numel() > 0 and 1 <= int(lengths.min()) and int(lengths.max()) <= steps
    require(not lengths.is_floating_point() and lengths.shape == (count,) and in_range,
            "lengths", lengths.tolist(), f"{count} integers from 1 to {steps}")
    return lengths
