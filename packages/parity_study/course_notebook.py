"""The training loop of the course's original notebook.

We fixed the seeds and wrapped the code in functions.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import rnn as rnn_utils
from torch.utils.data import DataLoader, Dataset

STEPS = 50


def course_bits_and_parity(count: int, steps: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Generate bits and their running parity as the original notebook does.

    Returns two ``float32`` arrays ``[count, steps, 1]``.

    >>> [array.shape for array in course_bits_and_parity(2, 3, np.random.RandomState(0))]
    [(2, 3, 1), (2, 3, 1)]
    """
    bit_sequences = rng.randint(2, size=(count, steps))
    bitsum = np.cumsum(bit_sequences, axis=1)
    parity = bitsum % 2 != 0
    features, labels = bit_sequences.astype("float32"), parity.astype("float32")
    return np.expand_dims(features, -1), np.expand_dims(labels, -1)


class CourseDataset(Dataset):
    """The dataset of the original notebook.

    It returns one string at a time.
    """

    def __init__(self, count: int, steps: int, rng: np.random.RandomState) -> None:
        self.features, self.labels = course_bits_and_parity(count, steps, rng)

    def __getitem__(self, index):
        return self.features[index, :], self.labels[index]

    def __len__(self) -> int:
        return len(self.features)


class CourseRNN(nn.Module):
    """The recurrent network of the original notebook.

    It always packs its input and always computes a sigmoid.
    """

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


def course_training(updates: int) -> list[tuple[int, torch.Tensor]]:
    """Train a network as the original notebook does and return the training accuracies.

    There are ``updates`` updates and no validation.
    """
    rng = np.random.RandomState(0)
    train_loader = DataLoader(CourseDataset(8 * updates, STEPS, rng), batch_size=8, shuffle=True)
    model = CourseRNN(4)
    optimizer = torch.optim.SGD(model.parameters(), lr=1, momentum=0)
    loss_fn = nn.BCEWithLogitsLoss()
    step, train_accs = 0, []
    for inputs, targets in train_loader:
        lengths = torch.ones(inputs.size()[0], dtype=torch.int) * inputs.size()[1]
        optimizer.zero_grad()
        logits, predictions = model(inputs, lengths)
        loss = loss_fn(logits, targets)
        loss.backward()
        optimizer.step()
        step += 1
        accuracy = ((predictions > 0.5) == (targets > 0.5)).type(torch.FloatTensor).mean()
        train_accs.append((step, accuracy))
    return train_accs
