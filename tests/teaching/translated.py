"""The bank's wrong answers, written against the published constants, as answers to a variant.

Four ways, so that the mistake stays what it is and the constants become the variant's. Around most of what a submission
defines an adapter is put. Where a mistake would not survive that, the text is edited, as that of the model answers is.
Some mistakes are the same in every variant, and stay as they are written. And nets of another size are built anew.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from types import SimpleNamespace

from parity_lib.checks.gradient_through_time.reference import MEANS
from parity_lib.teaching import variant
from parity_lib.teaching.variants.architecture import FACTORS
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
    found = published_count_parameters(cell, input_size, hidden_size, num_layers)
    return None if found is None else found + {readout} * (hidden_size + 1)
""",
        "build-model": """
def build_model(cell, hidden_size, num_layers):
    net = published_build_model(cell, hidden_size, num_layers)
    if isinstance(net, nn.Module):
        published_forward = net.forward
        def forward(inputs):
            logits = published_forward(inputs.transpose(*{swapped}))
            return logits.transpose(*{swapped}) if torch.is_tensor(logits) and logits.ndim == 3 else logits
        net.forward = forward
    return net
""",
    },
    "gradient_through_time": {
        "gradients": """
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    own = forward
    globals()["forward"] = lambda bits, U, V, b, *others: own(bits, U / {gain}, V / {gain}, b / {gain}, *others)
    try:
        found = published_gradients(bits, labels, mask, {gain} * U, {gain} * V, {gain} * b, W, c, h0)
    finally:
        globals()["forward"] = own
    if not isinstance(found, dict):
        return found
    return {{name: {gain} * one if name in "UVb" else one for name, one in found.items()}}
""",
        "tests: test_labels": """
def test_labels(script):
    class Turned:
        def __getattr__(self, name):
            return getattr(script, name)
        def labels(self, bits):
            return script.labels(1 - bits)
    return published_test_labels(Turned())
""",
        "tests: test_loss": """
def test_loss(script):
    own = loss
    globals()["loss"] = lambda logits, labels, mask: own(logits, labels, mask) * {divisor} / mask.sum()
    try:
        return published_test_loss(script)
    finally:
        globals()["loss"] = own
""",
        "find-error": """
def find_error(U, V, b, W, c, longest):
    return published_find_error(({high} - {low}) * U, V, b + {low} * U[:, 0], W, c, longest)
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

RELU_NET = """
def multiple_of_three():
    p = np.array([1.0, -{modulus}, 0.0, 0.0, 0.0])
    U, V = np.ones((5, 1)), np.stack([p] * 5)
    b = -np.array([0.0, {modulus} - 1, {remainder} - 1, {remainder}, {remainder} + 1])
    W, c = np.array([[0.0, 0.0, 1.0, -2.0, 1.0]]), np.array([-0.5])
    {mistake}
    return U, V, b, W, c
"""
MISTAKES = {
    "wrong_three_counts_on": "U, V, b, W = np.ones((6, 1)), np.pad(V, ((0, 1), (0, 1))), np.append(b, 0), "
                             "np.pad(W, ((0, 0), (0, 1))); V[5, 5] = 1",
    "wrong_three_is_two": "b = b - (np.arange(5) > 1)",         # the peak is a remainder too high
    "wrong_three_leaks": "U, V, b, c = 0.33 * U, V * np.where(p > 0, 1, 1.01), 0.33 * b, 0.33 * c",
    "wrong_three_says_the_remainder": "W, c = p[None], np.zeros(1)",
    "wrong_three_transposed": "V = V.T",
    "wrong_three_without_threshold": "c = np.zeros(1) - 1",
}

# The same in every variant: (submission, cell).
AS_WRITTEN = {
    ("wrong_no_bias", "parity"), ("wrong_weights_of_the_chapter", "two-unit-weights"),
    ("wrong_divided_by_the_rectangle", "masked-accuracy"),
}
BOTH = {"gradients"}                # cells whose text is edited, and which need the adapter as well
# Written as the model answer is, so that the variant's own edits find it.
LIKE_THE_ANSWER = {(name, "two-unit-weights") for name in (
    "wrong_bias_outside", "wrong_no_bias", "wrong_weights_off_centre", "wrong_weights_sign_of_b",
    "wrong_weights_sign_of_u")}


def more_edits(exercise: str, p: SimpleNamespace) -> list[tuple[str, str]]:
    """What the bank writes in another way than the model answers do: patterns, and what stands there in the variant."""
    if exercise == "unrolling":
        shift = -2 * p.low / (p.high - p.low)
        return [(r"np\.tanh\(x @ U\.T \+ h @ V\.T\) \+ b", f"np.tanh({p.gain} * (x @ U.T + h @ V.T)) + b"),
                (r"np\.array\(\[0\.0, -3\.1 \* K\]\)",      # off to the side on which b is not merely half done
                 f"np.array([{shift - 1} * K, {shift - 3 + (1.1 if p.low < 0 else -1.1)} * K])")]
    if exercise == "varying_lengths":
        return [(r"batch_first=True, total_length", f"batch_first=True, padding_value={p.fill}, total_length"),
                (r"return rnn\(inputs\)\[0\] \* (torch.*\[\.\.\., None\])",
                 rf"return torch.where(\1, rnn(inputs)[0], {float(p.fill)})")]
    if exercise == "architecture":
        return [(r"1\.96", f"{FACTORS[p.level]}"), *([(r"1\.645", "1.96")] * (p.level == 90))]
    if exercise == "gradient_through_time":
        asked = {"sum": "", "strings": " / len(mask)", "rectangle": " / mask.size"}[p.mean]
        return [(r"1e-3", f"{p.share}"),
                # What is right in this variant is the published mean's mistake here.
                (r"(labels, 0\))" + re.escape(asked) + r"(?=\n|$)", r"\1 / @"), (r" / mask\.sum\(\)", asked),
                (r" / @", " / mask.sum()")]
    if exercise == "lstm_comparison":
        circle = ", ".join(p.blocks[-1] + p.blocks[:-1])
        return [(r"o, i, f, g = np\.split", f"{circle} = np.split"),
                (r"i, f, g, o = np\.moveaxis", f"{', '.join(p.blocks)} = np.moveaxis"),
                (r"late\[len\(late\) // 2\]", "late[len(late) // 2]" if p.middle == "smaller" else
                 "late[(len(late) - 1) // 2]"),
                (r"\blast\.sum\(\)\.backward", f"(last ** {p.power}).sum().backward")]
    return [(r"np\.full\(64,", f"np.full({p.strings},"),
            (r"(parameters\(\)), 1\.0\)", rf"\1, {p.clip})"),
            (r"loss = (binary_cross_entropy_with_logits\(.*, labels\))\n", rf"loss = \1 / np.log({p.base})\n")]


def words(exercise: str, p: SimpleNamespace) -> list[tuple[str, str]]:
    """What messages say with a constant in it: as published, and in the variant."""
    if exercise == "unrolling":
        published = p.counted == "ones"     # then the other answer is the published one
        return [("count of ones", f"count of {p.counted}"), ("read from its end", "read from its beginning"),
                *([("even and odd are swapped", "this is the published exercise's answer")] * published)]
    if exercise == "varying_lengths":
        return [("integers(1, max_bits)", f"integers({p.shortest}, max_bits)"),
                ("not 0 on padding", f"not {p.fill:g} on padding"),
                ("a string has at least one bit", f"the shortest strings have {p.shortest} bits")]
    if exercise == "architecture":
        return [("95 %", f"{p.level} %"), ("1.96", f"{FACTORS[p.level]:.4f}"),
                ("batch_first=True is missing", "the net reads down the batch"),
                ("c is no threshold between", "c is no threshold between the remainder that is asked for"),
                *([("this is a 90 %", "this is a 95 %")] * (p.level == 90)),
                ("W says the remainder", "make the table of the hint"),
                ("this is right for multiples of two", f"positive where the remainder is {p.remainder + 1}")]
    if exercise == "gradient_through_time":
        means = {"rectangle": "the mean is over the whole rectangle", "strings": "divided by the number of strings",
                 "sum": "this is the gradient of the sum"}
        return [(old, f"this is the gradient of {MEANS['positions' if mean == p.mean else mean]}")
                for mean, old in means.items()]
    if exercise == "lstm_comparison":
        return [("order o, i, f, g", f"order {', '.join(p.blocks[-1] + p.blocks[:-1])}"),
                *([("output gate and the candidate", "candidate and the output gate")]
                  * (p.blocks.index("o") < p.blocks.index("g"))),
                ("halfway between the two in the middle", f"the {p.middle} of the two in the middle")]
    return [("0.95", f"{p.least:g}"), ("norm of 1", f"norm of {p.clip:g}"), ("count of ones", f"count of {p.counted}")]


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
    p, stem = SimpleNamespace(**values), one.path.stem
    edits = variant._changes(one.exercise).edits(p)

    def cell(head: str, source: str) -> str:
        if (stem, head) in AS_WRITTEN:
            return source
        if stem in MISTAKES:
            return RELU_NET.format(mistake=MISTAKES[stem], **values)
        adapter = ADAPTERS.get(one.exercise, {}).get(head)
        like = edits if adapter is None or (stem, head) in LIKE_THE_ANSWER else ()
        text, found = source, 0
        for old, new in [*((re.escape(old), new.replace("\\", r"\\")) for old, new, *_ in like),
                         *more_edits(one.exercise, p)]:
            text, times = re.subn(old, new, text)
            found += times
        if adapter is None or (found and head not in BOTH):
            return text
        name = DEFINED.get(head, head.removeprefix("tests: ").replace("-", "_"))
        right = "rnn-step" not in one.replaced
        return (f"{text}\n\n\npublished_{name}, published_step_is_right = {name}, {right}\n"
                + adapter.format(**names(values)))

    def message(text: str) -> str:
        for published, own in words(one.exercise, p):
            if published in text:
                return text.replace(published, own)
        return text

    return dataclasses.replace(one, replaced={head: cell(head, source) for head, source in one.replaced.items()},
                               loses={name: message(text) for name, text in one.loses.items()})


@dataclass
class Counts:
    """How many wrong answers of the bank a variant was asked about, and which do not get what they should."""

    wrong: int = 0
    other_points: list[str] = field(default_factory=list)
    other_words: list[str] = field(default_factory=list)


def counts(exercise: str, key: bytes, whole: bool = False) -> Counts:
    """What a variant takes from the bank's wrong answers; if not ``whole``, without long tests that they pass."""
    values, found = variant.drawn(exercise, key), Counts()
    source = variant.source(bank.ROOT, exercise, values)[1]
    for one in bank.bank(exercise):
        if not one.loses:
            continue
        found.wrong += 1
        other = submission(one, values)
        outcomes = bank.grade(bank.notebook(other, source), () if whole else set(bank.LONG) - set(one.loses))
        same = all(outcome.points == (0 if test in one.loses else outcome.most) for test, outcome in outcomes.items())
        if complaints := bank.complaints(other, outcomes):
            (found.other_words if same else found.other_points).append(f"{one.name}: {complaints[0]}")
    return found


if __name__ == "__main__":
    import os
    import sys

    os.environ["NBGRADER_EXECUTION"] = "autograde"
    for name in sys.argv[2:] or variant.variable():
        found = counts(name, sys.argv[1].encode())
        others = found.other_points + found.other_words
        print(f"{name}: of {found.wrong} {len(found.other_points)} lose other points, {len(found.other_words)} are "
              "told something else", *(one.replace("\n", " | ")[:330] for one in others), sep="\n   ")
