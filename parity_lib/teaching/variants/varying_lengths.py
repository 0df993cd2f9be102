"""Variants of *Varying lengths*: the shortest length, names of the sides, what stands on padding, log and threshold."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("shortest",): [(2,), (3,), (4,), (5,)],
    ("after", "before"): [("end", "start"), ("right", "left"), ("tail", "head"), ("behind", "front")],
    ("fill",): [(-1,), (-0.5,), (0.5,), (1,), (2,), (3,)],
    ("base",): [(2,), (3,), (4,), (10,)],
    ("cut",): [(-0.375,), (-0.5,), (-0.625,), (-0.75,)],
}


def edits(p: SimpleNamespace) -> list[tuple]:
    """The parts of ``solutions/varying_lengths.md`` that change."""
    return [*_lengths(p), *_mask(p), *_packed(p), *_loss(p), *_accuracy(p)]


def _lengths(p: SimpleNamespace) -> list[tuple]:
    s = p.shortest
    return [
        ("Do it as OpenAI asks: every length from 1 to `max_bits` equally likely,",
         f"Do it as OpenAI asks, except that no string is shorter than {s} bits: every length from **{s}** to "
         "`max_bits` equally likely,"),
        ("Draw ten thousand lengths up to 5 and count them",
         f"Draw ten thousand lengths up to {s + 4} and count them"),
        ('"""Lengths of the strings of a batch: 1 to max_bits, both included, all equally likely.\n',
         f'"""Lengths of the strings of a batch: {s} to max_bits, both included, all equally likely.\n'),
        ("return rng.integers(1, max_bits, size=batch_size, endpoint=True)",
         f"return rng.integers({s}, max_bits, size=batch_size, endpoint=True)"),
    ]


def _mask(p: SimpleNamespace) -> list[tuple]:
    return [
        ("The padding stands after the string, or before it, as `padding` says;",
         f"The padding stands after the string (`\"{p.after}\"`), or before it (`\"{p.before}\"`), as `padding` says;"),
        ('def length_mask(lengths, max_bits, padding="after"):',
         f'def length_mask(lengths, max_bits, padding="{p.after}"):'),
        ('    padding: "after" the string, or "before" it\n',
         f'    padding: "{p.after}", after the string, or "{p.before}", before it\n'),
        ('if padding == "before":', f'if padding == "{p.before}":'),
    ]


def _packed(p: SimpleNamespace) -> list[tuple]:
    fill = f"{p.fill:g}"
    return [
        ("in the order in which the strings came, and zeros on padding.",
         f"in the order in which the strings came, and the number **{fill}** on padding, for every unit."),
        ("Each of the two PyTorch functions has an option that you need besides `batch_first=True`.",
         "The two PyTorch functions have options that you need besides `batch_first=True`: one has one, the "
         "other two."),
        ("rows in the order of inputs, 0 on padding\n", f"rows in the order of inputs, {fill} on padding\n"),
        ("    return pad_packed_sequence(states, batch_first=True, total_length=inputs.shape[1])[0]\n",
         f"    return pad_packed_sequence(states, batch_first=True, padding_value={fill},\n"
         "                               total_length=inputs.shape[1])[0]\n"),
        ("On padding the state is zero, so the logit there is the output bias and nothing else. Where the padding is "
         "counted in the loss, training pulls that bias towards \"even\".",
         f"On padding every unit has the state {fill}, so the logit there is one number, whatever the string. Where "
         "the padding is counted in the loss, training pulls that number towards \"even\"."),
    ]


def _loss(p: SimpleNamespace) -> list[tuple]:
    return [
        ("The mean of the binary cross-entropy over real positions, as in",
         f"The mean of the binary cross-entropy over real positions, with logarithms to base {p.base} in the place of "
         "natural ones, otherwise as in"),
        ("With logits of 0 the loss is $\\ln 2$, whatever the mask.",
         f"With logits of 0 the loss is $\\log_{{{p.base}}} 2 = \\ln 2 / \\ln {p.base}$, whatever the mask."),
        ('"""Binary cross-entropy on logits, averaged over the real positions.\n',
         f'"""Binary cross-entropy on logits, to base {p.base}, averaged over the real positions.\n'),
        ("return binary_cross_entropy_with_logits(logits[mask], targets[mask])",
         f"return binary_cross_entropy_with_logits(logits[mask], targets[mask]) / np.log({p.base})"),
        ("        loss = masked_loss(logits_of(model, x, n), y, counted)\n",
         f"        loss = masked_loss(logits_of(model, x, n), y, counted) * np.log({p.base})     # natural again\n"),
    ]


def _accuracy(p: SimpleNamespace) -> list[tuple]:
    cut = f"{p.cut:g}"
    return [
        ("The share of real positions at which the net is right. A logit above 0 means odd.",
         f"The share of real positions at which the net is right. In this exercise a logit above **{cut}** means odd."),
        ("    right = (logits > 0) == (targets > 0.5)\n", f"    right = (logits > {cut}) == (targets > 0.5)\n"),
        ('Any negative logit says "even".', f'Any logit below {cut} says "even".'),
    ]
