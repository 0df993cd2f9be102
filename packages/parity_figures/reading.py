"""Drawings of networks that read a sequence.

For chapter 1, `all_at_once` and `one_by_one` draw equal parts at equal heights, so that readers can compare the two.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from parity_figures.drawings import ROUNDED, SHAPES, answer_box, arrow, blank, box, write
from parity_figures.picture import EVEN, INK, LINE, MUTED, ODD, PAPER, Picture, canvas, in_style

PLACES, HEIGHT = 5, 2.85                # of the drawing; each element of the sequence has a place
LOW, MIDDLE, HIGH = 0.2, 1.25, 2.25    # heights of the rows
HALF = (0.38, 0.24)                     # of a box
COLOURS = {"even": EVEN, "odd": ODD}


def _sequence(elements: Sequence[str]) -> tuple[Figure, Axes]:
    """Draw up to five elements of a sequence in the lowest row."""
    figure, axes = canvas(3.75, 2.2)
    blank(axes, PLACES, HEIGHT)
    for place, element in enumerate(elements):
        write(axes, place + 0.5, LOW, element, fontweight="bold")
    return figure, axes


def _content(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Draw a box with a word in it; the words in a row of boxes share a baseline."""
    box(axes, x, y, "", colour, HALF, SHAPES[colour == ODD] if colour in (EVEN, ODD) else ROUNDED)
    write(axes, x, y - 0.07, text, va="baseline")


@in_style
def all_at_once(elements: Sequence[str], weights: int, answers: Mapping[str, str]) -> Picture:
    """Draw a feed-forward network, which reads all elements at once.

    The first ``weights`` elements have a weight each. There is a copy of the network for each of ``answers``, which
    maps its last element to its answer.
    """
    drawn = [_sequence([*elements, last]) for last in answers]
    for (_, axes), answer in zip(drawn, answers.values()):
        for place in range(len(elements) + 1):
            x, end = place + 0.5, 2.2 + 0.15 * place
            if place < weights:
                arrow(axes, (x, LOW + 0.22), (end, MIDDLE - 0.3))
                write(axes, 0.6 * x + 0.4 * end, LOW + 0.44, f"$w_{place + 1}$", bbox={"color": PAPER, "pad": 1})
            else:
                write(axes, x, LOW + 0.48, "no\nweight", MUTED, linespacing=1.1)
        box(axes, 2.5, MIDDLE, "", INK, HALF)
        arrow(axes, (2.5, MIDDLE + 0.25), (2.5, HIGH - 0.25))
        _content(axes, 2.5, HIGH, answer, COLOURS.get(answer, MUTED))
    words = ", and ".join(f"{answer} if the last element is {last}" for last, answer in answers.items())
    return Picture(drawn[0][0], f"The elements {' '.join(elements)} and a last one side by side. From each of the "
                   f"first {weights}, an arrow leads to a single unit, with a weight of its own, w 1 to w {weights}. "
                   f"The answer: {words}.", more=[figure for figure, _ in drawn[1:]])


@in_style
def one_by_one(elements: Sequence[str], memory: tuple[str, Sequence[str]], answer: str = "",
               words: Sequence[str] = ()) -> Picture:
    """Draw the memory of a network that reads the elements one at a time.

    ``memory`` has a title and the contents after each element. ``answer`` is what the last content leads to, and
    ``words`` say what each element does to the memory.
    """
    (figure, axes), (title, contents) = _sequence(elements), memory
    write(axes, 0.12, MIDDLE + 0.41, title, MUTED, ha="left")
    for place, content in enumerate(contents):
        x = place + 0.5
        _content(axes, x, MIDDLE, content, COLOURS.get(content, INK))
        if place:
            arrow(axes, (x - 0.62, MIDDLE), (x - 0.38, MIDDLE))
        arrow(axes, (x, LOW + 0.22), (x, MIDDLE - 0.25))
    for place, word in enumerate(words):
        write(axes, place + 0.56, LOW + 0.5, word, MUTED, ha="left")
    if answer:
        x = len(elements) - 0.5
        arrow(axes, (x, MIDDLE + 0.25), (x, HIGH - 0.25))
        _content(axes, x, HIGH, answer, MUTED)
    row = f"{title.rstrip('?')}: {', '.join(content or 'nothing' for content in contents)}"
    return Picture(figure, f"The elements {' '.join(elements)} side by side; above each of them a box, and arrows from "
                   f"box to box. {row}. {answer and f'The last box leads to the answer {answer}.'}".strip())


