"""The bank's wrong answers, written against the published constants, as answers to a variant.

Where there is an adapter, it is put around what a submission defines, so that the mistake stays what it is and the
constants become the variant's. Elsewhere the variant's own edits are applied to the submission's text.
"""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

from parity_lib.teaching import variant
from tests.submissions import bank

ADAPTERS = {
    "unrolling": {
        "parity": """
def parity(bits):
    got = published_parity({counted})
    return (got + {shift}) % 2 if isinstance(got, (np.ndarray, np.generic)) and np.isin(got, (0, 1)).all() else got
""",
        "rnn-step": """
def rnn_step(x, h, U, V, b):
    return published_rnn_step(x, h, {gain} * U, {gain} * V, {gain} * b)
""",
        "unroll": """
def unroll(xs, h0, U, V, b):
    mine, given = rnn_step, lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b)
    globals()["rnn_step"] = given if published_step_is_right else (
        lambda x, h, U, V, b: mine(x, h, U / {gain}, V / {gain}, b / {gain}))
    try:
        states = published_unroll(xs[:, ::-1].copy(), h0, {gain} * U, {gain} * V, {gain} * b)
    finally:
        globals()["rnn_step"] = mine
    return states[:, ::-1] if {in_place} and getattr(states, "shape", ())[:2] == xs.shape[:2] else states
""",
        "two-unit-weights": """
def two_unit_weights():
    found = published_two_unit_weights()
    if found is None or len(found) != 5 or [np.shape(one) for one in found[:3]] != [(2, 1), (2, 2), (2,)]:
        return found
    U, V, b, W, c = found
    per_bit = 2 * U / {wide}
    return per_bit, V, b - U[:, 0] - {low} * per_bit[:, 0], W, c
""",
    },
    "varying_lengths": {
        "random-lengths": """
def random_lengths(batch_size, max_bits, rng):
    got = published_random_lengths(batch_size, max_bits - {less}, rng)
    return got + {less} if isinstance(got, np.ndarray) else got
""",
        "length-mask": """
def length_mask(lengths, max_bits, padding=None):
    sides = () if padding is None else ("after" if padding == {after!r} else "before",)
    return published_length_mask(lengths, max_bits, *sides)
""",
        "run-packed": """
def run_packed(rnn, inputs, lengths):
    before = np.array(lengths)
    states = published_run_packed(rnn, inputs, lengths)
    if not torch.is_tensor(states) or states.shape[:2] != inputs.shape[:2]:
        return states
    padding = (torch.arange(inputs.shape[1]) >= torch.from_numpy(before)[:, None])[..., None]
    return torch.where(padding & (states == 0), torch.tensor(float({fill}), dtype=states.dtype), states)
""",
        "masked-loss": """
def masked_loss(logits, targets, mask):
    return published_masked_loss(logits, targets, mask) / np.log({base})
""",
        "masked-accuracy": """
def masked_accuracy(logits, targets, mask):
    return published_masked_accuracy(logits - {cut}, targets, mask)
""",
    },
    "architecture": {
        "count-parameters": """
def count_parameters(cell, input_size, hidden_size, num_layers):
    return published_count_parameters(cell, input_size, hidden_size, num_layers) + {readout} * (hidden_size + 1)
""",
        "build-model": """
class Turned(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, inputs):
        logits = self.net(inputs.transpose(*{swapped}))
        return logits.transpose(*{swapped}) if torch.is_tensor(logits) and logits.ndim == 3 else logits

def build_model(cell, hidden_size, num_layers):
    net = published_build_model(cell, hidden_size, num_layers)
    return Turned(net) if isinstance(net, nn.Module) else net
""",
    },
    "gradient_through_time": {
        "output-gradient": """
def output_gradient(logits, labels, mask):
    return published_output_gradient(logits, labels, mask) * mask.sum() / {divisor}
""",
    },
    "lstm_comparison": {
        "lstm-step": """
def lstm_step(x, h, c, weights):
    own = {{name: np.concatenate([np.split(one, 4)[{blocks!r}.index(gate)] for gate in "ifgo"])
           for name, one in weights.items()}}
    return published_lstm_step(x, h, c, own)
""",
        "gradient-norms": """
class Raised(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, inputs, *given):
        output, last = self.layer(inputs, *given)
        return output ** {power}, tuple(one ** {power} for one in last) if isinstance(last, tuple) else last ** {power}

def gradient_norms(model, inputs):
    return published_gradient_norms(Raised(model), inputs)
""",
        "summarise": """
def summarise(steps):
    ordered = sorted(steps, key=lambda one: (one is None, one))
    left = ordered[0] if {middle!r} == "larger" else ordered[-1]
    if len(steps) % 2:
        return published_summarise(steps)
    rest = list(steps)
    rest.remove(left)
    solved, count, median = published_summarise(rest)
    return solved + (left is not None), count + 1, median
""",
        "lstm-parity": """
class LSTMParity(published_LSTMParity):
    def __init__(self, hidden_size):
        super().__init__(hidden_size)
        with torch.no_grad():
            for name, one in self.named_parameters():
                last = name.rpartition(".")[2]
                if last in ("bias_ih_l0", "bias_hh_l0"):
                    one[len(one) // 4:len(one) // 2] = {forget} if last == "bias_ih_l0" else 0
""",
    },
    "no_teacher_forcing": {
        "final-parity": """
def final_parity(bits, lengths):
    got = published_final_parity({counted}, lengths)
    return (got + {shift}) % 2 if isinstance(got, np.ndarray) and np.isin(got, (0, 1)).all() else got
""",
        "end-loss": """
def end_loss(logits, lengths, labels):
    return published_end_loss(logits, lengths, labels) / np.log({base})
""",
    },
}

