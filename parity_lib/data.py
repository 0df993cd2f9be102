"""Tools for generating random bit strings and parity tasks.

Chapter: *Generating the data*. Bits are stored as ``uint8`` arrays of shape ``[count, steps]`` and converted to
``float32`` tensors when a batch is made. Importing this module does not load PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from parity_lib.errors import require, require_choice, require_int

if TYPE_CHECKING:
    import torch
    from torch.utils.data import DataLoader

WORD_BITS = 64


def random_bits(count: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random bit strings in which 0 and 1 are equally likely.

    There are ``count`` strings of ``steps`` bits. Returns a ``uint8`` array of shape ``[count, steps]``. Drawing 64
    bits at a time from the generator makes this fast.

    >>> random_bits(2, 5, np.random.default_rng(0)).shape
    (2, 5)
    """
    words = _random_words(count, steps, rng)
    return _unpack(words, steps)


def running_parity(bits: np.ndarray) -> np.ndarray:
    """Return the parity of every prefix of each string.

    These are the labels at every time step. ``bits`` is a ``uint8`` array of shape ``[count, steps]``, and so is the
    result. Its entry ``[i, t]`` is 1 if ``bits[i, :t+1]`` contains an odd number of ones, and 0 otherwise.

    >>> running_parity(np.array([[1, 0, 1, 1]], dtype=np.uint8))
    array([[1, 1, 0, 1]], dtype=uint8)
    """
    return np.bitwise_xor.accumulate(bits, axis=1)


