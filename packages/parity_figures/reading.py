"""Drawings of networks that read a sequence, with shared parts in the same place."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from parity_figures.drawings import ROUNDED, SHAPES, arrow, blank, box, node, write
from parity_figures.picture import EVEN, INK, MUTED, ODD, PAPER, Picture, canvas, in_style

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
def all_at_once(elements: Sequence[str], weights: int, answers: Sequence[tuple[str, str]]) -> Picture:
    """Draw a feed-forward network, which reads all elements at once.

    The first ``weights`` elements have a weight each. ``answers`` has pairs of an answer and what it depends on.
    """
    figure, axes = _sequence(elements)
    for place in range(len(elements)):
        x, end = place + 0.5, 2.2 + 0.15 * place
        if place < weights:
            arrow(axes, (x, LOW + 0.22), (end, MIDDLE - 0.3))
            write(axes, 0.6 * x + 0.4 * end, LOW + 0.44, f"$w_{place + 1}$", bbox={"color": PAPER, "pad": 1})
        else:
            write(axes, x, LOW + 0.48, "no\nweight", MUTED, linespacing=1.1)
    node(axes, 2.5, MIDDLE, "", INK)
    for number, (answer, depends) in enumerate(answers):
        x = 2.5 + 1.6 * (number - (len(answers) - 1) / 2)
        arrow(axes, (2.5, MIDDLE + 0.33), (x, HIGH - 0.25))
        _content(axes, x, HIGH, answer, COLOURS.get(answer, MUTED))
        write(axes, x, HIGH + 0.41, depends, MUTED)
    words = " or ".join(f"{answer} {depends}".strip() for answer, depends in answers)
    return Picture(figure, f"The elements {' '.join(elements)} side by side. From each of the first {weights}, an "
                   f"arrow leads to a single unit, with a weight of its own, w 1 to w {weights}. The answer: {words}.")


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
