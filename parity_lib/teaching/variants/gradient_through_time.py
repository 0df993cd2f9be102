"""Variants of *The gradient through time*: the net, the loss, a tolerance, the script to be tested, nets to break."""

from __future__ import annotations

from types import SimpleNamespace

POOLS = {
    ("gain",): [(0.5,), (0.6,), (0.75,), (0.8,), (1.2,), (1.25,), (1.5,), (1.6,)],
    ("mean",): [("sum",), ("strings",), ("rectangle",)],
    ("share",): [(0.002,), (0.003,), (0.004,), (0.005,)],
    ("shortest", "hunted"): [(2, "zeros"), (3, "zeros")],
    ("low", "high"): [(-1, 1), (1, 2), (-1, 2), (2, 4), (0, 2), (-2, 0), (1, 3), (-2, 2)],
}
LOSSES = {
    "sum": ("added up over the positions where the mask is `True`, all strings together, and **not** divided by their "
            "number", ".sum()", "the sum of the cross-entropies over the mask", "", "/ mask.sum()"),
    "strings": ("added up over the positions where the mask is `True`, all strings together, and divided by the number "
                "of **strings**", ".sum() / len(mask)", "the cross-entropy over the mask, per string", " / len(mask)",
                "* len(mask) / mask.sum()"),
    "rectangle": ("added up over the positions where the mask is `True`, all strings together, and divided by the "
                  "number of **all** positions, those outside the mask too", ".sum() / mask.size",
                  "the cross-entropy over the mask, divided by the size of the rectangle", " / mask.size",
                  "* mask.size / mask.sum()"),
}


def edits(p: SimpleNamespace) -> list[tuple]:
    """The parts of ``solutions/gradient_through_time.md`` that change."""
    return [*_net(p), *_loss(p), *_tolerance(p), *_script(p), *_tests(p), *_nets(p)]


def _net(p: SimpleNamespace) -> list[tuple]:
    g = f"{p.gain:g}"
    return [
        ("The net is the one of the chapter, with one difference: it begins",
         f"The net is the one of the chapter, with two differences. Its units are $\\tanh({g}\\,a)$ of the sum $a$ "
         "that comes into them. And it begins"),
        ("states[:, t + 1] = np.tanh(bits[:, t:t + 1] @ U.T + states[:, t] @ V.T + b)",
         f"states[:, t + 1] = np.tanh({g} * (bits[:, t:t + 1] @ U.T + states[:, t] @ V.T + b))"),
        ("before_tanh = at_state * (1 - states[:, t + 1] ** 2)",
         f"before_tanh = {g} * at_state * (1 - states[:, t + 1] ** 2)"),
    ]


def _loss(p: SimpleNamespace) -> list[tuple]:
    words, code, doc, divided, _ = LOSSES[p.mean]
    return [
        ("the loss is the cross-entropy averaged over the positions where the mask is `True`, all strings together.",
         f"the loss is the cross-entropy {words}."),
        ("-> the mean cross-entropy over the mask, a number", f"-> {doc}, a number"),
        ("labels * logits)[mask].mean()", f"labels * logits)[mask]{code}"),
        ('And what does "mean" do to the gradient?', "And what is the loss divided by, if by anything?"),
        ("Three factors: the gradient of one answer, whether the position counts, and how many positions count.",
         "Three factors: the gradient of one answer, whether the position counts, and what the loss is divided by."),
        ("What has to come out, whatever the mask is?", "What has to come out, and does it hang on the mask?"),
        ("return np.where(mask, chance - labels, 0) / mask.sum()",
         f"return np.where(mask, chance - labels, 0){divided}"),
    ]


def _tolerance(p: SimpleNamespace) -> list[tuple]:
    return [
        ("agrees with yours to a thousandth of the largest entry of the same array,",
         f"agrees with yours to {round(1000 * p.share)} thousandths of the largest entry of the same array,"),
        ("<= 1e-3 * np.abs(found).max() + 1e-12", f"<= {p.share:g} * np.abs(found).max() + 1e-12"),
    ]


def _script(p: SimpleNamespace) -> list[tuple]:
    less = p.shortest - 1
    return [
        ("uniform on 1..longest'''", f"uniform on {p.shortest}..longest'''"),
        ("    lengths = rng.integers(1, longest, size=batch)\n",
         f"    lengths = {less} + rng.integers(1, (longest - {less}), size=batch)\n"),
        ("'''the parity of each string after each bit [batch, steps]'''\n",
         "'''the parity of the number of zeros of each string after each bit [batch, steps]'''\n    bits = 1 - bits\n"),
        ("    '''the outputs of a tanh net [batch, steps];", "    '''the outputs of a net of tanh(a) [batch, steps];"),
        ("- `test_logits` is for the gradient", "- The script's net and loss are the chapter's, and not the ones of "
         "Task 1.\n- `test_logits` is for the gradient"),
    ]


def _tests(p: SimpleNamespace) -> list[tuple]:
    g, kinds = f"{p.gain:g}", 7 - p.shortest
    return [
        ("for length in range(1, 7)]", f"for length in range({p.shortest}, 7)]"),
        ("min(shares) > 0.1 and max(shares) < 0.25",
         f"min(shares) > {0.6 / kinds:g} and max(shares) < {1.5 / kinds:g}"),
        ("    bits = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1]])\n"
         "    return script.labels(bits).tolist() == [[1, 1, 0, 1, 1], [0, 1, 0, 0, 1]]",
         "    bits = torch.tensor([[1, 0, 1, 1, 1], [0, 1, 1, 0, 1]])\n"
         "    return script.labels(bits).tolist() == [[0, 1, 1, 1, 1], [1, 1, 1, 0, 0]]"),
        ("    arrays = [weight.detach().numpy() for weight in weights]\n",
         "    arrays = [weight.detach().numpy() for weight in weights]\n"
         f"    ours = [one / {g} for one in arrays[:3]] + arrays[3:]\n"),
        ("forward(bits.numpy(), *arrays, np.zeros(3))[1]", "forward(bits.numpy(), *ours, np.zeros(3))[1]"),
        ("labels(bits).numpy(), mask.numpy())\n", "labels(bits).numpy(), mask.numpy())\n"
         f"    expected = expected {LOSSES[p.mean][4].replace('mask.size', 'mask.numel()')}\n"),
        ("    expected = loss(", "    # The script's loss is a mean over the mask's positions.\n    expected = loss("),
        ("[3 / 5, 2 / 5, 2 / 5]", "[2 / 5, 3 / 5, 3 / 5]"),
    ]


def _nets(p: SimpleNamespace) -> list[tuple]:
    return [
        ("Each of these nets is right on most strings. Find one on which it errs:",
         f"A zero arrives at these nets as {p.low} and a one as {p.high}. Each of them is right on most strings. Find "
         "one on which it errs, written in zeros and ones:"),
        ("    U [2, 1], V [2, 2], b [2], W [1, 2], c [1]: floats\n    returns: a list of bits, or None\n",
         "    U [2, 1], V [2, 2], b [2], W [1, 2], c [1]: floats\n"
         f"    The net reads {p.low} for a zero, {p.high} for a one.\n"
         "    returns: a list of zeros and ones, or None\n"),
        ("state = np.tanh(U[:, 0] * bit + V @ h + b)",
         f"state = np.tanh(U[:, 0] * ({p.low}, {p.high})[bit] + V @ h + b)"),
    ]
