"""A net's states in a plane, and beside it the state machine that was found in the net: both read the same bits.

Chapter: *What did it learn?*.
"""

from __future__ import annotations

import numpy as np
import traitlets

import parity_figures as figures
from parity_figures.drawings import around_a_circle
from parity_figures.widgets.base import ParityWidget, check_nets, front_end, weights
from parity_lib.errors import require, require_choice, require_int
from parity_lib.models import ParityRNN
from parity_study.boxes import Boxes
from parity_study.cells import CELLS
from parity_study.extraction import NumpyNetwork, extract

MOST_BITS, MOST_UNITS, MOST_CLUSTERS = 400, 32, 6
LONG_RUN = 60  # zeros or ones after a 1: where they lead is inside the plane too


class StateMachine(ParityWidget):
    """Feed bits: a point walks the plane of a net's states, and the machine beside it takes the arrow of each bit.

    ``nets`` maps a label to a one-layer :class:`ParityRNN` of at most 32 units. A state of two numbers is shown as it
    is, one of more numbers on the first two principal axes of the net's states; an LSTM's is h and c. The machine is
    what :func:`~parity_study.extraction.extract` finds with up to 6 clusters. ``boxes`` holds for some of the nets, with
    two numbers a state, the boxes of a proof (:attr:`Certificate.boxes <parity_study.certify.Certificate.boxes>`), which
    the reader can lay over the plane; None stands for a net without a proof. ``points`` is how many states of random
    strings are shown. ``net`` is the label shown first, ``bits`` a string of up to 400 characters 0 and 1, read at the
    start. With a kernel ``net``, ``bits`` and ``proof``, whether the boxes are shown, follow the reader, and the
    figure follows them. Raises ValueError where an argument is not allowed.

    >>> from parity_lib.models import by_hand
    >>> widget = StateMachine({"by hand": by_hand("tanh")}, bits="110")
    >>> widget.states.shape, widget.path
    ((4, 2), [0, 1, 3, 2])
    >>> widget
    [Interactive figure] After 3 bits the net 'by hand' says even; its machine, in state 2 of 4, says even.
    """

    _esm, _css = front_end("state_machine", "automaton.js")

    nets = traitlets.Dict().tag(sync=True)
    net = traitlets.Unicode().tag(sync=True)
    bits = traitlets.Unicode("").tag(sync=True)
    proof = traitlets.Bool(False).tag(sync=True)

    def __init__(self, nets: dict[str, ParityRNN], *, net: str | None = None, bits: str = "",
                 boxes: dict[str, Boxes | None] | None = None, proof: bool = False, points: int = 240) -> None:
        check_nets(nets, tuple(CELLS), MOST_UNITS)
        require_int("points", points, least=1)
        boxes = {label: found for label, found in (boxes or {}).items() if found is not None}
        self._cells = {label: NumpyNetwork(model) for label, model in nets.items()}
        for label in boxes:
            require_choice("a label in boxes", label, tuple(nets))
            size = self._cells[label].size
            require(size == 2, f"boxes[{label!r}]", f"for {size} numbers a state", "for a net with two")
        shown = {label: _shown(model, self._cells[label], boxes.get(label), points) for label, model in nets.items()}
        super().__init__(nets=shown, net=next(iter(nets)) if net is None else net, bits=bits, proof=proof)

    @property
    def states(self) -> np.ndarray:
        """The start and the state after each bit, for the current net: ``[steps + 1, size]``."""
        return _walk(self._cells[self.net], np.array([[int(bit) for bit in self.bits]], dtype=int))[0]

    @property
    def path(self) -> list[int]:
        """The machine's state at the start and after each bit: ``steps + 1`` numbers."""
        path, successors = [0], self.nets[self.net]["machine"]["successors"]
        for bit in self.bits:
            path.append(successors[path[-1]][int(bit)])
        return path

    def summary(self) -> str:
        """What net and machine say after the bits."""
        said, odd = ("even", "odd"), self.nets[self.net]["machine"]["odd"]
        says = said[int(self._cells[self.net].odd(self.states[-1:])[0])] if self.bits else "nothing yet"
        count = f"{len(self.bits)} {'bit' if len(self.bits) == 1 else 'bits'}"
        return (f"After {count} the net {self.net!r} says {says}; its machine, in state {self.path[-1]} of "
                f"{len(odd)}, says {said[odd[self.path[-1]]]}.")

    def picture(self) -> figures.Picture:
        """The machine of the net that is shown first."""
        machine = self.nets[self.net]["machine"]
        return self.told_by(figures.machines([(self.net, np.array(machine["successors"]), np.array(machine["odd"]))]))

    @traitlets.validate("net")
    def _check_net(self, proposal: dict) -> str:
        require_choice("net", proposal["value"], tuple(self.nets))
        return proposal["value"]

    @traitlets.validate("bits")
    def _check_bits(self, proposal: dict) -> str:
        bits = proposal["value"]
        require(set(bits) <= {"0", "1"} and len(bits) <= MOST_BITS, "bits", bits,
                f"a string of at most {MOST_BITS} characters 0 and 1")
        return bits


