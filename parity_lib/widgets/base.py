"""What every widget is made of: one ES module, one style sheet, and weights as plain lists.

A widget ``name`` is three files: ``name.py`` (state and validation), ``name.js``
(an ES module in anywidget's form, ``export default { render({ model, el }) {} }``)
and ``name.css``. An ES module that arrives as text has no address, so it cannot
import its neighbours: :func:`front_end` puts ``shared.js`` in front of it instead.
The built page shows the same module through ``book/_static/widget-host.js``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from parity_lib.errors import require, require_choice
from parity_lib.figures import Picture
from parity_lib.models import ParityRNN

FOLDER = Path(__file__).parent


def front_end(name: str, *parts: str) -> tuple[str, str]:
    """The JavaScript module and the style sheet of the widget ``name``, each with the shared part first, the
    module after the files ``parts`` that it needs besides, the style after the book's colours.

    >>> module, style = front_end("unrolled")
    >>> module.count("export default"), ".parity-widget" in style
    (1, True)
    """
    return _join("shared.js", *parts, f"{name}.js"), _join("../figures/colours.css", "shared.css", f"{name}.css")


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
        require(model.hidden_size <= most_units, f"{name}.hidden_size", model.hidden_size, f"at most {most_units}")


class ParityWidget(anywidget.AnyWidget):
    """An anywidget that can say in a sentence, and show in a picture, what it is, for places where no script runs.

    ``sentence`` is what it showed when it was made. Where there is no JavaScript the built page has it, below the
    picture; so has the book on paper.
    """

    sentence = traitlets.Unicode().tag(sync=True)

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
