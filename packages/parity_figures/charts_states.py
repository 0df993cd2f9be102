"""Charts of what goes on inside a net: its gates and its states, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parity_figures.picture import EVEN, INK, LINE, MUTED, ODD, Numbers, Picture, canvas, in_style


@in_style
def states_on_ones(factors: Sequence[float], steps: int = 12) -> Picture:
    """What h becomes when it is multiplied by the same factor at each 1: a panel for each factor."""
    figure, panels = canvas(4.9, 2.3, columns=len(factors), sharey=True, squeeze=False)
    count = np.arange(steps + 1)
    words = []
    for axes, factor in zip(panels[0], factors):
        states = float(factor) ** count
        odd = count % 2 == 1
        axes.axhline(0, color=MUTED, linewidth=1)
        axes.plot(count, states, color=LINE, linewidth=1.2)
        axes.plot(count[~odd], states[~odd], "o", color=EVEN, label="even")
        axes.plot(count[odd], states[odd], "s", color=ODD, label="odd")
        axes.set(title=f"factor {factor:g}".replace("-", "−"), xlabel="ones so far", ylim=(-1.25, 1.25))
        words.append(f"factor {factor:g}: h goes " + ", ".join(f"{state:.2f}" for state in states[:4]) + " and so on")
    panels[0][0].set_ylabel("h")
    panels[0][0].legend(loc="lower left")
    return Picture(figure, f"The state h after 0 to {steps} ones, even counts as dots, odd counts as squares. "
                   f"{'; '.join(words)}. With a positive factor h moves in one direction; with a negative one it "
                   "changes sides at each 1.",
                   numbers=Numbers(("ones so far", *(f"factor {factor:g}" for factor in factors)), [
                       (int(n), *(float(factor) ** int(n) for factor in factors)) for n in count]))


@in_style
def states_in_plane(panels: Sequence[tuple], names: tuple[str, str] = ("even", "odd")) -> Picture:
    """States as points, odd ones as squares: a panel each ``(title, points [count, 2], odd [count], line, axes)``.

    ``line`` is ``(weights [2], bias)`` of a readout, drawn where it is 0, or None;
    ``axes`` names the two axes.
    """
    figure, places = canvas(min(4.9, 2.75 * len(panels)), 2.6, columns=len(panels), squeeze=False)
    words = []
    for axes, (title, points, odd, line, axis_names) in zip(places[0], panels, strict=True):
        for answer, marker, colour in ((0, "o", EVEN), (1, "s", ODD)):
            chosen = points[odd == answer]
            axes.plot(*chosen.T, marker, color=colour, alpha=0.4, markersize=5, markeredgewidth=0, label=names[answer])
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.12 * (high - low)
        axes.set(title=title, xlabel=axis_names[0], ylabel=axis_names[1],
                 xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
        if line is not None:
            (a, b), bias = line
            first = np.array(axes.get_xlim())
            axes.plot(first, -(a * first + bias) / b, color=INK, linestyle="--", linewidth=1.3, label="output 0")
        means = {k: points[odd == k].mean(axis=0) for k in (0, 1) if (odd == k).any()}
        centres = "; ".join(f"{names[k]} on average at ({x:.1f}, {y:.1f})" for k, (x, y) in means.items())
        words.append(f"{title}: {len(points)} states, {centres}"
                     + ("; a dashed line separates even from odd" if line is not None else ""))
    places[0][0].legend(loc="best")
    return Picture(figure, "Hidden states as points in a plane, even ones as discs and odd ones as squares. "
                   + ". ".join(words) + ".",
                   numbers=Numbers(("panel", *(f"coordinate {k}" for k in (1, 2)), "answer"), [
                       (title, float(x), float(y), names[int(answer)]) for title, points, odd, _, _ in panels
                       for (x, y), answer in zip(points, odd, strict=True)]))


@in_style
def interval_rounds(series: Sequence[tuple[str, Sequence[tuple]]]) -> Picture:
    """Two intervals round by round, a panel each ``(title, [((even low, high), (odd low, high)), ..])``."""
    figure, places = canvas(min(4.9, 2.75 * len(series)), 2.5, columns=len(series), sharey=True, squeeze=False)
    words = []
    for axes, (title, rounds) in zip(places[0], series, strict=True):
        at = np.arange(len(rounds))
        for which, colour, name, y in ((0, EVEN, "even", 0.04), (1, ODD, "odd", 0.92)):
            low, high = np.array([pair[which] for pair in rounds]).T
            axes.fill_between(at, low, high, step="mid", facecolor=colour, alpha=0.35, edgecolor=colour)
            axes.text(at[-1], y, name, ha="right", va="center")
        axes.axhline(0.5, color=INK, linestyle="--", linewidth=1.2)
        axes.set(title=title, xlabel="round", ylim=(-0.05, 1.05))
        (even_low, even_high), (odd_low, odd_high) = rounds[-1]
        words.append(f"{title}: after {len(rounds) - 1} rounds even is {even_low:.2f} to {even_high:.2f}, "
                     f"odd {odd_low:.2f} to {odd_high:.2f}")
    places[0][0].set_ylabel("p")
    return Picture(figure, "The intervals of p after an even and after an odd count, growing round by round, with a "
                   "dashed line at one half. " + ". ".join(words) + ".",
                   numbers=Numbers(("panel", "round", "even low", "even high", "odd low", "odd high"), [
                       (title, n, *map(float, (*even, *odd))) for title, rounds in series
                       for n, (even, odd) in enumerate(rounds)]))
