"""Random bit strings, their parity, and parity tasks, which assemble padded batches with labels and masks.

Chapter: *Generating the data*. Importing this module does not load PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from parity_lib.errors import require, require_choice, require_int

if TYPE_CHECKING:
    import torch


def random_bits(count: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Draw ``count`` random strings of ``steps`` bits, in which 0 and 1 are equally likely.

    Returns a ``uint8`` array of shape ``[count, steps]``. Raises ValueError unless both are integers of at least 1.
    """
    require_int("count", count, least=1)
    require_int("steps", steps, least=1)
    # A random word gives 64 bits of a string; ">u8" puts its bytes into the same order on every machine.
    words = rng.integers(2**64, size=(count, (steps + 63) // 64), dtype=np.uint64)
    return np.unpackbits(words.astype(">u8").view(np.uint8), axis=1, count=steps)


def running_parity(bits: np.ndarray) -> np.ndarray:
    """Return the parity of every prefix of each string: the labels at every time step.

    ``bits`` is a ``uint8`` array of shape ``[count, steps]``, and so is the result. Its entry ``[i, t]`` is 1 if
    ``bits[i, :t+1]`` contains an odd number of ones, and 0 otherwise.

    >>> running_parity(np.array([[1, 0, 1, 1]], dtype=np.uint8))
    array([[1, 1, 0, 1]], dtype=uint8)
    """
    return np.bitwise_xor.accumulate(bits, axis=1)


def final_parity(bits: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """Return the parity of each string: the label at the end.

    Row i of ``bits`` ``[count, steps]`` holds a string of ``lengths[i]`` bits, by default of ``steps`` bits. Returns a
    ``uint8`` array of shape ``[count]``. Raises ValueError unless ``lengths`` holds integers from 1 to ``steps``.

    >>> final_parity(np.array([[1, 0, 1, 1]], dtype=np.uint8), np.array([2]))
    array([1], dtype=uint8)
    """
    count, steps = bits.shape
    lengths = np.full(count, steps) if lengths is None else np.asarray(lengths)
    require(np.issubdtype(lengths.dtype, np.integer) and lengths.shape == (count,)
            and bool(np.all((lengths >= 1) & (lengths <= steps))),
            "lengths", lengths, f"{count} integers from 1 to {steps}")
    return running_parity(bits)[np.arange(count), lengths - 1].astype(np.uint8)


@dataclass(frozen=True)
class Curriculum:
    """A schedule that makes the training strings longer as the network improves.

    The lengths in a batch are drawn uniformly from ``shortest`` to a longest length. The longest length begins at
    ``start`` and increases by ``step``, up to ``stop``, after each batch whose accuracy is at least ``threshold``.
    Raises ValueError if an argument is not allowed. Chapter: *Training*.

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
        """Return the maximum length for the next batch, given the last batch's maximum length and accuracy."""
        return min(longest + self.step, self.stop) if accuracy >= self.threshold else longest


class Batch(NamedTuple):
    """A batch of strings and labels as PyTorch tensors.

    ``inputs`` and ``targets`` are ``float32`` of shape ``[batch, steps, 1]``, and 0 in the padding. ``mask`` is
    ``bool`` of shape ``[batch, steps]``, and True where a target enters the loss: at every bit or only at the last.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    mask: torch.Tensor

    def to(self, device: str | torch.device) -> Batch:
        """Return this batch on the given device."""
        return Batch(*(tensor.to(device) for tensor in self))


@dataclass(frozen=True)
class ParityTask:
    """A parity task with given string lengths, labels and padding.

    ``lengths`` is an integer (the length of every string), a pair (lengths are uniform between the two, inclusive) or a
    :class:`Curriculum`. ``label`` is ``"every_step"`` (the mask is True at each bit) or ``"end"`` (only at the last).
    ``padding`` says on which side of a short string the zeros are, ``"after"`` or ``"before"``. Raises ValueError for
    other values.

    >>> batch = ParityTask(lengths=(1, 5)).assemble(np.array([[1, 0, 1, 1, 0]]), np.array([3]))
    >>> batch.inputs.flatten().int().tolist(), batch.targets.flatten().int().tolist(), batch.mask.tolist()
    ([1, 0, 1, 0, 0], [1, 1, 0, 0, 0], [[True, True, True, False, False]])
    """

    lengths: int | tuple[int, int] | Curriculum = 50
    label: str = "every_step"
    padding: str = "after"

    def __post_init__(self) -> None:
        require_choice("label", self.label, ("every_step", "end"))
        require_choice("padding", self.padding, ("after", "before"))
        if not isinstance(self.lengths, Curriculum):
            pair = self.lengths if isinstance(self.lengths, (tuple, list)) else (self.lengths, self.lengths)
            require(len(pair) == 2 and all(isinstance(length, Integral) for length in pair) and 1 <= pair[0] <= pair[1],
                    "lengths", self.lengths, "an integer of at least 1, a pair (shortest, longest) or a Curriculum")

    @property
    def curriculum(self) -> Curriculum:
        """The lengths as a curriculum, which never grows if they are given as an integer or a pair."""
        if isinstance(self.lengths, Curriculum):
            return self.lengths
        pair = self.lengths if isinstance(self.lengths, (tuple, list)) else (self.lengths, self.lengths)
        return Curriculum(shortest=pair[0], start=pair[1], stop=pair[1])    # begins at its end, so it cannot grow

    @property
    def shortest(self) -> int:
        """The minimum string length."""
        return self.curriculum.shortest

    @property
    def longest(self) -> int:
        """The maximum string length, which a curriculum reaches at its end."""
        return self.curriculum.stop

    def stretched(self, factor: float) -> ParityTask:
        """Return a copy with the maximum length multiplied by ``factor`` and rounded down; equal lengths stay equal."""
        longest = int(self.longest * factor)
        shortest = longest if self.shortest == self.longest else self.shortest
        return replace(self, lengths=(shortest, longest))

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Draw ``count`` new strings; in a curriculum, ``longest`` is the current maximum length.

        Returns their bits, a ``uint8`` array of shape ``[count, longest]``, and their lengths, ``int64`` of shape
        ``[count]``. In row i, only the first ``lengths[i]`` bits count; :meth:`assemble` sets the others to 0.
        """
        longest = self.longest if longest is None else longest
        bits = random_bits(count, longest, rng)
        if self.shortest == longest:
            return bits, np.full(count, longest)
        return bits, rng.integers(self.shortest, longest, size=count, endpoint=True)

    def assemble(self, bits: np.ndarray, lengths: np.ndarray) -> Batch:
        """Assemble strings returned by :meth:`draw` into a padded :class:`Batch` with labels and a mask."""
        import torch

        steps, lengths = bits.shape[1], lengths[:, None]
        column = np.arange(steps)
        drawn = column < lengths                                # where the strings are in `bits`
        real = drawn if self.padding == "after" else column >= steps - lengths      # and in the batch
        padded = np.zeros_like(bits)
        padded[real] = bits[drawn]
        mask = real if self.label == "every_step" else real & (real.cumsum(axis=1) == lengths)
        inputs, targets = (torch.from_numpy(array.astype(np.float32)).unsqueeze(-1)
                           for array in (padded, running_parity(padded) * real))
        return Batch(inputs, targets, torch.from_numpy(mask))

    def batch(self, count: int, rng: np.random.Generator, longest: int | None = None) -> Batch:
        """Draw ``count`` new strings, as :meth:`draw` does, and return them as a :class:`Batch`."""
        return self.assemble(*self.draw(count, rng, longest))
