"""Drawings that explain networks, the backward pass, batches, state machines and attention."""

from collections.abc import Sequence
from itertools import permutations
from string import ascii_uppercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ArrowStyle, Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from parity_figures.picture import EVEN, INK, LINE, MUTED, ODD, PAPER, WIDTH, Picture, canvas, in_style, panels
from parity_lib.errors import require

STEP = 2.2          # the distance between two time steps in the drawing of the backward pass
MOST_PACKED = 24    # squares that fit into the last row of the drawing of packing
SQUARE = 0.306      # inches of such a square, wide enough for two letters
RADIUS = 0.36       # of a state of a state machine
ROUNDED = "round,pad=0,rounding_size=0.16"
SHAPES = ("round,pad=0,rounding_size=0.24", "square,pad=0")     # of the answers even and odd


def blank(axes: Axes, width: float, height: float, left: float = 0.0, bottom: float = 0.0) -> None:
    """Hide the axes and set the limits of the drawing area.

    The area extends from ``(left, bottom)`` to ``(width, height)``, with the same scale in both directions.
    """
    axes.set(xlim=(left, width), ylim=(bottom, height), aspect="equal")
    axes.axis("off")


def write(axes: Axes, x: float, y: float, text: str, colour: str = INK, **options) -> None:
    """Write text at a point, centred by default."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "color": colour, **options})


def arrow(axes: Axes, start, end, label: str = "", shift=(0.0, 0.0), curve: float = 0.0) -> None:
    """Draw an arrow, bent by ``curve``, with an optional label that is offset from its midpoint by ``shift``."""
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=MUTED, linewidth=1.3,
                                   shrinkA=0, shrinkB=0, connectionstyle=f"arc3,rad={curve}"))
    x, y = np.add(start, end) / 2 + shift
    if label:
        write(axes, x, y, label, bbox={"color": PAPER, "pad": 1})


def node(axes: Axes, x: float, y: float, label: str, colour: str, radius: float = 0.32) -> None:
    """Draw a circle with a label in its centre."""
    axes.add_patch(Circle((x, y), radius, facecolor=PAPER, edgecolor=colour, linewidth=2))
    write(axes, x, y, label)


def box(axes: Axes, x: float, y: float, text: str, colour: str, half: tuple[float, float] = (0.56, 0.4),
        style: str = ROUNDED) -> None:
    """Draw a box with text in its centre. ``half`` contains half the width and half the height of the box."""
    width, height = half
    axes.add_patch(FancyBboxPatch((x - width, y - height), 2 * width, 2 * height, facecolor=PAPER, edgecolor=colour,
                                  linewidth=2, boxstyle=style))
    write(axes, x, y, text, linespacing=1.3)


def answer_box(axes: Axes, x: float, y: float, odd: bool) -> None:
    """Draw a box that contains the answer "odd" or "even"."""
    box(axes, x, y, "odd" if odd else "even", ODD if odd else EVEN, (0.52, 0.3), SHAPES[int(odd)])


@in_style
def unrolled() -> Picture:
    """Draw a recurrent network in folded form and unrolled over three time steps."""
    figure, axes = canvas(height=2.4)
    blank(axes, 8.6, 3.5, -0.2, -0.1)
    for x, step in zip((0.9, 4.6, 6.0, 7.4), ("", "_1", "_2", "_3")):
        box(axes, x, 1.7, f"$h{step}$", INK, (0.32, 0.32))
        write(axes, x, 0.42, f"$x{step}$")
        write(axes, x, 2.95, f"$o{step}$")
        arrow(axes, (x, 0.72), (x, 1.38), "$U$", (0.2, 0))
        arrow(axes, (x, 2.02), (x, 2.68), "$W$", (0.22, 0))
        if step:
            arrow(axes, (x - 1.08, 1.7), (x - 0.32, 1.7), "$V$", (0, 0.2))
    arrow(axes, (0.62, 1.88), (0.62, 1.52), "$V$", (-0.64, 0), curve=2.6)
    write(axes, 2.05, 1.7, "unroll\n" + r"$\longrightarrow$", MUTED)
    box(axes, 3.2, 1.7, "$h_0$", MUTED, (0.32, 0.32))
    arrow(axes, (7.72, 1.7), (8.3, 1.7))
    write(axes, 8.45, 1.7, "…", MUTED)
    return Picture(figure, "Left: input x, hidden state h and output o, with an arrow V from h back to itself. "
                   "Right: the same network drawn once for each time step. x at step t feeds h at step t through U, "
                   "h feeds the next h through V, and h feeds o through W. U, V and W are the same at every step, and "
                   "h 0 comes before the first.")


@in_style
def strings_and_labels(bits: np.ndarray, parity: np.ndarray, mask: np.ndarray | None = None) -> Picture:
    """Draw a batch of bit strings, with their labels below: discs for even and squares for odd.

    ``bits`` and ``parity`` are ``[batch, steps]``. Padding, where ``mask`` is 0, is drawn as dots.
    """
    count, steps = bits.shape
    height = 2 * count + 2.4
    width = min(WIDTH, 0.45 * steps)
    figure, axes = canvas(width, width * height / steps)
    blank(axes, steps, height)
    real = np.ones_like(bits) if mask is None else mask
    for rows, top, title in ((bits, 2 * count + 0.2, "inputs: the bits"),
                             (parity, count - 1, "targets: odd so far?")):
        write(axes, 0, top + 1.2, title, ha="left", va="bottom", fontweight="bold")
        for (row, t), bit in np.ndenumerate(rows):
            y = top - row
            if not real[row, t]:
                axes.add_patch(Circle((t + 0.5, y + 0.5), 0.06, color=MUTED))
                continue
            if rows is parity and bit:
                box(axes, t + 0.5, y + 0.5, "", ODD, (0.38, 0.38), SHAPES[1])
            elif rows is parity:
                node(axes, t + 0.5, y + 0.5, "", EVEN, 0.4)
            write(axes, t + 0.5, y + 0.48, str(int(bit)), fontweight="bold")
    words = "; ".join("".join(map(str, row)) for row in bits[:3, :12])
    padding = " Padding is drawn as dots." if mask is not None else ""
    return Picture(figure, f"{count} strings of {steps} steps as rows of bits (the first begin {words}). Below them "
                   "the labels: a square with a 1 where the count of ones up to that step is odd, and a disc with a 0 "
                   f"where it is even, so the label changes exactly under each 1.{padding}")


@in_style
def one_unit() -> Picture:
    """Draw the two maps that a single unit would need: one for a zero and one for a one.

    A zero keeps even and odd, and a one swaps them.
    """
    (figure,), pair = panels(("x = 0", "x = 1"), 2.5, together=True)
    for axes, after, targets in ((pair[0], (-0.6, 0.6), ("even", "odd")), (pair[1], (0.6, -0.6), ("odd", "even"))):
        axes.axhline(0, color=INK, linestyle="--", linewidth=1)
        axes.axvline(0, color=INK, linestyle="--", linewidth=1)
        for x, y, colour, marker, name, target in zip((-0.6, 0.6), after, (EVEN, ODD), "os", ("even", "odd"), targets):
            axes.plot([x], [y], marker, color=colour, markersize=8)
            write(axes, x, y - 0.32, f"{name} → {target}", va="baseline")
        axes.set(xlabel="h before", ylabel="h after", xticks=[-1, 0, 1], yticks=[-1, 0, 1], xlim=(-1.2, 1.2),
                 ylim=(-1.2, 1.2))
    return Picture(figure, "Two plots of the hidden value after a step against the value before, with the threshold as "
                   "dashed lines. For x = 0 the even value, below the threshold, stays below, and the odd value, above "
                   "it, stays above. For x = 1 the even value goes above, and the odd value goes below.",
                   "Dashed: the threshold between even and odd.")


@in_style
def backward_pass(inputs: Sequence[float], states: Sequence[float], factors: Sequence[float],
                  gradients: Sequence[float], contributions: Sequence[float]) -> Picture:
    """Draw the forward and backward passes of a network with a single unit.

    The states run from left to right, and the gradient below them runs from right to left. For ``n`` steps:
    ``inputs [n]``; ``states [n + 1]``, beginning with h_0; ``factors [n]``, which take the gradient from h_t to
    h_(t-1); ``gradients [n + 1]`` with respect to the states; ``contributions [n]`` to the gradient of v.
    """
    count = len(inputs)
    figure, axes = canvas(height=3.1)
    blank(axes, STEP * count + 0.9, 3.7, -0.8, -1.5)

    def written(value: float) -> str:
        return f"{value:.3f}".replace("-", "−")

    for t in range(count + 1):
        x = STEP * t
        box(axes, x, 1.9, f"$h_{t}$\n{written(states[t])}", INK, (0.56, 0.5))
        write(axes, x, 0.2, written(gradients[t]), fontweight="bold")
        if t:
            write(axes, x, 3.4, f"{inputs[t - 1]:g}", fontweight="bold")
            arrow(axes, (x, 3.15), (x, 2.4), "$u$", (0.22, 0))
            arrow(axes, (x - STEP + 0.56, 1.9), (x - 0.56, 1.9), "$v$", (0, 0.22))
            arrow(axes, (x - 0.5, 0.2), (x - STEP + 0.5, 0.2), f"× {factors[t - 1]:.3f}", (0, 0.48))
            arrow(axes, (x, -0.08), (x, -0.82))
            write(axes, x, -1.1, written(contributions[t - 1]))
    write(axes, 0, 3.4, "bit")
    write(axes, 0, 0.85, "gradient")
    write(axes, 0, -1.1, "share of\neach step")
    steps = "; ".join(f"from h {t} to h {t - 1} it is multiplied by {factors[t - 1]:.3f} and becomes "
                      f"{gradients[t - 1]:.4f}" for t in range(count, 0, -1))
    shares = ", ".join(f"step {t}: {share:.4f}" for t, share in enumerate(contributions, 1))
    return Picture(figure, f"Upper row: states of a network of one unit, h 0 to h {count}, from left to right: "
                   f"{', '.join(f'{state:.3f}' for state in states)}. Each comes from the one before through the same "
                   "weight v, and from its input through u. Lower row: the gradient, with arrows from right to left. "
                   f"It begins as {gradients[-1]:g} at h {count}; {steps}. Bottom: what each step contributes to the "
                   f"gradient of v. {shares}.")


@in_style
def packing(lengths: Sequence[int] | np.ndarray) -> Picture:
    """Draw how strings of different lengths are padded, sorted and packed into one row.

    The layout is that of ``torch.nn.utils.rnn.PackedSequence``, its ``data`` and its ``batch_sizes``. Each square has
    the letter of its string and the number of its time step. Raises ValueError for a length below 1 and for more
    than 24 squares, which is as many as the row can hold.
    """
    lengths = np.asarray(lengths)
    steps, count, total = int(lengths.max()), len(lengths), int(lengths.sum())
    require(1 <= lengths.min() and total <= MOST_PACKED, "lengths", lengths.tolist(),
            f"numbers from 1 on, {MOST_PACKED} in all")
    order = np.argsort(-lengths, kind="stable")
    columns = [order[lengths[order] > t] for t in range(steps)]
    sizes = list(map(len, columns))

    heights, width = (count + 1.1, count + 2.2, 3.0), max(WIDTH, SQUARE * (total + 0.1))
    figure = Figure(figsize=(width, width * sum(heights) / (total + 0.1) + 0.2), layout="constrained")
    padded, ordered, packed = figure.subplots(3, 1, height_ratios=heights)
    for axes, rows, title, bottom in ((padded, range(count), f"1. padded: {count} × {steps} squares", 0),
                                      (ordered, order, "2. sorted from long to short", -1.1)):
        blank(axes, total, count + 1.1, -0.1, bottom)
        write(axes, -0.1, count + 0.35, title, ha="left", va="baseline", fontweight="bold")
        for y, row in zip(range(count - 1, -1, -1), rows):
            write(axes, steps + 0.35, y + 0.5, f"length {lengths[row]}", MUTED, ha="left")
            for t in range(lengths[row]):
                _draw_square(axes, t, y, row, t)
            for t in range(lengths[row], steps if axes is padded else 0):
                axes.add_patch(Circle((t + 0.5, y + 0.5), 0.08, color=MUTED))
    for t, size in enumerate(sizes):
        write(ordered, t + 0.5, -0.5, str(size), fontweight="bold")
    write(ordered, steps + 0.35, -0.5, "batch_sizes: strings still running", MUTED, ha="left")
    blank(packed, total, 2.1, -0.1, -0.9)
    write(packed, -0.1, 1.45, f"3. packed: {total} squares in one row, column after column", ha="left", va="baseline",
          fontweight="bold")
    for x, (row, t) in enumerate((row, t) for t, rows in enumerate(columns) for row in rows):
        _draw_square(packed, x, 0, row, t)
        write(packed, x + 0.5, -0.4, str(x), MUTED)
    for start in np.cumsum([0, *sizes]):
        packed.plot([start, start], [-0.08, 1.08], color=INK, linewidth=1.6)
    names = ", ".join(f"{letter} {length}" for letter, length in zip(ascii_uppercase, lengths))
    listed = "; ".join(" ".join(f"{ascii_uppercase[row]}{t}" for row in rows) for t, rows in enumerate(columns, 1))
    return Picture(figure, f"First: strings of the lengths {names} as rows, filled up to {steps} with padding (dots). "
                   "Second: the same rows sorted from long to short, "
                   f"{', '.join(ascii_uppercase[row] for row in order)}, without padding; under each column the batch "
                   f"size, the number of strings that are still running: {', '.join(map(str, sizes))}. Third: the "
                   f"columns one after the other in one row, numbered from 0 to {total - 1}: {listed}.",
                   "A1 is step 1 of string A. Thick lines separate the time steps, and the second one is grey.")


def _draw_square(axes: Axes, x: float, y: float, row: int, t: int) -> None:
    """Draw one bit as a square labelled with its string and time step. The second time step is tinted."""
    axes.add_patch(Rectangle((x + 0.04, y + 0.04), 0.92, 0.92, facecolor=LINE if t == 1 else PAPER,
                             edgecolor=MUTED, linewidth=0.8))
    write(axes, x + 0.5, y + 0.48, f"{ascii_uppercase[row]}{t + 1}")


# ---------------------------------------------------------------- state machines


@in_style
def machines(rows: Sequence[tuple[str, np.ndarray, np.ndarray]], merged: Sequence[int] = ()) -> Picture:
    """Draw one or more state machines, each in its own panel.

    ``rows`` has ``(title, successors [states, 2], odd [states])``. An arrow is labelled with the bits on which it is
    followed. The states are named A, B and so on; A, which is state 0, is the start. A ring surrounds the ``merged``
    states of the first machine, given in their order on the circle. Use it for a few states only, because it tries all
    their orders.
    """
    (figure,), places = panels([title for title, _, _ in rows], 2.8, together=True)
    words = []
    for axes, (title, successors, odd) in zip(places, rows, strict=True):
        at = around_a_circle(successors)
        blank(axes, 2.6, 2.9, -2.9, -3.2)
        for state in range(len(odd)):
            for target in sorted(set(successors[state].tolist())):
                bits = ", ".join(str(bit) for bit in (0, 1) if successors[state][bit] == target)
                _draw_transition(axes, at[state], at[target], bits, state in successors[target])
            x, y = at[state]
            if odd[state]:
                box(axes, x, y, ascii_uppercase[state], ODD, (0.32, 0.32), SHAPES[1])
            else:
                node(axes, x, y, ascii_uppercase[state], EVEN, RADIUS)
        arrow(axes, at[0] + (-0.85, 0), at[0] + (-RADIUS, 0))
        arrows = ", ".join(f"{name} on 0 to {ascii_uppercase[after_0]} and on 1 to {ascii_uppercase[after_1]}"
                           for name, (after_0, after_1) in zip(ascii_uppercase, successors))
        words.append(f"{title}: {arrows}; odd: {', '.join(ascii_uppercase[state] for state in np.flatnonzero(odd))}")
    if merged:
        words[0] += f"; a ring surrounds {', '.join(ascii_uppercase[state] for state in merged)}"
        loops = np.array([state in rows[0][1][state] for state in merged])      # lie within the ring, too
        ring = around_a_circle(rows[0][1])[list(merged)] * (1 + 0.35 * loops[:, None])
        for width, colour in ((46, EVEN), (43, PAPER)):
            places[0].plot(*ring.T, color=colour, linewidth=width, solid_capstyle="round", solid_joinstyle="round",
                           zorder=0)
    return Picture(figure, "State machines, each starting in state A; odd states are squares. "
                   + ". ".join(words) + ".", "A square: odd. An arrow is followed on the bit that is written on it.")


def around_a_circle(successors: np.ndarray) -> np.ndarray:
    """Arrange the states of a machine on a circle so that most transitions join neighbours.

    Return their positions ``[states, 2]``, with state 0 on the left.
    """
    count = len(successors)

    def long_transitions(order: tuple[int, ...]) -> int:
        place = {state: number for number, state in enumerate((0, *order))}
        distances = [abs(place[state] - place[int(after)])
                     for state in range(count) for after in set(successors[state])]
        return sum(1 < distance < count - 1 for distance in distances)

    order = (0, *min(permutations(range(1, count)), key=long_transitions))
    angles = np.pi - 2 * np.pi * np.argsort(order) / count
    return np.column_stack([1.65 * np.cos(angles), 1.65 * np.sin(angles).round(9)])


def _draw_transition(axes: Axes, start: np.ndarray, end: np.ndarray, bits: str, two_way: bool) -> None:
    """Draw a transition as a loop at one state or as a curved arrow between two states.

    An arrow is bent to its right if there is another one in the opposite direction, and otherwise away from the centre.
    """
    if np.array_equal(start, end):
        outward = np.array([0.0, 1.0 if start[1] >= 0 else -1.0])
        across = np.array([-outward[1], outward[0]])
        begin, stop = (start + RADIUS * (0.75 * outward + side * 0.66 * across) for side in (1, -1))
        arrow(axes, begin, stop, bits, shift=(0.98 - 0.75 * RADIUS) * outward, curve=-1.6)
        return
    way = (end - start) / np.linalg.norm(end - start)
    side = np.array([way[1], -way[0]])
    sign = 1 if two_way or (start + end) @ side > 0.01 else -1
    side = sign * side
    begin, stop = start + RADIUS * (0.9 * way + 0.4 * side), end - RADIUS * (0.9 * way - 0.4 * side)
    middle = 0.08 * np.linalg.norm(stop - begin)       # how far the arrow is bent there
    arrow(axes, begin, stop, bits, shift=middle * side, curve=0.16 * sign)


# ---------------------------------------------------------------- attention


@in_style
def encoder_and_decoder(word: str, weights: Sequence[float] | np.ndarray) -> Picture:
    """Draw an encoder that reads a word and a decoder that begins to write it backwards.

    Arrows show attention for the decoder's second step; they are as thick as the ``weights`` of the encoder's states.
    """
    figure, axes = canvas(height=2.0)
    steps = len(word)
    blank(axes, steps + 5.1, 2.75, -0.5, -1.95)
    xs = (*range(steps), steps + 1.6, steps + 2.7, steps + 3.8)     # all states of the encoder, three of the decoder
    for t, (x, letter) in enumerate(zip(xs, word + word[::-1])):
        node(axes, x, 0, "", INK, 0.3)
        write(axes, x, -1.1, letter)
        below, above = (x, -0.85), (x, -0.32)
        arrow(axes, below if t < steps else above, above if t < steps else below)
        arrow(axes, (x + 0.3, 0), ((*xs, steps + 4.9)[t + 1] - 0.3, 0))
    for x, y, label in ((steps + 4.9, 0, "…"), (steps + 0.3, -0.4, "last state"), (steps / 2 - 0.5, -1.75, "encoder"),
                        (xs[-2], -1.75, "decoder")):
        write(axes, x, y, label, MUTED)
    for x, weight in zip(xs, weights):
        axes.add_patch(FancyArrowPatch((x, 0.34), (xs[-2] - 0.1 + x / 50, 0.36), color=INK, linewidth=0.5, shrinkA=0,
                                       arrowstyle=ArrowStyle.Simple(6, 9 * weight + 4, 9 * weight), shrinkB=0,
                                       connectionstyle="arc3,rad=-0.5", mutation_scale=1))
    write(axes, float(np.argmax(weights) + xs[-2]) / 2, 0.85, f"{max(weights):.2f}", fontweight="bold")
    shares = ", ".join(f"{letter} {weight:.2f}" for letter, weight in zip(word, weights))
    return Picture(figure, f"{steps} states of an encoder in a row, which read {word}, and three states of a decoder, "
                   f"which write {', '.join(word[:-4:-1])}. A straight arrow leads from the last state of the encoder "
                   "to the first of the decoder. Curved arrows lead from all states of the encoder to the second of "
                   f"the decoder, with the weights {shares}.")
