"""What every widget is made of: one ES module, one style sheet, and weights as plain lists.

A widget ``name`` is three files: ``name.py`` (state and validation), ``name.js``
(an ES module in anywidget's form, ``export default { render({ model, el }) {} }``)
and ``name.css``. An ES module that arrives as text has no address, so it cannot
import its neighbours: :func:`front_end` puts ``shared.js`` in front of it instead.
The built page shows the same module through ``book/_static/widget-host.js``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import numpy as np
import traitlets

from parity_figures import Picture
from parity_lib.errors import require, require_choice
from parity_lib.models import ParityRNN

FOLDER = Path(__file__).parent


def front_end(name: str, *parts: str) -> tuple[str, str]:
    """The JavaScript module and the style sheet of the widget ``name``, each with the shared part first, the
    module after the files ``parts`` that it needs besides, the style after the book's colours.

    >>> module, style = front_end("unrolled")
    >>> module.count("export default"), ".parity-widget" in style
    (1, True)
    """
    return _join("shared.js", *parts, f"{name}.js"), _join("../colours.css", "shared.css", f"{name}.css")


def _join(*files: str) -> str:
    return "\n".join((FOLDER / file).read_text(encoding="utf-8") for file in files)


def weights(model: ParityRNN, name: str = "model") -> dict:
    """The weights of a one-layer network as lists, which is what ``forward`` in ``shared.js`` takes.

    ``U [gates * hidden][1]``, ``V [gates * hidden][hidden]``, ``b [gates * hidden]``,
    ``W [1][hidden]``, ``c [1]`` and the name of the ``cell``; gates stand in PyTorch's
    order, and ``b`` is the sum of PyTorch's two biases. A GRU multiplies one of them by
    its reset gate: that one stays apart as ``d [hidden]``. Raises ValueError, with
    ``name``, for more than one layer.

    >>> weights(ParityRNN(3, "gru"))["d"] == weights(ParityRNN(3, "tanh"))["b"]
    False
    """
    require(model.num_layers == 1, f"{name}.num_layers", model.num_layers, "1")
    values = {key: p.detach().cpu().double() for key, p in model.named_parameters()}
    b, d = values["rnn.bias_ih_l0"].clone(), values["rnn.bias_hh_l0"]
    shared = 2 * model.hidden_size if model.cell == "gru" else len(d)
    b[:shared] += d[:shared]
    return {
        "cell": model.cell, "U": values["rnn.weight_ih_l0"].tolist(), "V": values["rnn.weight_hh_l0"].tolist(),
        "b": b.tolist(), "d": d[shared:].tolist(),
        "W": values["hidden_to_logits.weight"].tolist(), "c": values["hidden_to_logits.bias"].tolist(),
    }


def check_nets(nets: dict[str, ParityRNN], cells: tuple[str, ...], most_units: int) -> None:
    """Raise ValueError unless ``nets`` maps labels to one-layer nets with one of these cells, and not too many units.

    >>> check_nets({"mine": ParityRNN(9, "gru")}, ("gru",), most_units=8)
    Traceback (most recent call last):
    ValueError: nets['mine'].hidden_size must be at most 8, but it is 9
    """
    require(isinstance(nets, dict) and len(nets) > 0, "nets", nets, "a dict of label: ParityRNN, not empty")
    for label, model in nets.items():
        name = f"nets[{label!r}]"
        require(isinstance(label, str), "a label in nets", label, "a string")
        require(isinstance(model, ParityRNN), name, type(model).__name__, "a ParityRNN")
        require_choice(f"{name}.cell", model.cell, cells)
        require(model.num_layers == 1, f"{name}.num_layers", model.num_layers, "1")
        require(model.hidden_size <= most_units, f"{name}.hidden_size", model.hidden_size,
                "1" if most_units == 1 else f"at most {most_units}")


class ParityWidget(anywidget.AnyWidget):
    """An anywidget that can say in a sentence, and show in a picture, what it is, for places where no script runs.

    ``sentence`` is what it showed when it was made. Where there is no JavaScript the built page has it, below the
    picture; so has the book on paper. ``room`` is how high it stands, in rem, in a column of text and on a phone: a
    page keeps so much free, so that nothing moves when the figure comes in. Where it is empty the figure may stand
    further down only.
    """

    sentence = traitlets.Unicode().tag(sync=True)
    room = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.sentence = self.summary()

    def summary(self) -> str:
        """What the figure shows, in one sentence."""
        raise NotImplementedError

    def picture(self) -> Picture | None:
        """What the figure shows, as a still drawing with the sentence as its text; None: the sentence stands alone."""
        return None

    def told_by(self, drawing: Picture) -> Picture:
        """A drawing that was made for something else, with this figure's sentence as its text."""
        return replace(drawing, alt=self.summary(), caption="")

    def _repr_svg_(self) -> str | None:
        """The picture, beside the live view in a cell's output: for viewers of notebooks, and for the built page."""
        picture = self.picture()
        return picture.svg() if picture else None

    def __repr__(self) -> str:
        """The sentence; it becomes the ``text/plain`` of the cell's output."""
        return f"[Interactive figure] {self.summary()}"


class NetsOverBits(ParityWidget):
    """A widget in which one of several nets reads a string, a step at a time.

    A class of this kind says which ``cells`` it takes, of at most ``most_units`` units, and how many bits fit.
    ``nets`` maps a label to a one-layer net; their weights are copied. ``net`` is the label shown first, ``step``
    the number of bits read so far. With a kernel ``bits``, ``net`` and ``step`` follow the reader, and the figure
    follows them. Raises ValueError where an argument is not allowed.
    """

    cells: ClassVar[tuple[str, ...]]
    most_units: ClassVar[int]
    most_bits: ClassVar[int]

    weights = traitlets.Dict().tag(sync=True)
    bits = traitlets.Unicode("1").tag(sync=True)
    net = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(self, nets: dict[str, ParityRNN], bits: str, *, net: str | None = None, step: int = 0) -> None:
        check_nets(nets, self.cells, self.most_units)
        # A model knows how to become plain lists; traitlets checks the rest, all at once.
        super().__init__(weights={label: weights(model) for label, model in nets.items()},
                         bits=bits, net=next(iter(nets)) if net is None else net, step=step)

    @property
    def logits(self) -> np.ndarray:
        """The logit after each bit, above 0 for odd: ``[steps]``."""
        raise NotImplementedError

    @property
    def verdicts(self) -> str:
        """What the net says after each bit, in words."""
        return ", ".join("odd" if logit > 0 else "even" for logit in self.logits)

    @traitlets.validate("bits")
    def _check_bits(self, proposal: dict) -> str:
        bits = proposal["value"]
        require(re.fullmatch(f"[01]{{1,{self.most_bits}}}", bits) is not None, "bits", bits,
                f"a string of 1 to {self.most_bits} characters 0 and 1")
        return bits

    @traitlets.validate("net")
    def _check_net(self, proposal: dict) -> str:
        require_choice("net", proposal["value"], tuple(self.weights))
        return proposal["value"]

    @traitlets.validate("step")
    def _check_step(self, proposal: dict) -> int:
        step = proposal["value"]
        require(0 <= step <= len(self.bits), "step", step, f"an integer from 0 to {len(self.bits)}, the number of bits")
        return step

    @traitlets.observe("bits")
    def _keep_step_inside(self, change: dict) -> None:
        self.step = min(self.step, len(change["new"]))