# What messages say with a constant in it.
WORDS = {
    "unrolling": (("count of ones", "count of {counted}"), ("read from its end", "read from its beginning")),
    "varying_lengths": (("integers(1, max_bits)", "integers({shortest}, max_bits)"),
                        ("a string has at least one bit", "the shortest strings have {shortest} bits")),
    "no_teacher_forcing": (("0.95", "{least:g}"), ("norm of 1", "norm of {clip:g}")),
}
DEFINED = {"lstm-parity": "LSTMParity"}


def names(values: dict) -> dict:
    """What the adapters are filled with."""
    p = SimpleNamespace(**values)
    more = {}
    if "says" in values:
        more |= {"counted": "bits" if p.counted == "ones" else "1 - bits", "shift": int(p.says == "even")}
    if "reading" in values:
        more |= {"in_place": p.reading == "backwards, in place", "wide": p.high - p.low}
    if "shortest" in values:
        more |= {"less": p.shortest - 1}
    if "mean" in values:
        more |= {"divisor": {"sum": "1", "strings": "len(mask)", "rectangle": "mask.size"}[p.mean]}
    return values | more


def submission(one: bank.Submission, values: dict) -> bank.Submission:
    """A submission of the bank as an answer to the variant with these constants."""
    edits = variant._changes(one.exercise).edits(SimpleNamespace(**values))

    def cell(head: str, source: str) -> str:
        text = source
        for old, new, *_ in edits:
            text = text.replace(old, new)
        adapter = ADAPTERS.get(one.exercise, {}).get(head)
        if adapter is None:
            return text
        name = DEFINED.get(head, head.replace("-", "_"))
        right = "rnn-step" not in one.replaced
        return (f"{source}\n\n\npublished_{name}, published_step_is_right = {name}, {right}\n"
                + adapter.format(**names(values)))

    def message(text: str) -> str:
        for published, own in WORDS.get(one.exercise, ()):
            text = text.replace(published, own.format(**values))
        return text

    return dataclasses.replace(one, replaced={head: cell(head, source) for head, source in one.replaced.items()},
                               loses={name: message(text) for name, text in one.loses.items()})


def counts(exercise: str, key: bytes, whole: bool = False) -> tuple[int, int, list[str]]:
    """Of the bank's wrong answers: how many there are, how many lose the same points with the same words, the others.
    """
    values = variant.drawn(exercise, key)
    source, wrong, others = variant.source(bank.ROOT, exercise, values)[1], 0, []
    for one in bank.bank(exercise):
        if one.loses:
            wrong += 1
            other = submission(one, values)
            outcomes = bank.grade(bank.notebook(other, source), () if whole else set(bank.LONG) - set(one.loses))
            others += [f"{one.name}: {found[0]}" for found in [bank.complaints(other, outcomes)] if found]
    return wrong, wrong - len(others), others


if __name__ == "__main__":
    import os
    import sys

    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for name in sys.argv[2:] or variant.variable():
        wrong, same, others = counts(name, sys.argv[1].encode())
        print(f"{name}: {same} of {wrong}", *(one.replace("\n", " | ")[:330] for one in others), sep="\n   ")
