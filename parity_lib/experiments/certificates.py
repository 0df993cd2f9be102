"""Are trained nets right on strings of every length, and would random strings have shown it where they are not?

Every net that was right on all of its validation strings, 1.5 times as long
as those of training, is given to :func:`~parity_lib.certify.certify`.
Returns ``{"random_bits", "nets": {a name of CERTIFIED_KINDS: {"seeds",
"solved", "trained_on", "certified", "refuted", "undecided", "boxes": [a
certified net each], "refuting_lengths": [a refuted net each],
"passed_random": how many of the refuted are right on a string of so many
random bits}}, "two_units": {"clusters", "even_clusters": [a net of kind
"tanh 2" each], "machine_states": [the same: of the minimised machine]}}``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from parity_lib import certify, machine
from parity_lib.data import ParityTask
from parity_lib.ensemble import train_together
from parity_lib.experiments.nets import RECIPES, TRAINED_ON
from parity_lib.models import ParityRNN

# Nets for certificates: what they are, how they are trained, on how many bits, and with how many seeds.
CERTIFIED_KINDS = {
    "tanh 2": ({"hidden_size": 2, "cell": "tanh"}, {"batch_size": 64, "lr": 0.03, "clip": 1.0}, 20, 120),
    "tanh 4": ({"hidden_size": 4, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 40),
    "tanh 8": ({"hidden_size": 8, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 20),
    "tanh 8, 10 bits": ({"hidden_size": 8, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, 10, 20),
    "tanh 16": (*RECIPES["tanh 16"], TRAINED_ON, 15),
    "relu 8": ({"hidden_size": 8, "cell": "relu"}, {"batch_size": 32, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 20),
    "relu 32": (*RECIPES["relu 32"], TRAINED_ON, 10),
    "lstm 2": ({"hidden_size": 2, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}, TRAINED_ON, 20),
    "lstm 8": (*RECIPES["lstm 8"], TRAINED_ON, 20),
    "lstm 8, 10 bits": (*RECIPES["lstm 8"], 10, 20),
    "gru 8": (*RECIPES["gru 8"], TRAINED_ON, 20),
}
QUICK: dict[str, Any] = {"cap": 20, "effort": 100, "random_bits": 100}
SAMPLE: dict[str, Any] = {"kinds": ("tanh 2",)}


def run(kinds: tuple[str, ...] = tuple(CERTIFIED_KINDS), cap: int = 2500, effort: int = 80_000,
        random_bits: int = 10_000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    results: dict[str, Any] = {"random_bits": random_bits, "nets": {}}
    for kind in kinds:
        _, _, lengths, seeds = CERTIFIED_KINDS[kind]
        nets = learned_together(kind, cap)
        found = [certify.certify(net, effort=effort) for net in nets]
        refuted = [net for net, each in zip(nets, found) if each.verdict == "refuted"]
        long = [np.random.default_rng(place).integers(2, size=(1, random_bits)) for place in range(len(refuted))]
        results["nets"][kind] = {"seeds": seeds, "solved": len(nets), "trained_on": lengths} | {
            verdict: sum(each.verdict == verdict for each in found)
            for verdict in ("certified", "refuted", "undecided")} | {
            "boxes": [each.boxes for each in found if each.verdict == "certified"],
            "refuting_lengths": [len(each.string) for each in found if each.verdict == "refuted"],
            "passed_random": sum(not certify.first_error(net, bits).any() for net, bits in zip(refuted, long))}
    machines = [machine.extract(net) for net in learned_together("tanh 2", cap)]
    results["two_units"] = {
        "clusters": [len(each.centres) for each in machines],
        "even_clusters": [int((~each.automaton.odd[1:]).sum()) for each in machines],
        "machine_states": [len(each.automaton.minimised()) for each in machines],
    }
    return results


@cache
def learned_together(kind: str, cap: int) -> list[ParityRNN]:
    """The nets of one kind that were right on all of their validation strings within the cap."""
    net, settings, lengths, seeds = CERTIFIED_KINDS[kind]
    nets = [ParityRNN(**net, seed=seed) for seed in range(seeds)]
    histories = train_together(nets, ParityTask(lengths), seeds=range(seeds), max_steps=cap, progress=False,
                               **settings)
    return [net for net, history in zip(nets, histories) if history.solved]
