"""Are trained networks correct on strings of every length?

We also ask whether random strings reveal the errors of networks that are not. A network has solved its task if it was
correct on all of its validation strings, which are 1.5 times as long as the training strings.

Returns ``{"random_bits", "nets": {name in KINDS: {"seeds", "solved", "trained_on", "certified", "refuted", "undecided",
"refuting_lengths", "passed_random"}}, "two_units": {"clusters", "even_clusters", "machine_states"}}``.
``refuting_lengths`` has an entry for each refuted network.
``passed_random`` counts the refuted networks that are correct on a string of ``random_bits`` random bits. The lists in
``two_units`` have an entry for each network of the kind "tanh 2"; ``machine_states`` is the number of states of the
minimised machine.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from parity_lib.data import ParityTask
from parity_study import certify, extraction
from parity_study.certificate_store import StoredNetwork
from parity_study.experiments.verdicts import USUAL, Kind, count_verdicts, decide_all
from parity_study.trained_networks import RECIPES, as_model

KINDS = {
    "tanh 2": Kind("tanh", 2, USUAL | {"lr": 0.03}, 120, ParityTask(20)),
    "tanh 4": Kind("tanh", 4, USUAL, 40),
    "tanh 8": Kind("tanh", 8, USUAL, 20),
    "tanh 8, 10 bits": Kind("tanh", 8, USUAL, 20, ParityTask(10)),
    "tanh 16": Kind("tanh", 16, RECIPES["tanh 16"][1], 15),
    "relu 8": Kind("relu", 8, USUAL | {"batch_size": 32}, 20),
    "relu 32": Kind("relu", 32, RECIPES["relu 32"][1], 10),
    "lstm 2": Kind("lstm", 2, RECIPES["lstm 8"][1], 20),
    "lstm 8": Kind("lstm", 8, RECIPES["lstm 8"][1], 20),
    "lstm 8, 10 bits": Kind("lstm", 8, RECIPES["lstm 8"][1], 20, ParityTask(10)),
    "gru 8": Kind("gru", 8, RECIPES["gru 8"][1], 20),
}
QUICK: dict[str, Any] = {"retrain": True, "save": False, "cap": 20, "effort": 100, "random_bits": 100}
SAMPLE: dict[str, Any] = {"kinds": ("tanh 2",), "save": False}


def run(kinds: tuple[str, ...] = tuple(KINDS), retrain: bool = False, save: bool = True, cap: int = 2500,
        effort: int = 30_000, random_bits: int = 10_000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    capped = {name: replace(KINDS[name], settings=KINDS[name].settings | {"max_updates": cap}) for name in kinds}
    decided = decide_all(capped, retrain, save, effort)
    machines = [extraction.extract(as_model(network)) for network in decided.get("tanh 2", [])]
    return {
        "random_bits": random_bits,
        "nets": {name: summarise(KINDS[name], networks, random_bits) for name, networks in decided.items()},
        "two_units": {
            "clusters": [len(extraction.centres) for extraction in machines],
            "even_clusters": [int((~extraction.automaton.odd[1:]).sum()) for extraction in machines],
            "machine_states": [len(extraction.automaton.minimised()) for extraction in machines],
        },
    }


def summarise(kind: Kind, networks: list[StoredNetwork], random_bits: int) -> dict[str, Any]:
    """Summarise the verdicts on all networks of one kind."""
    refuted = [network for network in networks if network.verdict == "refuted"]
    strings = [np.random.default_rng(place).integers(2, size=(1, random_bits)) for place in range(len(refuted))]
    return {
        "trained_on": kind.task.longest, **count_verdicts(kind.seeds, networks),
        "passed_random": sum(not certify.first_error(as_model(network), bits).any()
                             for network, bits in zip(refuted, strings)),
    }
