"""Each of these mistakes has its cause in the message of the check. The bank of submissions tests other mistakes."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

import parity_checks as checks
from parity_checks import architecture, lstm_comparison, no_teacher_forcing, unrolling, varying_lengths

NET = """
class Net(nn.Module):
    def __init__(self, cell, hidden_size, num_layers):
        super().__init__()
        sizes = dict(input_size=1, hidden_size=hidden_size, num_layers=num_layers, batch_first=True)
        self.rnn = nn.LSTM(**sizes) if cell == "lstm" else nn.GRU(**sizes) if cell == "gru" else nn.RNN(
            nonlinearity=cell, **sizes)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, inputs, lengths=None):
        return self.readout(self.rnn(inputs)[0])
build_model = Net
"""
WILSON = """
def success_rate(outcomes):
    n, z = len(outcomes), 1.96
    p = sum(outcomes) / n
    middle, scale = p + z**2 / (2 * n), 1 + z**2 / n
    root = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - root) / scale, (middle + root) / scale
"""
UNROLL = """
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=1)
"""
PACKED = """
def run_packed(rnn, inputs, lengths):
    packed = nn.utils.rnn.pack_padded_sequence(
        inputs, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
"""
PARITY = """
def final_parity(bits, lengths):
    real = np.arange(bits.shape[1]) < lengths[:, None]
    return (bits * real).sum(axis=1) % 2
"""
END = """
def last_valid(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths - 1]
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels)
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()
"""
ACCURACY = """
def masked_accuracy(logits, targets, mask):
    return ((logits > 0) == (targets > 0.5))[mask].float().mean().item()
"""
STEP = """
def lstm_step(x, h, c, weights):
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + weights["bias_ih"] + weights["bias_hh"]
    s = lambda z: 1 / (1 + np.exp(-z))
    i, f, g, o = np.split(a, 4, axis=1)
    c = s(f) * c + s(i) * np.tanh(g)
    return s(o) * np.tanh(c), c
"""
COUNT = """
def count_parameters(cell, input_size, hidden_size, num_layers):
    blocks = {"gru": 3, "lstm": 4}.get(cell, 1)
    return blocks * hidden_size * (input_size + hidden_size + 2 + (num_layers - 1) * (2 * hidden_size + 2))
"""

# The check, a correct answer, the part of it that is replaced, its replacement, and a part of the message.
MISTAKES = [
    (unrolling.rnn_step, "rnn_step = lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b)", "x @ U.T + h @ V.T",
     "U @ x.T + V @ h.T", "`U x` becomes `x @ U.T`"),
    (unrolling.rnn_step, "rnn_step = lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b)", "x @ U.T + h @ V.T + b",
     "U @ x.T + V @ h.T + b[:, None]", "The equation uses column vectors"),
    (unrolling.unroll, "rnn_step = lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b)\n" + UNROLL.replace(
        "np.tanh(xs[:, t] @ U.T + h @ V.T + b)", "rnn_step(xs[:, t], h, U, V, b)"), "xs[:, t]", "xs[t]",
     "Time step t of all strings is `xs[:, t]`"),
    (lstm_comparison.lstm_step, STEP, "s(i) * np.tanh(g)", "(1 - s(f)) * np.tanh(g)", "The new c is f * c + i * g"),
    (varying_lengths.run_packed, PACKED, "rnn(packed)[0]", "rnn(packed)", "`states, last = rnn(packed)`"),
    (no_teacher_forcing.final_parity, PARITY, "(bits * real).sum(axis=1) % 2",
     "bits.cumsum(axis=1)[:, lengths - 1] % 2", "one label for each string"),
    (no_teacher_forcing.last_valid, END, "lengths - 1]\n", "lengths - 1, 0]\n", "with all its features"),
    (unrolling.unroll, UNROLL, "np.stack(states, axis=1)", "np.array(states).reshape(len(xs), -1, len(b))",
     "`reshape` mixes strings and time steps"),
    (unrolling.unroll, UNROLL, "h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)",
     "h = h if t else h0.copy(); h[:] = np.tanh(xs[:, t] @ U.T + h @ V.T + b)", "the same array was changed in place"),
    (unrolling.unroll, UNROLL, "xs[:, t] @ U.T", "U @ xs[:, t].T", "`U x` becomes `x @ U.T`"),
    (architecture.build_model, NET, "build_model = Net", "CACHE = {}\ndef build_model(*sizes):\n"
     "    return CACHE.setdefault(sizes, Net(*sizes))", "each call returns the same module"),
    (architecture.build_model, NET, "return self.readout(self.rnn(inputs)[0])",
     "states, h, c = self.rnn(inputs); return self.readout(states)", "for an LSTM the second is itself a pair"),
    (architecture.build_model, NET, "self.rnn(inputs)[0]",
     "torch.cat([h.reshape(len(inputs), -1, h.shape[-1]) for h in [self.rnn(inputs)[0].transpose(0, 1)]])",
     "`reshape` or `view` is used instead of transpose"),
    (architecture.success_rate, WILSON, "(4 * n**2)", "4 * n**2", "brackets"),
    (lstm_comparison.lstm_step, STEP, 'x @ weights["weight_ih"].T', 'weights["weight_ih"] @ x.T', "`U x` is `x @ U.T`"),
    (varying_lengths.masked_accuracy, ACCURACY, ".float().mean()", ".mean()", "`.float()` first"),
    (architecture.count_parameters, COUNT, '{"gru": 3, "lstm": 4}.get(cell, 1)',
     '{"gru": 3, "lstm": 4, "tanh": 1}[cell]', "The task has the cells tanh, relu, gru and lstm"),
    (no_teacher_forcing.final_parity, PARITY, "(bits * real).sum(axis=1) % 2",
     "bits.cumsum(axis=1)[np.arange(len(bits)), lengths] % 2", "the last real one is `lengths - 1`"),
    (no_teacher_forcing.final_parity, PARITY, "lengths[:, None]", "lengths", "compare it with lengths[:, None]"),
    (no_teacher_forcing.last_valid, END, "lengths - 1]\n", "lengths - 1].numpy()\n", "No gradient goes through NumPy"),
    (no_teacher_forcing.end_loss, END, "[:, 0], labels", ", labels", "make them equal"),
    (no_teacher_forcing.train_step, END, "return loss.item()",
     "return end_loss(readout(lstm(inputs)[0]), lengths, labels).item()", "This is the loss after the update"),
    (no_teacher_forcing.train_step, END, "clip_grad_norm_", "clip_grad_value_", "scales the whole gradient"),
]


@pytest.mark.parametrize(("check", "correct", "part", "wrong", "words"), MISTAKES,
                         ids=[words for *_, words in MISTAKES])
def test_message_names_the_cause(check, correct, part, wrong, words):
    assert part in correct
    for source, expected in ((correct, ""), (correct.replace(part, wrong), words)):
        message = message_of(check, source)
        assert not message or "\n  likely: " in message, message
        assert expected in message if expected else not message, message


def message_of(check, source):
    """Return the message of a check about these definitions, or "" if it passes."""
    namespace = {"np": np, "torch": torch, "nn": nn,
                 "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits}
    exec(source, namespace)
    checks.bind(namespace)
    try:
        check()
    except checks.CheckFailed as failure:
        return str(failure)
    finally:
        checks.bind(None)
    return ""
