"""The playground: a recurrent network that trains in the page, with its loss, its answers and its states.

Chapters: *Training and seeds*, *The experiment*; a page of its own. What trains is ``engine.js``, beside this file; it
computes what :mod:`parity_lib.training` computes, with another generator of random numbers.
"""

from __future__ import annotations

import traitlets

import parity_figures as figures
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.data import Curriculum
from parity_lib.errors import require, require_choice, require_int
from parity_lib.training import OPTIMIZERS
from parity_study.cells import CELLS
from parity_study.experiments import load

MOST_UNITS, MOST_STEPS, MOST_BITS = 64, 100, 10
LABELS = {"every_step": "every", "end": "end"}
NETWORKS = {"tanh": "a tanh network", "relu": "a relu network", "lstm": "an LSTM", "gru": "a GRU"}
FIGURES = ("loss", "lengths", "states", "gradient")
ROOM = {(True, 4): [57.0, 92.4], (False, 2): [33.3, 51.9]}      # rem, by whether settings can be chosen, and figures


class Playground(ParityWidget):
    """A network that trains where it is shown: start and pause it, change a setting, try another seed.

    The arguments are those of :class:`~parity_lib.models.ParityRNN`, :class:`~parity_lib.data.ParityTask` and
    :func:`~parity_lib.training.train`, with the defaults of the book's recipe: ``lengths`` is a number of bits, a pair
    or a :class:`~parity_lib.data.Curriculum`; ``batch_size`` a number, or ``"all"`` for the 2^n strings of n <= 10
    bits; ``forget_bias`` that of an LSTM at the start, or None. ``figures`` names what is drawn, of ``"loss"``,
    ``"lengths"``, ``"states"`` and ``"gradient"``; ``chosen`` says whether the reader may change the settings. With a
    kernel ``settings`` and ``runs``, a list of ``{"seed", "steps", "solved", "settings"}``, follow the reader, and the
    figure follows ``settings``. Raises ValueError where an argument is not allowed.

    >>> playground = Playground("lstm", hidden_size=8, seed=3)
    >>> playground.settings["seed"], playground.runs
    (3, [])
    >>> playground
    [Interactive figure] Trains an LSTM of 8 units on strings of 50 bits with a label at every step, from seed 3.
    """

    _esm, _css = front_end("playground", "engine.js")
    room = traitlets.List(traitlets.Float(), [52.2, 87.6]).tag(sync=True)

    settings = traitlets.Dict().tag(sync=True)
    runs = traitlets.List().tag(sync=True)
    figures = traitlets.List().tag(sync=True)
    chosen = traitlets.Bool(True).tag(sync=True)
    stops = traitlets.Dict().tag(sync=True)      # a preset's name: when one may stop, in a sentence

    def __init__(self, cell: str = "relu", hidden_size: int = 32, *, lengths: int | tuple[int, int] | Curriculum = 50,
                 label: str = "every_step", batch_size: int | str = 32, optimizer: str = "adam", lr: float = 0.005,
                 clip: float | None = 0.25, forget_bias: float | None = None, seed: int = 0,
                 figures: tuple[str, ...] = FIGURES, chosen: bool = True) -> None:
        require_choice("cell", cell, tuple(CELLS))
        require_int("hidden_size", hidden_size, least=1)
        require(hidden_size <= MOST_UNITS, "hidden_size", hidden_size, f"at most {MOST_UNITS}")
        require_choice("label", label, tuple(LABELS))
        require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
        require(lr > 0, "lr", lr, "a number above 0")
        require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
        require(forget_bias is None or cell == "lstm", "forget_bias", forget_bias, f"None for the cell {cell!r}")
        require_int("seed", seed, least=0)
        require(len(figures) > 0 and set(figures) <= set(FIGURES), "figures", figures, f"some of {FIGURES}")
        require(batch_size == "all" or isinstance(batch_size, int), "batch_size", batch_size, 'a number, or "all"')
        if batch_size == "all":
            require(isinstance(lengths, int) and lengths <= MOST_BITS, "lengths", lengths,
                    f'one number up to {MOST_BITS}, where batch_size is "all"')
        else:
            require_int("batch_size", batch_size, least=1)
        super().__init__(figures=list(figures), chosen=chosen, room=ROOM.get((chosen, len(figures)), []),
                         stops=when_to_stop() if chosen else {}, settings={
            "cell": cell, "hidden": hidden_size, "lengths": _plain(lengths), "label": LABELS[label],
            "batch": batch_size, "optimizer": optimizer, "rate": lr, "clip": clip, "forgetBias": forget_bias,
            "seed": seed})

    def summary(self) -> str:
        """What is trained, on what, from which seed."""
        s = self.settings
        label = "at every step" if s["label"] == "every" else "at the end"
        return (f"Trains {NETWORKS[s['cell']]} of {s['hidden']} units on strings of {_words(s['lengths'])} bits with a "
                f"label {label}, from seed {s['seed']}.")

    def picture(self) -> figures.Picture:
        """The loop of training with the settings in it. It has no result: nothing has been trained yet."""
        s = self.settings
        strings = "all strings" if s["batch"] == "all" else f"{s['batch']} strings"
        bits = "growing lengths" if isinstance(s["lengths"], dict) else f"{_words(s['lengths'])} bits"
        label = "a label at every step" if s["label"] == "every" else "a label at the end"
        clipped = f"\nclipped at {s['clip']:g}" if s["clip"] else ""
        return figures.training_loop(
            f"{strings} of\n{bits}, with\n{label}", f"{NETWORKS[s['cell']]}\nof {s['hidden']} units, begun\n"
            f"with seed {s['seed']}", "loss: how far its\nanswers are from\nthe labels",
            f"{s['optimizer']}, rate {s['rate']:g}{clipped}", self.summary())