def final_parity(bits: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """Return the parity of each string.

    This is the label at the end. Row i of ``bits`` ``[count, steps]`` holds a string of ``lengths[i]`` bits, where
    ``lengths`` contains integers from 1 to ``steps``. By default, every string has ``steps`` bits. Returns a ``uint8``
    array of shape ``[count]``, and raises ValueError if a length is out of range.

    >>> final_parity(np.array([[1, 0, 1, 1]], dtype=np.uint8), np.array([2]))
    array([1], dtype=uint8)
    """
    count, steps = bits.shape
    lengths = np.full(count, steps) if lengths is None else np.asarray(lengths)
    require(
        np.issubdtype(lengths.dtype, np.integer) and lengths.shape == (count,)
        and lengths.min(initial=1) >= 1 and lengths.max(initial=1) <= steps,
        "lengths", lengths, f"{count} integers from 1 to {steps}",
    )
    return running_parity(bits)[np.arange(count), lengths - 1].astype(np.uint8)


def bits_and_parity(count: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw random strings and return them with their running parity.

    Both are ``uint8`` arrays of shape ``[count, steps]``. Six shifts of a 64-bit word compute the parity of its 64
    prefixes: after the shift by s, each bit holds the XOR of the 2s bits that end at its position. The bits equal those
    of :func:`random_bits` with the same generator.

    >>> bits, parity = bits_and_parity(3, 100, np.random.default_rng(0))
    >>> bool((parity == running_parity(bits)).all())
    True
    """
    words = _random_words(count, steps, rng)
    bits = _unpack(words, steps)
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words >> np.uint64(shift)
    # The last bit of a word is the parity of the whole word. If it is 1, every later prefix parity flips.
    for column in range(1, words.shape[1]):
        words[:, column] ^= -(words[:, column - 1] & np.uint64(1))
    return bits, _unpack(words, steps)


def _random_words(count: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    require_int("count", count, least=0)
    require_int("steps", steps, least=1)
    columns = -(-steps // WORD_BITS)
    return rng.integers(2**64, size=(count, columns), dtype=np.uint64)


def _unpack(words: np.ndarray, steps: int) -> np.ndarray:
    # In big-endian order, the most significant bit of a word is the first bit of the string.
    return np.unpackbits(words.astype(">u8").view(np.uint8), axis=1, count=steps)


@dataclass(frozen=True)
class Curriculum:
    """A schedule that makes the training strings longer as the network improves.

    The lengths in a batch are drawn uniformly from ``shortest`` to a longest length. The longest length begins at
    ``start`` and increases by ``step``, up to ``stop``, after each batch whose accuracy is at least ``threshold``.
    Chapter: *Training*.

    >>> Curriculum(start=2, stop=50).next_longest(2, accuracy=1.0)
    3
    """

    start: int = 2
    stop: int = 50
    step: int = 1
    shortest: int = 1
    threshold: float = 0.95

    def __post_init__(self) -> None:
        require_int("shortest", self.shortest, least=1)
        require_int("start", self.start, least=self.shortest)
        require_int("stop", self.stop, least=self.start)
        require_int("step", self.step, least=1)
        require(0 < self.threshold <= 1, "threshold", self.threshold, "a number above 0 and at most 1")

    def next_longest(self, longest: int, accuracy: float) -> int:
        """Return the maximum string length of the next batch.

        ``longest`` and ``accuracy`` are the maximum length of the last batch and the accuracy on it.
        """
        return min(longest + self.step, self.stop) if accuracy >= self.threshold else longest


class Batch(NamedTuple):
    """A batch of strings and labels as PyTorch tensors.

    ``inputs`` and ``targets`` are ``float32`` of shape ``[batch, steps, 1]``. ``mask`` is ``bool`` of shape
    ``[batch, steps]``, and True where a target enters the loss. ``run_lengths`` is ``int64`` of shape ``[batch]`` and
    counts the time steps that the network has to process in each row: the length of the string, or all time steps if
    padding precedes the string.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    mask: torch.Tensor
    run_lengths: torch.Tensor

    def to(self, device: str | torch.device) -> Batch:
        """Return a copy of this batch on the given device."""
        return Batch(*(tensor.to(device) for tensor in self))


@dataclass(frozen=True)
class ParityTask:
    """A parity task with given string lengths, labels and padding.

    ``lengths`` is an integer (the length of every string), a pair (lengths are uniform between the two, inclusive) or a
    :class:`Curriculum`. ``label`` is ``"every_step"`` (a target after each bit) or ``"end"`` (one target per string).
    ``padding`` says on which side of a short string the zeros are, ``"after"`` or ``"before"``. The network has to read
    zeros that come before a string. Raises ValueError for other values.

    >>> batch = ParityTask(lengths=(1, 5)).batch(4, np.random.default_rng(0))
    >>> batch.inputs.shape, batch.mask.dtype
    (torch.Size([4, 5, 1]), torch.bool)
    """

    lengths: int | tuple[int, int] | Curriculum = 50
    label: str = "every_step"
    padding: str = "after"

    def __post_init__(self) -> None:
        require_choice("label", self.label, ("every_step", "end"))
        require_choice("padding", self.padding, ("after", "before"))
        if isinstance(self.lengths, Curriculum):
            return
        shortest, longest = self._length_range()
        require_int("lengths (shortest)", shortest, least=1)
        require_int("lengths (longest)", longest, least=shortest)

    def _length_range(self) -> tuple[int, int]:
        if isinstance(self.lengths, Curriculum):
            return self.lengths.shortest, self.lengths.stop
        if isinstance(self.lengths, (tuple, list)):
            allowed = "a number, a pair (shortest, longest) or a Curriculum"
            require(len(self.lengths) == 2, "lengths", self.lengths, allowed)
            return self.lengths[0], self.lengths[1]
        return self.lengths, self.lengths

    @property
    def shortest(self) -> int:
        """The minimum string length."""
        return self._length_range()[0]

    @property
    def longest(self) -> int:
        """The maximum string length.

        It is the number of time steps in a batch.
        """
        return self._length_range()[1]

    @property
    def first_longest(self) -> int:
        """The maximum string length in the first batch.

        It differs from ``longest`` only in a curriculum.
        """
        return self.lengths.start if isinstance(self.lengths, Curriculum) else self.longest

    def next_longest(self, longest: int, accuracy: float) -> int:
        """Return the maximum string length of the next batch.

        ``longest`` and ``accuracy`` are the maximum length of the last batch and the accuracy on it.
        """
        if isinstance(self.lengths, Curriculum):
            return self.lengths.next_longest(longest, accuracy)
        return longest

    def stretched(self, factor: float) -> ParityTask:
        """Return a copy of this task with longer strings.

        The longest strings are ``factor`` times as long, rounded down to whole bits.
        """
        require(factor > 0, "factor", factor, "a number above 0")
        shortest = self.shortest if self.shortest < self.longest else int(self.longest * factor)
        return replace(self, lengths=(shortest, max(shortest, int(self.longest * factor))))

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw new strings and return their bits, running parity and lengths.

        The first two are ``uint8`` of shape ``[count, longest]``, and the lengths have the shape ``[count]``. In a
        curriculum, ``longest`` replaces the longest length of the task.
        """
        longest = self.longest if longest is None else longest
        require_int("longest", longest, least=self.shortest)
        bits, parity = bits_and_parity(count, longest, rng)
        if self.shortest == longest:
            return bits, parity, np.full(count, longest)
        return bits, parity, rng.integers(self.shortest, longest, size=count, endpoint=True)

    def batch(self, batch_size: int, rng: np.random.Generator, longest: int | None = None) -> Batch:
        """Draw new strings and return them as a :class:`Batch`.

        There are ``batch_size`` strings.
        """
        require_int("batch_size", batch_size, least=1)
        return self.assemble(*self.draw(batch_size, rng, longest))

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a padded :class:`Batch` with a mask.

        The arguments are the values that :meth:`draw` returned.
        """
        import torch

        count, steps = bits.shape
        position, length = np.arange(steps), lengths[:, None]
        if self.padding == "after":
            real, last, run = position < length, position == length - 1, lengths
        else:
            source = (position - (steps - length)) % steps
            bits, parity = np.take_along_axis(bits, source, 1), np.take_along_axis(parity, source, 1)
            real, last = position >= steps - length, np.broadcast_to(position == steps - 1, bits.shape)
            run = np.full(count, steps)
        mask = real if self.label == "every_step" else last
        if self.shortest < steps:  # the padding holds zeros, not bits or labels
            bits, parity = bits * real, parity * real
        inputs, targets = (torch.from_numpy(array.astype(np.float32)).unsqueeze(-1) for array in (bits, parity))
        return Batch(inputs, targets, torch.from_numpy(np.array(mask)), torch.from_numpy(np.array(run, dtype=np.int64)))


class ParityDataset:
    """A fixed set of random strings for use with PyTorch's DataLoader.

    It contains ``size`` strings of ``task``, drawn with ``seed``; different seeds give independent data sets. Each bit
    takes one byte of memory.

    >>> dataset = ParityDataset(ParityTask(lengths=8), size=100, seed=0)
    >>> next(iter(dataset.loader(batch_size=4, seed=1))).inputs.shape
    torch.Size([4, 8, 1])
    """

    def __init__(self, task: ParityTask, size: int, seed: int) -> None:
        require_int("size", size, least=1)
        require_int("seed", seed, least=0)
        self.task = task
        self.bits, self.parity, self.lengths = task.draw(size, np.random.default_rng(seed))

    def __len__(self) -> int:
        return len(self.bits)

    def __getitem__(self, index: int) -> Batch:
        """Return a single string as a :class:`Batch` without a batch axis."""
        return Batch(*(tensor[0] for tensor in self.__getitems__([index])))

    def __getitems__(self, indices) -> Batch:
        """Return several strings as a :class:`Batch`.

        The DataLoader calls this method instead of ``__getitem__``.
        """
        rows = np.asarray(indices)
        return self.task.assemble(self.bits[rows], self.parity[rows], self.lengths[rows])

    def loader(self, batch_size: int, seed: int) -> DataLoader:
        """Return a DataLoader that yields shuffled batches of strings.

        The strings are shuffled with ``seed``, and each batch is a :class:`Batch`.
        """
        import torch
        from torch.utils.data import DataLoader

        generator = torch.Generator().manual_seed(seed)
        return DataLoader(self, batch_size, shuffle=True, collate_fn=_return_unchanged,  # type: ignore[arg-type]
                          generator=generator)

    def batches(self, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield shuffled batches that together contain every string once.

        This avoids the overhead of a DataLoader.
        """
        require_int("batch_size", batch_size, least=1)
        order = rng.permutation(len(self))
        for start in range(0, len(order), batch_size):
            yield self.__getitems__(order[start:start + batch_size])


def _return_unchanged(batch: Batch) -> Batch:
    return batch
