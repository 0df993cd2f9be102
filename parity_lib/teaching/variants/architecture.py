"""Variants of *Architecture*: a readout that counts, axes in another order, another interval, another remainder."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("readout",): [(1,), (2,), (3,), (4,), (5,), (10,)],
    ("swapped",): [((0, 1),), ((0, 2),), ((1, 2),)],
    ("level",): [(80,), (90,), (98,), (99,)],
    ("modulus", "remainder"): [(3, 1), (4, 1), (4, 2), (5, 1), (5, 2), (5, 3), (6, 2), (6, 4), (7, 3), (7, 5)],
}
FACTORS = {80: 1.2816, 90: 1.6449, 98: 2.3263, 99: 2.5758}


def edits(p: SimpleNamespace) -> list[tuple]:
    """The parts of ``solutions/architecture.md`` that change."""
    return [*_count(p), *_model(p), *_rate(p), *_remainder(p)]


def _count(p: SimpleNamespace) -> list[tuple]:
    numbers = f"{p.readout} number{'s' * (p.readout > 1)}"
    other = f" - {p.readout - 1} * (hidden_size + 1)" if p.readout > 1 else ""
    return [
        ("The readout is not counted.", f"The readout on the last layer is counted, too: it gives {numbers} at each "
         "step, from all hidden units and a bias."),
        ("    returns: an integer; both of PyTorch's biases count, a readout does not\n",
         f"    returns: an integer; both of PyTorch's biases count, and a readout of {numbers}\n"),
        ("return blocks * (first + (num_layers - 1) * later)",
         f"return blocks * (first + (num_layers - 1) * later) + {p.readout} * (hidden_size + 1)"),
        ("size = count_parameters(\"tanh\", 1, hidden_size, num_layers) + hidden_size + 1",
         f"size = count_parameters(\"tanh\", 1, hidden_size, num_layers){other}"),
    ]


def _model(p: SimpleNamespace) -> list[tuple]:
    shape, example = ["batch", "steps", "1"], ["2", "7", "1"]
    one, other = p.swapped
    for axes in (shape, example):
        axes[one], axes[other] = axes[other], axes[one]
    order, turn = f"[{', '.join(shape)}]", f".transpose({one}, {other})"
    return [
        ("called with `inputs [batch, steps, 1]` and returns the logits `[batch, steps, 1]`, one for each step.",
         f"called with `inputs {order}` and returns the logits `{order}`, one for each step. Mind the order of the "
         "axes: with `batch_first=True` PyTorch's layers take `[batch, steps, 1]`."),
        ("Run it on `torch.zeros(2, 7, 1)`:", f"Run it on `torch.zeros({', '.join(example)})`, two strings of 7 bits:"),
        ("    returns: a torch.nn.Module; called with inputs, float [batch, steps, 1],\n"
         "        it returns the logits, float [batch, steps, 1]: no sigmoid at the end\n",
         f"    returns: a torch.nn.Module; called with inputs, float {order},\n"
         f"        it returns the logits, float {order}: no sigmoid at the end\n"),
        ("        states, _ = self.rnn(inputs)                   # [batch, steps, hidden_size]\n"
         "        return self.readout(states)                    # [batch, steps, 1]\n",
         f"        states, _ = self.rnn(inputs{turn})     # [batch, steps, hidden_size]\n"
         f"        return self.readout(states){turn}      # {order}\n"),
        ("masked_loss(model(batch.inputs), batch.targets, batch.mask)",
         f"masked_loss(model(batch.inputs{turn}){turn}, batch.targets, batch.mask)"),
        ("torch.equal(model(ask) > 0, odd)", f"torch.equal(model(ask{turn}){turn} > 0, odd)"),
    ]


def _rate(p: SimpleNamespace) -> list[tuple]:
    kappa = FACTORS[p.level]
    least = 5 / (5 + kappa**2)
    return [
        ("Write the rate and Wilson's 95 % interval, equation 5.2 of the chapter *Training*, with $\\kappa = 1.96$.",
         f"Write the rate and Wilson's {p.level} % interval, equation 5.2 of the chapter *Training*, with "
         f"$\\kappa = {kappa}$ in the place of 1.96."),
        ('"""The share of successes and its 95 % interval by Wilson.\n',
         f'"""The share of successes and its {p.level} % interval by Wilson.\n'),
        ("n, kappa = len(outcomes), 1.96", f"n, kappa = len(outcomes), {kappa}"),
        ("solved   95 % interval", f"solved   {p.level} % interval"),
        ("Five of five has an interval from 0.57 to 1 and none of five one from 0 to 0.43,",
         f"Five of five has an interval from {least:.2f} to 1 and none of five one from 0 to {1 - least:.2f},"),
        ("By your own interval that leaves room for a true success rate of up to four in ten.",
         f"By your own interval that leaves room for a true success rate of up to {1 - least:.2f}."),
    ]


def _remainder(p: SimpleNamespace) -> list[tuple]:
    m, r = p.modulus, p.remainder
    return [
        ("## Task 6: count by three", f"## Task 6: count by {m}"),
        ("Is it a multiple of **three**? Before", f"Does it leave **{r}** when it is divided by **{m}**? Before"),
        ("the number of ones so far is 0, 3, 6, …", f"the number of ones so far is {r}, {r + m}, {r + 2 * m}, …"),
        ("You choose the number of units, from 1 to 8.",
         "You choose the number of units, from 1 to 8. (The function keeps its published name.)"),
        ("Let $p$ be the remainder, 0, 1 or 2.", f"Let $p$ be the remainder, 0 to {m - 1}."),
        ("You need one unit that is above 0 in that case alone.",
         "You need one unit that is above 0 in that case alone. And how many units make a sum that is large at one "
         "remainder, and small on both sides of it?"),
        ("Then run a string of nine ones through your arrays and print $h_t$. Does the fourth state equal the first?",
         f"Then run a string of {3 * m} ones through your arrays and print $h_t$. Does state {m + 1} equal the first?"),
        ("Weights of a relu net: is the number of ones a multiple of three?",
         f"Weights of a relu net: does the number of ones leave {r} when divided by {m}?"),
        ("""    p = np.array([1.0, -3.0])                          # the remainder is relu(p + x) - 3 relu(p + x - 2)
    U = np.array([[1.0], [1.0]])
    V = np.stack([p, p])
    b = np.array([0.0, -2.0])
    W = -p[None]
    c = np.array([0.5])
""", f"""    # The remainder is relu(p + x) - {m} relu(p + x - {m - 1}); the other three make a peak at p + x = {r}.
    p = np.array([1.0, -{m}.0, 0.0, 0.0, 0.0])
    U = np.ones((5, 1))
    V = np.stack([p] * 5)
    b = -np.array([0.0, {m - 1}.0, {r - 1}.0, {r}.0, {r + 1}.0])
    W = np.array([[0.0, 0.0, 1.0, -2.0, 1.0]])
    c = np.array([-0.5])
"""),
        ("Would counting by five take more units? No: in the model answer the 3 becomes a 5, and the 2 a 4.",
         "Would counting by a larger number take more units? No: two of the numbers change."),
    ]
