"""Bits, their running parity, and the task a network is asked to learn.

Chapter: *Generating the data*.

Arrays of bits are ``uint8`` of shape ``[count, steps]``; they become
``float32`` tensors only when a batch is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from parity_lib.errors import require, require_choice, require_int

WORD_BITS = 64


def random_bits(count: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Draw ``count`` strings of ``steps`` fair bits.

    Returns a ``uint8`` array ``[count, steps]`` of 0s and 1s. The generator is
    asked for 64 bits at a time, which is what makes this fast.

    >>> random_bits(2, 5, np.random.default_rng(0)).shape
    (2, 5)
    """
    words = _random_words(count, steps, rng)
    return _unpack(words, steps)


def running_parity(bits: np.ndarray) -> np.ndarray:
    """The label at every step: the parity of each prefix.

    ``bits`` is ``uint8`` ``[count, steps]``; the result has the same shape and
    dtype. Entry ``[i, t]`` is 1 where ``bits[i, :t+1]`` holds an odd number of 1s.

    >>> running_parity(np.array([[1, 0, 1, 1]], dtype=np.uint8))
    array([[1, 1, 0, 1]], dtype=uint8)
    """
    return np.bitwise_xor.accumulate(bits, axis=1)


def final_parity(bits: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """The label at the end: the parity of the first ``lengths[i]`` bits of row i.

    ``bits`` is ``[count, steps]``; ``lengths`` holds integers from 1 to ``steps``
    (all of ``steps`` when left out). Returns ``uint8`` ``[count]``.

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
    """Random strings with their running parity, both ``uint8`` ``[count, steps]``.

    The parity of 64 prefixes is computed in six shifts of a machine word: after
    a shift by s, each bit holds the XOR of the 2s bits that end at its place.
    Same bits as :func:`random_bits` for the same generator.

    >>> bits, parity = bits_and_parity(3, 100, np.random.default_rng(0))
    >>> bool((parity == running_parity(bits)).all())
    True
    """
    words = _random_words(count, steps, rng)
    bits = _unpack(words, steps)
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words >> np.uint64(shift)
    # The last bit of a word is the parity of all of it: it flips what comes after.
    for column in range(1, words.shape[1]):
        words[:, column] ^= -(words[:, column - 1] & np.uint64(1))
    return bits, _unpack(words, steps)


def _random_words(count: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    require_int("count", count, least=0)
    require_int("steps", steps, least=1)
    columns = -(-steps // WORD_BITS)
    return rng.integers(2**64, size=(count, columns), dtype=np.uint64)


def _unpack(words: np.ndarray, steps: int) -> np.ndarray:
    # Big-endian bytes put the highest bit of a word first in the string.
    return np.unpackbits(words.astype(">u8").view(np.uint8), axis=1, count=steps)


@dataclass(frozen=True)
class Curriculum:
    """Lengths that grow: uniform on ``shortest..longest``, where ``longest`` climbs.

    It starts at ``start`` and rises by ``step`` up to ``stop`` whenever the
    accuracy of a batch reaches ``threshold``. Chapter: *Training*.

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
        """The longest length after a batch of strings up to ``longest`` was scored."""
        return min(longest + self.step, self.stop) if accuracy >= self.threshold else longest


class Batch(NamedTuple):
    """What a network sees at once.

    ``inputs`` and ``targets`` are ``float32`` ``[batch, steps, 1]``; ``mask`` is
    ``bool`` ``[batch, steps]``, True where a target counts; ``run_lengths`` is
    ``int64`` ``[batch]``, the steps that the network has to run in each row: the
    string's length, or with padding before it all steps.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    mask: torch.Tensor
    run_lengths: torch.Tensor

    def to(self, device: str | torch.device) -> Batch:
        """The same batch with every tensor on ``device``."""
        return Batch(*(tensor.to(device) for tensor in self))


@dataclass(frozen=True)
class ParityTask:
    """What is learned: the parity of strings of these lengths, labelled like this.

    ``lengths`` is a number (every string that long), a pair (uniform, both ends
    included) or a :class:`Curriculum`. ``label`` is ``"every_step"`` (a target
    after each bit) or ``"end"`` (one target a string). ``padding`` says on which
    side of a short string the zeros stand; ``"before"`` makes the network run
    through them. Raises ValueError for anything else.

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
        shortest, longest = self._bounds()
        require_int("lengths (shortest)", shortest, least=1)
        require_int("lengths (longest)", longest, least=shortest)

    def _bounds(self) -> tuple[int, int]:
        if isinstance(self.lengths, Curriculum):
            return self.lengths.shortest, self.lengths.stop
        if isinstance(self.lengths, (tuple, list)):
            allowed = "a number, a pair (shortest, longest) or a Curriculum"
            require(len(self.lengths) == 2, "lengths", self.lengths, allowed)
            return tuple(self.lengths)
        return self.lengths, self.lengths

    @property
    def shortest(self) -> int:
        """The shortest length that is drawn."""
        return self._bounds()[0]

    @property
    def longest(self) -> int:
        """The longest length that is ever drawn; the ``steps`` of a batch."""
        return self._bounds()[1]

    @property
    def first_longest(self) -> int:
        """The longest length at the start: ``longest``, except in a curriculum."""
        return self.lengths.start if isinstance(self.lengths, Curriculum) else self.longest

    def next_longest(self, longest: int, accuracy: float) -> int:
        """The longest length to draw after a batch that scored ``accuracy``."""
        if isinstance(self.lengths, Curriculum):
            return self.lengths.next_longest(longest, accuracy)
        return longest

    def stretched(self, factor: float) -> ParityTask:
        """The same task on strings ``factor`` times as long, rounded down."""
        require(factor > 0, "factor", factor, "a number above 0")
        shortest = self.shortest if self.shortest < self.longest else int(self.longest * factor)
        return ParityTask((shortest, max(shortest, int(self.longest * factor))), self.label, self.padding)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Fresh strings: ``bits`` and ``parity`` ``uint8`` ``[count, longest]``, ``lengths`` ``[count]``."""
        longest = self.longest if longest is None else longest
        require_int("longest", longest, least=self.shortest)
        bits, parity = bits_and_parity(count, longest, rng)
        if self.shortest == longest:
            return bits, parity, np.full(count, longest)
        return bits, parity, rng.integers(self.shortest, longest, size=count, endpoint=True)

    def batch(self, batch_size: int, rng: np.random.Generator, longest: int | None = None) -> Batch:
        """One :class:`Batch` of fresh strings."""
        require_int("batch_size", batch_size, least=1)
        return self.assemble(*self.draw(batch_size, rng, longest))

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Turn rows of :meth:`draw` into a :class:`Batch`: pad, mask, convert to float."""
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
        if self.shortest < steps:  # padding holds no bit and no label
            bits, parity = bits * real, parity * real
        inputs, targets = (torch.from_numpy(array.astype(np.float32)).unsqueeze(-1) for array in (bits, parity))
        return Batch(inputs, targets, torch.from_numpy(np.array(mask)), torch.from_numpy(np.array(run, dtype=np.int64)))

    def batches(self, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
        """An endless stream of fresh batches."""
        while True:
            yield self.batch(batch_size, rng)


class ParityDataset(Dataset):
    """A fixed pool of ``size`` strings, for PyTorch's DataLoader or its own :meth:`batches`.

    Drawn from ``seed``, so the same seed gives the same pool; two seeds give two
    independent pools. Held as ``uint8``, one byte a bit.

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
        """One string as a Batch without its first axis."""
        return Batch(*(tensor[0] for tensor in self.__getitems__([index])))

    def __getitems__(self, indices) -> Batch:
        """Many strings at once: DataLoader calls this instead of one ``__getitem__`` a string."""
        rows = np.asarray(indices)
        return self.task.assemble(self.bits[rows], self.parity[rows], self.lengths[rows])

    def loader(self, batch_size: int, seed: int) -> DataLoader:
        """A shuffling DataLoader whose batches are :class:`Batch` tuples."""
        generator = torch.Generator().manual_seed(seed)
        return DataLoader(self, batch_size, shuffle=True, collate_fn=_as_is, generator=generator)

    def batches(self, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
        """One shuffled pass over the pool, without the DataLoader's overhead."""
        require_int("batch_size", batch_size, least=1)
        order = rng.permutation(len(self))
        for start in range(0, len(order), batch_size):
            yield self.__getitems__(order[start:start + batch_size])


def _as_is(batch: Batch) -> Batch:
    return batch