def _shown(model: ParityRNN, cell: NumpyNetwork, boxes: Boxes | None, points: int) -> dict:
    """All that the page needs of a net, as plain lists; what is only drawn is rounded."""
    found = extract(model, most=MOST_CLUSTERS)
    mean, axes = _plane(found.states, cell.odd(found.states))

    def projected(states: np.ndarray) -> np.ndarray:
        return ((states - mean) @ axes.T).round(3)

    chosen = found.states[np.linspace(0, len(found.states) - 1, points).astype(int)]
    runs = np.repeat(np.array([[1, 0, 0], [0, 0, 1]]), [1, 1, LONG_RUN], axis=1)
    return {
        "weights": weights(model), "mean": mean.tolist(), "axes": axes.tolist(),
        "window": _window(projected(np.vstack([found.states, *_walk(cell, runs)]))),
        "points": [np.unique(projected(chosen[cell.odd(chosen) == odd]), axis=0).tolist() for odd in (False, True)],
        "centres": projected(np.vstack([np.zeros(cell.size), found.centres])).tolist(),
        "machine": {"successors": found.automaton.successors.tolist(), "odd": found.automaton.odd.astype(int).tolist(),
                    "places": around_a_circle(found.automaton.successors).round(3).tolist()},
        "agreement": found.agreement,
        "boxes": [] if boxes is None else [[*low, *high, int(odd)] for low, high, odd in zip(
            boxes.low.round(4).tolist(), boxes.high.round(4).tolist(), boxes.odd, strict=True)],
    }


def _plane(states: np.ndarray, odd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle ``[size]`` and two axes ``[2, size]`` of the plane that is shown: of two numbers, the numbers."""
    size = states.shape[1]
    if size <= 2:
        return np.zeros(size), np.eye(2)[:, :size]
    mean = states.mean(axis=0)
    axes = np.linalg.svd(states - mean, full_matrices=False)[2][:2]
    # Either sign is an axis. With odd on the right and upwards for the largest weight a net always looks the same.
    rightwards = states[odd].mean(axis=0) - states[~odd].mean(axis=0) if 0 < odd.sum() < len(odd) else axes[0]
    upwards = np.where(np.abs(axes[1]) == np.abs(axes[1]).max(), axes[1], 0)
    return mean, axes * np.where([axes[0] @ rightwards < 0, upwards.sum() < 0], -1, 1)[:, None]


def _window(points: np.ndarray) -> list[float]:
    """The middle of a square that holds points ``[count, 2]`` with some room, and half its side."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = 0.58 * max(*(high - low), 1e-3)
    return [*((low + high) / 2).round(3).tolist(), round(float(half), 3)]


def _walk(cell: NumpyNetwork, bits: np.ndarray) -> np.ndarray:
    """The start and the state after each bit of ``bits [strings, steps]``: ``[strings, steps + 1, size]``."""
    states = [np.zeros((len(bits), cell.size))]
    for column in bits.T:
        states.append(cell.next_states(states[-1], column))
    return np.stack(states, axis=1)
