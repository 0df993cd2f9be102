"""An interactive figure of a recurrent network that trains in the browser.

It has a page of its own. ``engine.js`` does the training. It computes
what :mod:`parity_lib.training` computes, with another random number generator.
"""

import traitlets

from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.errors import require, require_choice, require_int
from parity_lib.training import OPTIMIZERS
from parity_study.cells import CELLS
from parity_study.results import load

MOST_UNITS, MOST_STEPS, MOST_BITS = 64, 100, 10
LABELS = {"every_step": "every", "end": "end"}
NETWORKS = {"tanh": "a tanh network", "relu": "a relu network", "lstm": "an LSTM", "gru": "a GRU"}


class Playground(ParityWidget):
    """A widget that trains a recurrent network in the browser.

    The reader can train the network, pause, and train it again with another seed or other settings. The stage
    (``stage.js``) shows the hidden states after the prefixes of some strings at any moment of the run and, if there are
    at most three units, the weights.

    The arguments are those of :class:`~parity_lib.models.ParityRNN`, :class:`~parity_lib.data.ParityTask` and
    :func:`~parity_lib.training.train`, and the defaults are the book's recipe. ``lengths`` is a number of bits or a
    pair. ``batch_size`` is a number, or ``"all"`` for the 2^n strings of n <= 10 bits. The trait ``runs`` lists the
    reader's runs, each ``{"seed", "steps", "solved", "ended", "settings"}``. A run without success ends at a cap.

    >>> playground = Playground("lstm", hidden_size=8, seed=3)
    >>> playground.settings["seed"], playground.runs
    (3, [])
    >>> playground
    [Interactive figure] Trains an LSTM of 8 units on strings of 50 bits with a label at every step, from seed 3.
    """

    _esm, _css = front_end("playground")
    room = traitlets.List(traitlets.Float(), [60.8, 72.1]).tag(sync=True)

    settings = traitlets.Dict().tag(sync=True)
    runs = traitlets.List().tag(sync=True)
    stops = traitlets.Dict().tag(sync=True)      # for some presets the cap and a sentence that gives the reason

    def __init__(self, cell: str = "relu", hidden_size: int = 32, *, lengths: int | tuple[int, int] = 50,
                 label: str = "every_step", batch_size: int | str = 32, optimizer: str = "adam", lr: float = 0.005,
                 clip: float | None = 0.25, seed: int = 0) -> None:
        require_choice("cell", cell, tuple(CELLS))
        require_int("hidden_size", hidden_size, least=1)
        require(hidden_size <= MOST_UNITS, "hidden_size", hidden_size, f"at most {MOST_UNITS}")
        require_choice("label", label, tuple(LABELS))
        require_choice("optimizer", optimizer, tuple(OPTIMIZERS))
        require(lr > 0, "lr", lr, "a number above 0")
        require(clip is None or clip > 0, "clip", clip, "a number above 0, or None for no clipping")
        require_int("seed", seed, least=0)
        if batch_size == "all":
            require(isinstance(lengths, int) and lengths <= MOST_BITS, "lengths", lengths,
                    f'a number up to {MOST_BITS}, because batch_size is "all"')
        else:
            require(isinstance(batch_size, int) and batch_size >= 1, "batch_size", batch_size,
                    'a number of at least 1, or "all"')
        super().__init__(stops=when_to_stop(), settings={
            "cell": cell, "hidden": hidden_size, "lengths": _plain_lengths(lengths), "label": LABELS[label],
            "batch": batch_size, "optimizer": optimizer, "rate": lr, "clip": clip, "forgetBias": None, "seed": seed})

    def summary(self) -> str:
        """Describe the network, the training strings and the seed."""
        s = self.settings
        label = "at every step" if s["label"] == "every" else "at the end"
        return (f"Trains {NETWORKS[s['cell']]} of {s['hidden']} units on strings of {_in_words(s['lengths'])} bits "
                f"with a label {label}, from seed {s['seed']}.")


def when_to_stop() -> dict[str, dict]:
    """Return the cap on updates, and the reason for it, for presets under which training rarely or never succeeds.

    Each of these presets is mapped to a dict of its ``cap`` and a clause about the book's own runs.

    >>> when_to_stop()["LSTM: a label at the end, 50 bits"]["reason"]
    "; by then, 0 of 50 of the book's runs had solved it"
    """
    def stop(cap: int, row: dict) -> dict:
        return {"cap": cap, "reason": f"; by then, {row['solved']} of {row['seeds']} of the book's runs had solved it"}

    four, batches, one_unit = load("two_by_two"), load("rate_and_batch"), load("one_unit")["conditions"]["tanh"]
    settings = {name: load(name, "provenance")["settings"] for name in ("course_loop", "recipes")}
    return {
        "LSTM: a label at the end, 50 bits": stop(four["defaults"]["max_updates"],
                                                  four["conditions"]["end, 50, lstm"]),
        "LSTM: 64 drawn strings of 5 bits, a label at the end": stop(
            batches["defaults"]["max_updates"], batches["conditions"]["5 bits, rate 0.01, 2^6 drawn"]),
        "The notebook's loop: tanh, SGD, a rate of 1": stop(settings["course_loop"]["cap"],
                                                            load("course_loop")["fixed"]),
        "A single tanh unit": stop(one_unit["settings"]["max_updates"], one_unit),
        "A learning rate ten times as large": {"cap": settings["recipes"]["cap"],
                                               "reason": "; the book has no runs at this rate"},
    }


def _plain_lengths(lengths: int | tuple[int, int]) -> int | list[int]:
    """Convert string lengths to the form that ``engine.js`` expects."""
    ends = [lengths] if isinstance(lengths, int) else list(lengths)
    require(len(ends) <= 2 and all(isinstance(n, int) and 1 <= n <= MOST_STEPS for n in ends) and sorted(ends) == ends,
            "lengths", lengths, f"a number from 1 to {MOST_STEPS} or a pair (shortest, longest)")
    return lengths if isinstance(lengths, int) else ends


def _in_words(lengths: int | list[int] | dict[str, list[int]]) -> str:
    if isinstance(lengths, dict):
        start, stop = lengths["curriculum"]
        return f"at most {start} and, as it learns, at most {stop}"
    return f"{lengths[0]} to {lengths[1]}" if isinstance(lengths, list) else str(lengths)
