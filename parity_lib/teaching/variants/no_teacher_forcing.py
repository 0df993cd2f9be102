"""Variants of *Without teacher forcing*: the label, the logarithm, the clip, the batch, the curriculum's threshold."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("counted", "says"): [("zeros", "odd"), ("zeros", "even"), ("ones", "even")],
    ("base",): [(2,), (3,), (4,), (10,)],
    ("clip",): [(0.4,), (0.5,), (0.6,), (0.75,)],
    ("strings",): [(72,), (80,), (90,), (96,), (112,), (120,)],
    ("least",): [(0.9,), (0.92,), (0.93,), (0.97,), (0.98,)],
}


def edits(p: SimpleNamespace) -> list[tuple]:
    """The parts of ``solutions/no_teacher_forcing.md`` that change."""
    return [*_label(p), *_loss(p), *_step(p), *_training(p), *_curriculum(p)]


def _label(p: SimpleNamespace) -> list[tuple]:
    what = f"an {p.says} number of {p.counted}"
    counted, shift = ("bits" if p.counted == "ones" else "(1 - bits)"), ("" if p.says == "odd" else " + 1")
    total = f"({counted} * real).sum(axis=1){shift}"
    return [
        ("Write the label of the string **as it was cut**: the parity of its first `lengths[i]` bits.",
         f"Write the label of the string **as it was cut**: 1 where its first `lengths[i]` bits hold **{what}**, "
         "else 0. That is what a label says in all of this exercise."),
        ('"""The parity of each string as it was cut.\n', '"""The label of each string as it was cut.\n'),
        ("1 where the first lengths[i] bits of row i hold an odd number of ones, else 0",
         f"1 where the first lengths[i] bits of row i hold {what}, else 0"),
        ("return (bits * real).sum(axis=1) % 2", f"return {f'({total})' if shift else total} % 2"),
        ("labels: float tensor [batch], 1.0 for odd and 0.0 for even",
         f"labels: float tensor [batch], 1.0 for {what}, else 0.0"),
        ("whereas the label of a string of one bit is the bit itself.",
         "whereas the label of a string of one bit follows from that bit."),
        ("Strings of exactly 1 bit are learned, for their label is the bit.",
         "Strings of exactly 1 bit are learned, for their label follows from that bit."),
    ]


def _loss(p: SimpleNamespace) -> list[tuple]:
    return [
        ("The loss is the binary cross-entropy of the answer at the last real step, averaged over the strings.",
         "The loss is the binary cross-entropy of the answer at the last real step, averaged over the strings, with "
         f"logarithms to base {p.base} in the place of natural ones."),
        ("Compute on logits, without a sigmoid of your own.",
         "Compute on logits, without a sigmoid of your own. How does a logarithm to another base follow from the "
         "natural one?"),
        (r"With logits of 0 the loss is $\ln 2$. A string with a logit of 200 and the label 0 costs 200.",
         rf"With logits of 0 the loss is $\log_{{{p.base}}} 2$. A string with a logit of 200 and the label 0 costs "
         rf"$200 / \ln {p.base}$."),
        ('"""The mean cross-entropy of the answers at the last real steps.\n',
         f'"""The mean cross-entropy of the answers at the last real steps, with logarithms to base {p.base}.\n'),
        ("return binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels)",
         f"return binary_cross_entropy_with_logits(last_valid(logits, lengths)[:, 0], labels) / np.log({p.base})"),
    ]


def _step(p: SimpleNamespace) -> list[tuple]:
    return [
        ("the gradient of **all** parameters together is clipped to a norm of 1.",
         f"the gradient of **all** parameters together is clipped to a norm of {p.clip:g}."),
        ("nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)",
         f"nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], {p.clip:g})"),
    ]


def _training(p: SimpleNamespace) -> list[tuple]:
    return [
        ("on batches of 64 fresh strings", f"on batches of {p.strings} fresh strings"),
        ("The net wants floats `[64, max_length, 1]`", f"The net wants floats `[{p.strings}, max_length, 1]`"),
        ("draw(64, ", f"draw({p.strings}, ", 3),
        ("in a batch of 64 you expect each of them twice.",
         f"in a batch of {p.strings} you expect each of them more than twice."),
        ("most of them are in every batch of 64,", f"most of them are in every batch of {p.strings},"),
        ("the 64 strings that are drawn", f"the {p.strings} strings that are drawn"),
        ("how many of them are in a batch of 64?", f"how many of them are in a batch of {p.strings}?"),
        ("the draw of the 64 strings", f"the draw of the {p.strings} strings"),
    ]


def _curriculum(p: SimpleNamespace) -> list[tuple]:
    least = f"{p.least:g}"
    return [
        ("- an accuracy of 0.95 or more:", f"- an accuracy of {least} or more:"),
        ('"0.95 or more" includes 0.95 itself.', f'"{least} or more" includes {least} itself.'),
        ("an accuracy of 0.95 and one of 0.94,", f"an accuracy of {least} and one of {p.least - 0.01:g},"),
        ("accuracy >= 0.95", f"accuracy >= {least}", 2),
    ]