def when_to_stop() -> dict[str, str]:
    """For each preset (by its name) that seldom or never learns: how long the book's own runs of it were given.

    >>> when_to_stop()["LSTM: a label at the end, 50 bits"]
    "You may stop after 4,000 updates: by then 0 of 50 of the book's runs had solved it."
    """
    corner, drawn, one = load("two_by_two"), load("batch_sizes"), load("one_unit")["tanh"]
    course = load("course_loop")["fixed"]
    settings = {name: load(name, "provenance")["settings"] for name in ("course_loop", "one_unit", "recipes")}
    return {
        "LSTM: a label at the end, 50 bits": _stop(corner["defaults"]["max_steps"],
                                                   corner["conditions"]["end, 50, lstm"]),
        "LSTM: 64 drawn strings of 5 bits, a label at the end": _stop(drawn["defaults"]["max_steps"],
                                                                      drawn["conditions"]["5 bits, 64 drawn"]),
        "The course's loop: tanh, SGD, a rate of 1": _stop(settings["course_loop"]["cap"], course),
        "Trap: one unit": _stop(settings["one_unit"]["cap"], one, f", at a rate of {settings['one_unit']['lr']:g}"),
        "Trap: a rate ten times as large": f"You may stop after {settings['recipes']['cap']:,} updates, which is what "
                                           "the book gives a run at the usual rate; with this one nobody has counted.",
    }


def _stop(after: int, row: dict, how: str = "") -> str:
    return (f"You may stop after {after:,} updates: by then {row['solved']} of {row['seeds']} of the book's runs had "
            f"solved it{how}.")


def _plain(lengths: int | tuple[int, int] | Curriculum) -> int | list[int] | dict[str, list[int]]:
    """The lengths as the engine takes them."""
    if isinstance(lengths, Curriculum):
        ends = [lengths.start, lengths.stop]
        plain = {"curriculum": ends}
    else:
        ends = [lengths] if isinstance(lengths, int) else list(lengths)
        plain = lengths if isinstance(lengths, int) else ends
    require(len(ends) <= 2 and all(isinstance(n, int) and 1 <= n <= MOST_STEPS for n in ends) and sorted(ends) == ends,
            "lengths", lengths, f"a number from 1 to {MOST_STEPS}, a pair (shortest, longest) or a Curriculum")
    return plain


def _words(lengths: int | list[int] | dict[str, list[int]]) -> str:
    if isinstance(lengths, dict):
        start, stop = lengths["curriculum"]
        return f"at most {start} and, as it learns, at most {stop}"
    return f"{lengths[0]} to {lengths[1]}" if isinstance(lengths, list) else str(lengths)
