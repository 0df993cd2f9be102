"""An interactive figure for the first page, in which the reader tries to break networks that have passed a test."""

import json

import torch
import traitlets
from matplotlib.figure import Figure

from parity_figures.picture import EVEN, INK, MUTED, ODD, canvas
from parity_figures.widgets.base import Bits, NetworkWidget, front_end, weights
from parity_lib.models import ParityRNN
from parity_study.cells import CELLS

# The stored networks by kind and seed, roughly the easiest to break first. One of them is certified.
CHOSEN = (("lstm 2", 10), ("gru 8", 9), ("gru 8", 17), ("gru 8", 1), ("relu 8", 19), ("gru 8", 4), ("tanh 8", 5),
          ("gru 8", 10), ("tanh 8", 0), ("relu 8", 9), ("tanh 8", 4), ("relu 8", 0))
DIGITS = 9              # of a weight in the page, as many as distinguish all numbers of 32 bits
TESTED = (5000, 75)     # random strings, and their bits, on which each of the networks is correct


class BreakTheNetwork(NetworkWidget):
    """A widget in which the reader looks for strings that trained networks get wrong.

    Its twelve networks are from ``parity_study.certificate_store``, and each is correct on 5,000 random strings of 75
    bits. All of them read ``bits``, and the output of one is drawn after each bit. The score is the number of bits up
    to the first wrong answer, and the address of the page contains the string. The widget compares the score with the
    shortest string in the store. For one network there is a proof instead, which the widget mentions after thirty
    correct answers.

    >>> BreakTheNetwork()
    [Interactive figure] Twelve trained networks, each correct on 5,000 random strings of 75 bits. The first one reads \
a 1 and 13 zeros: it answers odd, but from bit 14 on it answers even.
    """

    _esm, _css = front_end("break_the_network")
    cells, most_units = tuple(CELLS), 8
    room = traitlets.List(traitlets.Float(), [30.8, 40.4]).tag(sync=True)
    bits = Bits("", least=0, most=200)

    def __init__(self) -> None:
        # Imported here because a page is rebuilt when a module changes that it has imported.
        from parity_study.certificate_store import read_store
        from parity_study.trained_networks import as_model

        stored = {(network.kind, network.seed): network for network in read_store()}
        self._stored = {str(number): stored[chosen] for number, chosen in enumerate(CHOSEN, 1)}
        super().__init__({label: as_model(network) for label, network in self._stored.items()})

    def summary(self) -> str:
        """Describe how the first network fails."""
        string = self.networks["1"]["string"]
        return (f"Twelve trained networks, each correct on {TESTED[0]:,} random strings of {TESTED[1]} bits. The first "
                f"one reads a 1 and {len(string) - 1} zeros: it answers odd, but from bit {len(string)} on it answers "
                "even.")

    def draw(self) -> Figure:
        """Draw the output of the first network after each bit of the string that breaks it."""
        string = self.networks["1"]["string"]
        logits, end = outputs(self._models["1"], string), len(string)
        figure, axes = canvas(height=2.4)
        axes.axhline(0, color=INK, linestyle="--", linewidth=1.3)
        axes.plot(range(1, end + 1), logits, ".-", color=INK, linewidth=1.2)
        axes.plot([end], [logits[-1]], "o", color=INK, markerfacecolor="none", markersize=11)
        axes.annotate(f"bit {end}", (end, logits[-1]), (-8, -14), textcoords="offset points", ha="right", color=INK)
        for height, answer, colour in ((0.93, "answers odd", ODD), (0.05, "answers even", EVEN)):
            axes.text(0.99, height, answer, transform=axes.transAxes, ha="right", color=colour, fontweight="bold")
        axes.set(xlabel="bits read", ylabel="output", ylim=(-0.6 * max(logits), 1.2 * max(logits)))
        axes.set_xticks(range(1, end + 1), list(string), color=MUTED)
        return figure

    def describe(self, label: str) -> dict:
        """Return the weights, the mean size of an output on random strings, and the string that breaks the network."""
        model, generator = self._models[label], torch.Generator().manual_seed(0)
        random = torch.randint(2, (50, TESTED[1], 1), generator=generator).double()
        with torch.no_grad():
            usual = model(random).abs().mean().item()
        short = json.loads(json.dumps(weights(model)), parse_float=lambda text: float(f"{float(text):.{DIGITS}g}"))
        return {"weights": short, "usual": usual, "string": self._stored[label].string or ""}


def outputs(model: ParityRNN, string: str) -> list[float]:
    """Return the logits ``[steps]`` of a float64 model after each bit of a string."""
    with torch.no_grad():
        return model(torch.tensor([[[float(bit)] for bit in string]]).double())[0, :, 0].tolist()
