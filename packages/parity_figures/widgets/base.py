"""Base classes and helper functions for interactive figures.

A widget ``name`` consists of three files: ``name.py`` (state and validation), ``name.js`` (an ES module in anywidget's
form, ``export default { render({ model, el }) {} }``) and ``name.css``. The module imports what it needs of other
modules, such as ``shared.js``. A page gets it as text, which has no address from which it could import a file, so
:func:`front_end` puts the imported modules in front of it. ``book/_static/widget-host.js`` shows the same module in a
built page.
"""

import copy
import re
from importlib.resources import files
from itertools import starmap
from typing import Any, ClassVar

import anywidget
import torch
import traitlets
from matplotlib.figure import Figure

from parity_figures.picture import SHEET, Picture, in_style
from parity_lib.errors import require, require_choice
from parity_lib.models import ParityRNN

FOLDER = files(__package__)
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:function|const) (\w+))", re.MULTILINE)


def front_end(name: str) -> tuple[str, str]:
    """Return a widget's JavaScript module and style sheet, including those of the modules that the widget imports.

    Each imported module becomes a function of its own that returns what it exports, so a name that was not imported is
    unknown. The sheet begins with the book's colours.

    >>> module, style = front_end("playground")
    >>> "import {" in module, module.count("export default"), ".parity-widget" in style
    (False, 1, True)
    """
    texts: dict[str, str] = {}
    _collect(name, texts)
    styles = [(FOLDER / f"{each}.css").read_text(encoding="utf-8") for each in texts
              if (FOLDER / f"{each}.css").is_file()]
    own = texts.pop(name)
    return "\n".join([*starmap(_as_function, texts.items()), own]), "\n".join([SHEET, *styles])


def _as_function(name: str, text: str) -> str:
    """Wrap a module in a function that is called immediately and returns the exported names."""
    body = EXPORT.sub(r"\1", text)
    exported = ", ".join(each for _, each in EXPORT.findall(text))
    return f"const from_{name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _collect(name: str, texts: dict[str, str]) -> None:
    """Add a module to ``texts``, after the modules that it imports, with its imports replaced by assignments."""
    text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for _, imported in IMPORT.findall(text):
        if imported not in texts:
            _collect(imported, texts)
    texts[name] = IMPORT.sub(r"const {\1} = from_\2;", text)


def matrix_of(cell: str, W_ih: torch.Tensor, W_hh: torch.Tensor, b_ih: torch.Tensor,
              b_hh: torch.Tensor) -> torch.Tensor:
    """Return the weights of a recurrent layer as one matrix ``[blocks * hidden, hidden + inputs + 2]``.

    It multiplies [h, x, 1, 1]: its last two columns are PyTorch's two biases. It has a block of rows for each gate, in
    PyTorch's order. The candidate of a GRU has two blocks, because the reset gate scales what comes from the state: one
    reads the input, and the other reads the state.
    """
    matrix, H = torch.hstack([W_hh, W_ih, b_ih[:, None], b_hh[:, None]]), W_hh.shape[1]
    if cell == "gru":
        from_input = torch.zeros(H, matrix.shape[1], dtype=matrix.dtype)
        from_input[:, H:-1] = matrix[2 * H:, H:-1]
        matrix = torch.vstack([matrix[:2 * H], from_input, matrix[2 * H:] - from_input])
    return matrix


def weights(model: ParityRNN) -> dict:
    """Convert the weights of a one-layer network to lists for the JavaScript modules.

    ``matrix`` is that of :func:`matrix_of`. ``output [hidden]`` and ``bias`` are those of the output layer, and
    ``cell`` is the name of the cell.

    >>> len(weights(ParityRNN(3, "tanh"))["matrix"]), len(weights(ParityRNN(3, "gru"))["matrix"])
    (3, 12)
    """
    *layer, output, bias = (value.detach().cpu().double() for value in model.parameters())
    return {"cell": model.cell, "matrix": matrix_of(model.cell, *layer).tolist(), "output": output[0].tolist(),
            "bias": bias.item()}


class Bits(traitlets.Unicode):
    """A trait for strings of zeros and ones.

    A string must have ``least`` to ``most`` characters. Raises ValueError for any other value.
    """

    def __init__(self, default: str, least: int, most: int) -> None:
        super().__init__(default)
        self.least, self.most = least, most
        self.tag(sync=True)

    def validate(self, obj: Any, value: str) -> str:
        require(re.fullmatch(f"[01]{{{self.least},{self.most}}}", value) is not None, str(self.name), value,
                f"a string of {self.least} to {self.most} characters 0 and 1")
        return value


class ParityWidget(anywidget.AnyWidget):
    """The base class of all interactive figures.

    Each has a sentence, and some have a still picture, for places without JavaScript, such as paper.

    ``sentence`` is the summary of the widget when it was made; a built page shows it below the picture. ``room`` is the
    height of the widget in rem, in a column of text and on a phone. A page reserves this height so that nothing moves
    when the widget appears; a widget without it must not be at the top of a page. A widget raises ValueError for an
    argument that is not allowed, and traitlets.TraitError for a number out of range. If there is a kernel, the traits
    follow the reader, and the figure follows the traits.
    """

    sentence = traitlets.Unicode().tag(sync=True)
    room = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.sentence = self.summary()

    def summary(self) -> str:
        """Return a one-sentence description of what the widget shows."""
        raise NotImplementedError

    def draw(self) -> Figure | None:
        """Draw the still picture of the widget, or return None if it has no picture."""
        return None

    @in_style
    def picture(self) -> Picture | None:
        """Return the still picture with the summary as its text alternative, or None if there is no drawing."""
        figure = self.draw()
        return Picture(figure, self.summary()) if figure else None

    def _repr_svg_(self) -> str | None:
        """Return the still picture as SVG for notebook viewers and built pages."""
        picture = self.picture()
        return picture.svg() if picture else None

    def __repr__(self) -> str:
        return f"[Interactive figure] {self.summary()}"


class NetworkWidget(ParityWidget):
    """A base class for widgets that show one of several networks.

    ``networks`` maps labels to one-layer networks, whose weights are copied; ``network`` is the label of the one that
    is shown. Subclasses set the ``cells`` that they accept and ``most_units``.
    """

    cells: ClassVar[tuple[str, ...]]
    most_units: ClassVar[int]

    networks = traitlets.Dict().tag(sync=True)
    network = traitlets.Unicode().tag(sync=True)

    def __init__(self, networks: dict[str, ParityRNN], *, network: str | None = None, **values: Any) -> None:
        require(isinstance(networks, dict) and len(networks) > 0, "networks", networks,
                "a dict of label: ParityRNN, not empty")
        for label, model in networks.items():
            name = f"networks[{label!r}]"
            require(isinstance(model, ParityRNN), name, type(model).__name__, "a ParityRNN")
            require_choice(f"{name}.cell", model.cell, self.cells)
            require(model.num_layers == 1, f"{name}.num_layers", model.num_layers, "1")
            require(model.hidden_size <= self.most_units, f"{name}.hidden_size", model.hidden_size,
                    f"at most {self.most_units}")
        self._models = {label: copy.deepcopy(model).double() for label, model in networks.items()}
        super().__init__(networks={label: self.describe(label) for label in networks},
                         network=next(iter(networks)) if network is None else network, **values)

    def describe(self, label: str) -> dict:
        """Return the data that the JavaScript module needs to show a network."""
        return weights(self._models[label])

    @traitlets.validate("network")
    def _check_network(self, proposal: dict) -> str:
        require_choice("network", proposal["value"], tuple(self.networks))
        return proposal["value"]
