"""The check of ``LSTMParity``, which should be the LSTM of *Architecture* with one layer."""

from __future__ import annotations

import numpy as np
import torch

from parity_checks import assertions
from parity_checks.architecture.build_model import require_built
from parity_checks.architecture.counting import READY_NETWORK
from parity_checks.architecture.network import StudentNetwork
from parity_checks.core import call_module
from parity_checks.plain_data import CheckFailed
from parity_checks.reference_networks import random_strings
from parity_checks.reporting import check

THE_CELL = "unrolling#the-cell-in-numpy"


@check("LSTMParity: an LSTM layer and its readout, one logit after each bit")
def lstm_parity(seed: int = 0) -> None:
    """Check ``LSTMParity(hidden_size)``, a module that returns the logits ``[batch, steps, 1]``."""
    rng = np.random.default_rng(seed)
    for hidden in (4, 6):
        network = StudentNetwork("lstm", hidden, 1, f"LSTMParity({hidden})", "LSTMParity", hidden)
        require_built(network, rng)
        _takes_lengths(network, random_strings(rng, 3, 6))


def _takes_lengths(network: StudentNetwork, strings: torch.Tensor) -> None:
    """Raise CheckFailed if the lengths, which `train` passes as well, change the logits of real time steps."""
    lengths = torch.tensor([4, 6, 2])
    real = (torch.arange(6) < lengths[:, None]).numpy()
    what = "LSTMParity called with strings and their lengths, as `train` does it"
    try:
        ran = call_module(network.make, *network.arguments, inputs=(strings, lengths), state=network.state,
                          forbid=READY_NETWORK)
    except CheckFailed as failure:
        raise assertions.explained(failure, what, {
            "positional argument": "forward takes inputs and lengths: `def forward(self, inputs, lengths=None)`.",
        }, THE_CELL) from None
    got = assertions.array(ran.output, what, None, see=THE_CELL)
    if got.shape != (3, 6, 1):
        assertions.fail(what, "shape (3, 6, 1), as wide as the inputs", f"shape {got.shape}", "You may ignore the "
                        "lengths: padding comes after the string and changes nothing before it.", THE_CELL)
    assertions.close(got[real], network.logits(strings, network.state)[real], f"{what}: the logits of real time steps",
                     "With lengths, the network returns other logits than without. You may ignore the lengths.",
                     THE_CELL,
                     1e-4)