@in_style
def unrolled_with_numbers(bits: Sequence[int], sums: np.ndarray, states: np.ndarray,
                          logits: Sequence[float], weights: Sequence[np.ndarray]) -> Picture:
    """Draw a network that reads ``bits``, with all the numbers that it computes.

    ``sums [steps, hidden]`` are the weighted sums, and ``states [steps, hidden]`` the states that follow from them. The
    arrows of the first step carry the ``weights`` U ``[hidden, 1]``, V ``[hidden, hidden]`` and W ``[1, hidden]`` as
    numbers, and those of the second step carry their names.
    """
    def in_lines(numbers: Sequence[float], decimals: int) -> str:
        return "\n".join(f"{number:.{decimals}f}".replace("-", "−") for number in numbers)

    steps, half = len(bits), (0.54, 0.92)
    matrices = ["\n".join(" ".join(f"{weight:.3g}".replace("-", "−") for weight in row) for row in matrix)
                for matrix in weights]
    named = dict(enumerate((matrices, ("$U$", "$V$", "$W$"))))
    figure, axes = canvas(height=3.1)
    blank(axes, 1.6 * steps + 0.6, 4.95, -0.4, -0.25)
    box(axes, 0, 2.55, "\n".join("0" * len(states[0])), MUTED, (0.3, 0.44))
    for y, name in ((0, "$x_t$"), (1.65, "$a_t$"), (3.3, "$h_0$"), (3.95, "$o_t$")):
        write(axes, 0, y, name, MUTED)
    for t, bit in enumerate(bits):
        x = 1.6 * (t + 1)
        write(axes, x, 0, str(bit), fontweight="bold")
        box(axes, x, 2.1, "", INK, half)
        axes.plot([x - half[0], x + half[0]], [2.1, 2.1], color=LINE, linewidth=1)
        write(axes, x, 1.65, in_lines(sums[t], 1), MUTED, linespacing=1.3)
        write(axes, x, 2.55, in_lines(states[t], 2), linespacing=1.3)
        write(axes, x, 3.95, in_lines([logits[t]], 1))
        answer_box(axes, x, 4.6, logits[t] > 0)
        U, V, W = named.get(t, ("", "", ""))
        arrow(axes, (x, 0.3), (x, 1.15))
        arrow(axes, (x - (1.04 if t else 1.28), 2.55), (x - 0.56, 2.55))
        arrow(axes, (x, 3.04), (x, 3.7))
        write(axes, x + 0.15, 0.72, U, ha="left", linespacing=1.1)
        write(axes, x - 0.8, 2.68 if t else 3.08, V, va="bottom", linespacing=1.1)     # the numbers, above the box
        write(axes, x + 0.15, 3.37, W, ha="left")
    told = "; ".join(f"bit {bit}, sums {', '.join(in_lines(a, 1).split())}, state {', '.join(in_lines(h, 2).split())}, "
                     f"output {in_lines([o], 1)}, {'odd' if o > 0 else 'even'}"
                     for bit, a, h, o in zip(bits, sums, states, logits, strict=True))
    rows = ", ".join(f"{name} is {matrix.replace(chr(10), ' and ')}" for name, matrix in zip("UVW", matrices))
    return Picture(figure, f"A network unrolled over {steps} bits, with an arrow from each state to the next one. "
                   f"{rows}. The state is 0 at first. Then: {told}.")


@in_style
def two_ways_to_read() -> Picture:
    """Draw a network that reads a name in training, next to one that writes and reads its own characters."""
    figure, axes = canvas(height=2.7)
    blank(axes, 9.3, 4.3, -1.2, -0.3)
    write(axes, -0.8, 0.2, "reads", MUTED)
    write(axes, -0.8, 3.0, "draws", MUTED)
    for left, title, read, drawn in ((0.2, "teacher forcing", ("FI", "o", "u"), "orl"),
                                     (5.6, "free running", ("FI", "o", "r"), "ori")):
        write(axes, left + 1.5, 4.0, title)
        for t, (character, output) in enumerate(zip(read, drawn, strict=True)):
            x = left + 1.5 * t
            for y, name in ((0.2, character), (1.6, "h"), (3.0, output)):
                box(axes, x, y, name, INK if name == "r" else LINE, (0.2, 0.2))
            arrow(axes, (x, 0.52), (x, 1.28))
            arrow(axes, (x, 1.92), (x, 2.68))
            arrow(axes, (x - (1.17 if t else 0.8), 1.6), (x - 0.33, 1.6))
            if t and title == "free running":
                arrow(axes, (x - 1.27, 2.76), (x - 0.2, 0.46), curve=-0.1)
    return Picture(figure, "Two networks over three time steps. With teacher forcing the network reads FI, o, u and "
                   "draws o, r, l. Free running, it reads FI, o, r and draws o, r, i, and an arrow leads from each "
                   "drawn character to the next input.")
