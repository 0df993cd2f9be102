"""Checks for the student's ``LSTMParity`` class."""

from __future__ import annotations

import numpy as np
import torch

from parity_checks.architecture.building import require_layers_and_readout
from parity_checks.architecture.counting import READY_NETWORK
from parity_checks.architecture.network import StudentNetwork, random_strings
from parity_checks.assertions import Query
from parity_checks.core import call_module
from parity_checks.reporting import check

ERROR_CAUSES = {"positional argument": "forward takes inputs and lengths: `def forward(self, inputs, lengths=None)`."}


@check("LSTMParity: an LSTM layer and its readout, one logit after each bit")
def lstm_parity(seed: int = 0) -> None:
    """Check that the student's ``LSTMParity`` class implements an LSTM with a linear readout.

    ``LSTMParity(hidden_size)`` is a module that returns the logits ``[batch, steps, 1]``.
    """
    rng = np.random.default_rng(seed)
    for hidden in (4, 6, 1):
        network = StudentNetwork("lstm", hidden, 1, f"LSTMParity({hidden})", "LSTMParity", hidden)
        require_layers_and_readout(network, rng)
        _require_same_logits_with_lengths(network, random_strings(rng, 3, 6))


def _require_same_logits_with_lengths(network: StudentNetwork, strings: torch.Tensor) -> None:
    """Raise CheckFailed if passing the string lengths to the network changes its logits."""
    lengths = torch.tensor([4, 5, 2])       # the last column is padding in each string
    real = (torch.arange(6) < lengths[:, None]).numpy()
    query = Query("LSTMParity called with strings and their lengths, as `train` does it",
                  "unrolling#the-same-cell-in-pytorch")
    ran = query.call(network.make, *network.arguments, by=call_module, inputs=(strings, lengths), state=network.state,
                     forbid=READY_NETWORK, causes=ERROR_CAUSES)
    shape = query.as_array(ran.output).shape
    got = query.as_array(ran.output, (3, 6, 1), shape_hints={shape: "The output should be as wide as the inputs. You "
                         "may ignore the lengths: padding comes after the string and changes nothing before it."})
    query.part("the logits of real time steps").require_close(
        got[real], network.logits(strings, network.state)[real], "With lengths, the network returns other logits than "
        "without. You may ignore the lengths.", tolerance=1e-4)
