"""Each of these mistakes has its cause in the message of the check. The bank of submissions tests other mistakes."""

import pytest

from tests.mutants import mutants
from tests.submissions import bank

# The exercise, the cell, the part of the model answer that is replaced, its replacement, and a part of the message.
MISTAKES = [
    ("unrolling", "rnn-step", "x @ U.T + h @ V.T", "U @ x.T + V @ h.T", "`U x` becomes `x @ U.T`"),
    ("unrolling", "unroll", "xs[:, t]", "xs[t]", "Time step t of all strings is `xs[:, t]`"),
    ("unrolling", "unroll", "np.stack(states, axis=1)", "np.array(states).reshape(len(xs), -1, len(b))",
     "`reshape` mixes strings and time steps"),
    ("unrolling", "unroll", "h = rnn_step(xs[:, t], h, U, V, b)",
     "h = h if t else h0.copy(); h[:] = rnn_step(xs[:, t], h, U, V, b)", "the same array was changed in place"),
    ("unrolling", "unroll", "xs.shape[1]", "xs.shape[1] + 1", "Does the loop take one step too many?"),
    ("unrolling", "two-unit-weights", "10.0, -10.0", "1.0, -1.0", "W and c do not fit each other"),
    ("unrolling", "two-unit-weights", "10.0, -10.0", "1e4, -1e4", "W and c do not fit each other"),
    ("architecture", "build-model", "return ParityNet(cell, hidden_size, num_layers)",
     "return CACHE.setdefault((cell, hidden_size, num_layers), ParityNet(cell, hidden_size, num_layers))\nCACHE = {}",
     "each call returns the same module"),
    ("architecture", "build-model", "states, _ =", "states, h, c =", "for an LSTM the second is itself a pair"),
    ("architecture", "build-model", "self.readout(states)",
     "self.readout(states.transpose(0, 1).reshape(len(inputs), -1, states.shape[-1]))",
     "`reshape` or `view` is used instead of transpose"),
    ("lstm_comparison", "lstm-step", 'x @ weights["weight_ih"].T', 'weights["weight_ih"] @ x.T', "`U x` is `x @ U.T`"),
    ("varying_lengths", "run-packed", "states, _ =", "states =", "`states, last = rnn(packed)`"),
    ("varying_lengths", "masked-accuracy", ".float().mean()", ".mean()", "`.float()` first"),
    ("no_teacher_forcing", "final-parity", "(bits * real).sum(axis=1) % 2",
     "bits.cumsum(axis=1)[np.arange(len(bits)), lengths] % 2", "the last real one is `lengths - 1`"),
    ("no_teacher_forcing", "final-parity", "lengths[:, None]", "lengths", "compare it with lengths[:, None]"),
    ("no_teacher_forcing", "last-valid", "lengths - 1]\n", "lengths - 1].numpy()\n", "No gradient goes through NumPy"),
    ("no_teacher_forcing", "end-loss", "[:, 0], labels", ", labels", "make them equal"),
    ("no_teacher_forcing", "train-step", "return loss.item()", "return end_loss(readout(lstm(inputs)[0]), lengths, "
     "labels).item()", "This is the loss after the update"),
    ("no_teacher_forcing", "train-step", "clip_grad_norm_", "clip_grad_value_", "scales the whole gradient"),
]


@pytest.mark.parametrize(("exercise", "cell", "part", "wrong", "words"), MISTAKES,
                         ids=[words for *_, words in MISTAKES])
def test_message_names_the_cause(monkeypatch, exercise, cell, part, wrong, words):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    source = next(solved.source for solved in mutants.solution(exercise).cells if solved.id == cell)
    assert part in source
    mutant = mutants.Mutant(exercise, cell, "", 0, source.replace(part, wrong))
    outcome = bank.grade(mutants.notebook(mutant), leave_out=("learns-check",))[f"{cell}-check"]
    assert outcome.points == 0
    assert words in outcome.message.partition("\n  likely: ")[2]
