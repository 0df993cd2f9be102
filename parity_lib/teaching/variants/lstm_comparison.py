"""Variants of *LSTM comparison*: the order of the gates, a forget gate that starts open, which median, which loss."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("blocks",): [(order,) for order in ("figo", "fiog", "fogi", "ifog", "ofig", "oifg", "iogf", "giof", "gofi", "fgio",
                                         "ogif", "gifo")],
    ("forget",): [(1,), (1.5,), (2,), (2.5,), (4,), (5,)],
    ("middle",): [("smaller",), ("larger",)],
    ("power",): [(2,), (3,)],
}


def edits(p: SimpleNamespace) -> list[tuple[str, str]]:
    """The parts of ``solutions/lstm_comparison.md`` that change."""
    return [*_step(p), *_parity(p), *_summary(p), *_norms(p)]


def _step(p: SimpleNamespace) -> list[tuple[str, str]]:
    order = ", ".join(p.blocks)
    return [
        ("PyTorch stacks their weights, so one product makes all four at once:",
         "Their weights are stacked, so one product makes all four at once:"),
        ("four blocks of $H$, in the order $i, f, g, o$.",
         f"four blocks of $H$, here in the order ${order}$ (libraries differ in it; PyTorch has $i, f, g, o$)."),
        ('"""One time step of an LSTM, as nn.LSTMCell does it.\n', '"""One time step of an LSTM.\n'),
        ("the blocks of H rows are i, f, g, o\n", f"the blocks of H rows are {order}\n"),
        ("i, f, g, o = np.split(a, 4, axis=1)", f"{order} = np.split(a, 4, axis=1)"),
        ("    weights = {name: p.detach().numpy() for name, p in cell.named_parameters()}\n",
         "    # PyTorch's blocks are i, f, g, o; yours are in another order.\n"
         "    blocks = {name: dict(zip(\"ifgo\", np.split(p.detach().numpy(), 4))) for name, p in "
         "cell.named_parameters()}\n"
         f"    weights = {{name: np.concatenate([own[gate] for gate in \"{p.blocks}\"]) for name, own in "
         "blocks.items()}\n"),
    ]


def _parity(p: SimpleNamespace) -> list[tuple[str, str]]:
    begins = f"{p.forget:g}"
    return [
        ("Write the same with one LSTM layer. What does",
         "Write the same with one LSTM layer, whose forget gate starts open: in a new net the two biases of each "
         f"forget gate, `bias_ih_l0` and `bias_hh_l0` of PyTorch's `nn.LSTM`, add up to {begins}. PyTorch's blocks of "
         "rows are $i, f, g, o$. All other numbers start as PyTorch draws them. What does"),
        ("    LSTMParity(hidden_size): the LSTM has hidden_size units and both biases,\n",
         "    LSTMParity(hidden_size): the LSTM has hidden_size units and both biases,\n"
         f"    those of a forget gate add up to {begins} in a new net;\n"),
        ("        self.readout = nn.Linear(hidden_size, 1)\n        ### END SOLUTION",
         "        self.readout = nn.Linear(hidden_size, 1)\n"
         "        with torch.no_grad():\n"
         f"            self.lstm.bias_ih_l0[hidden_size:2 * hidden_size] = {begins}\n"
         "            self.lstm.bias_hh_l0[hidden_size:2 * hidden_size] = 0\n        ### END SOLUTION"),
        ("Nearly every line of `RNNParity` stays.", "Nearly every line of `RNNParity` stays; the biases come after "
         "it. A later cell of this notebook sets some."),
    ]


def _summary(p: SimpleNamespace) -> list[tuple[str, str]]:
    place = "len(late) // 2" if p.middle == "larger" else "(len(late) - 1) // 2"
    return [
        ("If that leaves the median without a number, it is `None`.",
         f"With an even number of runs it is the **{p.middle}** of the two in the middle. If that leaves the median "
         "without a number, it is `None`."),
        ("and the median of all runs is what it should be. With an even number of runs, it is halfway between the two "
         "in the middle.", "and sort. Which place is the middle one, with an odd number of runs and with an even one?"),
        ("    late = [np.inf if step is None else step for step in steps]\n    median = float(np.median(late))\n",
         f"    late = sorted(np.inf if step is None else step for step in steps)\n    median = float(late[{place}])\n"),
    ]


def _norms(p: SimpleNamespace) -> list[tuple[str, str]]:
    powers = {2: "squares", 3: "cubes"}[p.power]
    return [
        (r"$$L = \sum_{\text{strings}} \; \sum_{\text{units}} h_T,$$",
         rf"$$L = \sum_{{\text{{strings}}}} \; \sum_{{\text{{units}}}} h_T^{p.power},$$"),
        ("What you can ask is how much the last hidden state changes when the *input* at step $t$ does.",
         f"What you can ask is how much the last hidden state, here its {powers}, changes when the *input* at step $t$ "
         "does."),
        ("The loss is `output[:, -1].sum()`, for every kind of layer.",
         f"The loss is made of `output[:, -1]`, the last hidden state, for every kind of layer: the sum "
         f"of its {powers}."),
        ('"""The norm of the gradient of the last hidden state with respect to each input.\n',
         f'"""The norm of the gradient of the {powers} of the last hidden state with respect to each input.\n'),
        ("The loss L is the sum of the last layer's hidden\n        state after the last step,",
         f"The loss L is the sum of the {powers} of the last layer's\n        hidden state after the last step,"),
        ("output[:, -1].sum().backward()", f"(output[:, -1] ** {p.power}).sum().backward()"),
    ]
