"""The course's notebook as it was, only seeded and made into functions: what the library's speed is measured beside."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import rnn as rnn_utils
from torch.utils.data import DataLoader, Dataset

STEPS = 50


def course_bits_and_parity(count: int, steps: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """The notebook's data: two ``float32`` arrays ``[count, steps, 1]``.

    >>> [array.shape for array in course_bits_and_parity(2, 3, np.random.RandomState(0))]
    [(2, 3, 1), (2, 3, 1)]
    """
    bit_sequences = rng.randint(2, size=(count, steps))
    bitsum = np.cumsum(bit_sequences, axis=1)
    parity = bitsum % 2 != 0
    features, labels = bit_sequences.astype("float32"), parity.astype("float32")
    return np.expand_dims(features, -1), np.expand_dims(labels, -1)


class CourseDataset(Dataset):
    """The notebook's dataset: one string an item."""

    def __init__(self, count: int, steps: int, rng: np.random.RandomState) -> None:
        self.features, self.labels = course_bits_and_parity(count, steps, rng)

    def __getitem__(self, index):
        return self.features[index, :], self.labels[index]

    def __len__(self) -> int:
        return len(self.features)


class CourseRNN(nn.Module):
    """The notebook's net: always packed, and a sigmoid whether or not it is needed."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.rnn = nn.RNN(batch_first=True, input_size=1, hidden_size=hidden_size, num_layers=1)
        self.hidden_to_logits = nn.Linear(hidden_size, 1)
        self.activation = nn.Sigmoid()

    def forward(self, inputs, lengths):
        packed_inputs = rnn_utils.pack_padded_sequence(inputs, lengths, batch_first=True)
        rnn_out, _ = self.rnn(packed_inputs)
        unpacked, _ = rnn_utils.pad_packed_sequence(rnn_out, batch_first=True)
        logits = self.hidden_to_logits(unpacked)
        return logits, self.activation(logits)


def _course_lengths(inputs: torch.Tensor) -> torch.Tensor:
    return torch.ones(inputs.size()[0], dtype=torch.int) * inputs.size()[1]


def course_validation(model: CourseRNN, size: int, rng: np.random.RandomState) -> float:
    loader = DataLoader(CourseDataset(size, int(STEPS * 1.5), rng), batch_size=500)
    is_correct = np.array([])
    for inputs, targets in loader:
        with torch.no_grad():
            _, predictions = model(inputs, _course_lengths(inputs))
            is_correct = np.append(is_correct, ((predictions > 0.5) == (targets > 0.5)))
    return is_correct.mean()


def course_run(seed: int, cap: int, pool: int, validate_every: int, validation_size: int) -> dict[str, Any]:
    """Train as the notebook does until its validation is exact or ``cap`` steps are done.

    Returns ``{"seed", "steps", "solved", "seconds"}``; making the data is part of the time.
    """
    began = time.perf_counter()
    rng = np.random.RandomState(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        step = course_training(rng, cap, pool, validate_every, validation_size)
    return {"seed": seed, "steps": abs(step), "solved": step > 0, "seconds": time.perf_counter() - began}


def course_training(rng, cap: int, pool: int, validate_every: int, validation_size: int) -> int:
    """The notebook's loop: the step at which it stopped early, or minus the cap."""
    train_loader = DataLoader(CourseDataset(pool, STEPS, rng), batch_size=8, shuffle=True)
    model = CourseRNN(4)
    optimizer = torch.optim.SGD(model.parameters(), lr=1, momentum=0)
    loss_fn = nn.BCEWithLogitsLoss()
    step, train_accs = 0, []
    while True:
        for inputs, targets in train_loader:
            lengths = _course_lengths(inputs)
            optimizer.zero_grad()
            logits, predictions = model(inputs, lengths)
            loss = loss_fn(logits, targets)
            loss.backward()
            optimizer.step()
            step += 1
            accuracy = ((predictions > 0.5) == (targets > 0.5)).type(torch.FloatTensor).mean()
            train_accs.append((step, accuracy))
            if step % validate_every == 0 and course_validation(model, validation_size, rng) == 1.0:
                return step
            if step >= cap:
                return -step
