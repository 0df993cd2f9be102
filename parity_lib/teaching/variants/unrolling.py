"""Variants of *Unrolling*: what is counted, how steep tanh is, from where a string is read, how bits are coded."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("counted", "says"): [("zeros", "odd"), ("zeros", "even"), ("ones", "even")],
    ("gain",): [(0.5,), (0.6,), (0.75,), (0.8,), (1.2,), (1.25,), (1.5,), (1.6,), (2,), (2.5,)],
    ("reading",): [("backwards",), ("backwards, in place",)],
    ("low", "high"): [(-2, 2), (1, 2), (-1, 2), (2, 4), (-3, -1), (1, 5), (0, 4), (-1, 3), (3, 5), (-2, 0)],
}


def edits(p: SimpleNamespace) -> list[tuple[str, str]]:
    """The parts of ``solutions/unrolling.md`` that change."""
    return [*_parity(p), *_step(p), *_unroll(p), *_two_units(p)]


def _parity(p: SimpleNamespace) -> list[tuple[str, str]]:
    counted = "bits" if p.counted == "ones" else "(1 - bits)"
    shift = "" if p.says == "odd" else " + 1"
    total = f"{counted}.sum(axis=1){shift}"
    return [
        ("For each string, say whether the number of ones is odd.",
         f"For each string, say whether the number of **{p.counted}** is **{p.says}**."),
        ("Look at equation 1.1 of the first chapter, or count the ones.",
         f"Look at equation 1.1 of the first chapter, or count the {p.counted}."),
        ('"""The parity of each string.\n', f'"""Whether the number of {p.counted} in each string is {p.says}.\n'),
        ("1 where the number of ones is odd, else 0", f"1 where the number of {p.counted} is {p.says}, else 0"),
        ("return bits.sum(axis=1) % 2", f"return {f'({total})' if shift else total} % 2"),
    ]


def _step(p: SimpleNamespace) -> list[tuple[str, str]]:
    g = f"{p.gain:g}"
    return [
        (r"Equation 2.1: the new hidden state is $\tanh(Ux_t + Vh_{t-1} + b)$.",
         rf"In this exercise tanh is {'steeper' if p.gain > 1 else 'less steep'} than in equation 2.1: the new hidden "
         rf"state is $\tanh({g}\,(Ux_t + Vh_{{t-1}} + b))$."),
        ('"""One time step of a recurrent network with tanh units.',
         f'"""One time step of a recurrent network with units tanh({g} a).'),
        ("each row of the result is `tanh(b)`", f"each row of the result is `tanh({g} * b)`"),
        ("return np.tanh(x @ U.T + h @ V.T + b)", f"return np.tanh({g} * (x @ U.T + h @ V.T + b))"),
    ]


def _unroll(p: SimpleNamespace) -> list[tuple[str, str]]:
    g, in_place = f"{p.gain:g}", p.reading == "backwards, in place"
    order = ("each at the place of its element: what comes of the last element is last" if in_place else
             "in the order in which they were made: what comes of the last element is first")
    return [
        ("Apply the step to each element of the sequence, starting from `h0`, and return the hidden state after "
         "**every** step.", "Read each string **from its end**: apply the step to its last element, starting from "
         f"`h0`, then to the one before it, and so on. Return the hidden state after **every** step, {order}."),
        ("In step `t` the input is `xs[:, t]`.", "In the first step the input is `xs[:, -1]`."),
        ("the states after step 1, 2, ...", "the states, " + ("each at the place of the element that was read"
                                                            if in_place else "that of the last element first")),
        ("for t in range(xs.shape[1]):", "for t in reversed(range(xs.shape[1])):"),
        ("return np.stack(states, axis=1)\n    ### END", f"return np.stack(states{'[::-1]' * in_place}, axis=1)\n"
                                                         "    ### END"),
        ("See for yourself that it is PyTorch's `nn.RNN`.", "See for yourself that it is PyTorch's `nn.RNN`, given the "
         f"strings from their end, and weights that are {g} times yours."),
        ("U, V = rnn.weight_ih_l0.detach().numpy(), rnn.weight_hh_l0.detach().numpy()\n"
         "b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().numpy()\n",
         f"U, V = rnn.weight_ih_l0.detach().numpy() / {g}, rnn.weight_hh_l0.detach().numpy() / {g}\n"
         f"b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach().numpy() / {g}\n"),
        ("theirs, _ = rnn(torch.from_numpy(xs))\n", "theirs, _ = rnn(torch.from_numpy(xs).flip(1))\n"
         + "theirs = theirs.flip(1)\n" * in_place),
    ]


def _two_units(p: SimpleNamespace) -> list[tuple[str, str]]:
    low, wide = p.low, p.high - p.low
    old_bit = f"(x' {'-' if low > 0 else '+'} {abs(low)})/{wide}" if low else f"x'/{wide}"
    shift = -2 * low / wide         # what is left over, times K
    return [
        ("Here a zero arrives as $-1$ and a one as $+1$.", f"Here a zero arrives as ${low}$ and a one as ${p.high}$."),
        ("Put $x = (x' + 1)/2$ into", f"Put $x = {old_bit}$ into"),
        ("that computes the parity of bits coded as -1 and +1.",
         f"that computes the parity of bits coded as {low} and {p.high}."),
        ("U = np.array([[K], [K]])", f"U = np.array([[{2 / wide:g} * K], [{2 / wide:g} * K]])"),
        ("b = np.array([0.0, -2 * K])", f"b = np.array([{shift - 1:g} * K, {shift - 3:g} * K])"),
    ]
