"""Are trained nets right on strings of every length, and would random strings have shown it where they are not?

The nets are kept in :mod:`parity_lib.certificates`: those that were right on all
of their validation strings, 1.5 times as long as those of training.
Each is given to :func:`~parity_lib.certify.certify`, and what it finds to :mod:`~parity_lib.verify`.
Returns ``{"random_bits", "nets": {a name of CERTIFIED_KINDS: {"seeds",
"solved", "trained_on", "certified", "refuted", "undecided", "blocked": {"effort",
"threshold", "checker": how many have no proof, and why}, "boxes": [a
certified net each], "refuting_lengths": [a refuted net each],
"passed_random": how many of the refuted are right on a string of so many
random bits}}, "two_units": {"clusters", "even_clusters": [a net of kind
"tanh 2" each], "machine_states": [the same: of the minimised machine]}}``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_lib import certify, machine
from parity_lib.certificates import Stored, stored, write_store
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
QUICK: dict[str, Any] = {"anew": True, "kept": False, "cap": 20, "effort": 100, "random_bits": 100}
SAMPLE: dict[str, Any] = {"kinds": ("tanh 2",), "kept": False}


def run(kinds: tuple[str, ...] = tuple(CERTIFIED_KINDS), anew: bool = False, kept: bool = True, cap: int = 2500,
        effort: int = 30_000, random_bits: int = 10_000) -> dict[str, Any]:
    """Run it, on the nets of the store or on nets that are trained ``anew``; what it returns is described above.

    The store, from which ``parity verify`` checks all verdicts, is written anew where they are ``kept``.
    """
    nets = ([each for kind in kinds for each in learned_together(kind, cap)] if anew else
            [each for each in stored() if each.kind in kinds])
    found = Parallel(n_jobs=-1)(delayed(decided)(each, effort) for each in nets)
    if kept:
        write_store(found)
    results = {"random_bits": random_bits,
               "nets": {kind: _counts(kind, [each for each in found if each.kind == kind], random_bits)
                        for kind in kinds}}
    machines = [machine.extract(as_model(each)) for each in found if each.kind == "tanh 2"]
    results["two_units"] = {
        "clusters": [len(each.centres) for each in machines],
        "even_clusters": [int((~each.automaton.odd[1:]).sum()) for each in machines],
        "machine_states": [len(each.automaton.minimised()) for each in machines],
    }
    return results


def decided(net: Stored, effort: int) -> Stored:
    """The net with the verdict of :func:`~parity_lib.certify.certify`, if :mod:`~parity_lib.verify` accepts it.

    A verdict that the checker does not accept is none: the net is undecided then.
    """
    from parity_lib import verify

    torch.set_num_threads(1)
    found = certify.certify(as_model(net), effort=effort)
    boxes = {name: found.boxes and getattr(found.boxes, name) for name in ("low", "high", "odd")}
    verdict = replace(net, verdict=found.verdict, string=found.string, blocked=found.blocked, **boxes)
    if verify.check(verdict) is None:
        return verdict
    return replace(net, verdict="undecided", string=None, blocked="checker", low=None, high=None, odd=None)


def _counts(kind: str, found: list[Stored], random_bits: int) -> dict[str, Any]:
    """What the results say of one kind of net."""
    _, _, lengths, seeds = CERTIFIED_KINDS[kind]
    refuted = [each for each in found if each.verdict == "refuted"]
    long = [np.random.default_rng(place).integers(2, size=(1, random_bits)) for place in range(len(refuted))]
    return {"seeds": seeds, "solved": len(found), "trained_on": lengths} | {
        verdict: sum(each.verdict == verdict for each in found)
        for verdict in ("certified", "refuted", "undecided")} | {
        "blocked": {why: sum(each.blocked == why for each in found) for why in ("effort", "threshold", "checker")},
        "boxes": [len(each.low) for each in found if each.verdict == "certified"],
        "refuting_lengths": [len(each.string) for each in refuted],
        "passed_random": sum(not certify.first_error(as_model(each), bits).any()
                             for each, bits in zip(refuted, long))}


def as_model(net: Stored) -> ParityRNN:
    """A stored net, ready to run."""
    model = ParityRNN(net.hidden_size, net.cell)
    vector_to_parameters(torch.from_numpy(net.weights.copy()), model.parameters())
    return model


def learned_together(kind: str, cap: int) -> list[Stored]:
    """The nets of one kind that were right on all of their validation strings within the cap."""
    net, settings, lengths, seeds = CERTIFIED_KINDS[kind]
    models = [ParityRNN(**net, seed=seed) for seed in range(seeds)]
    histories = train_together(models, ParityTask(lengths), seeds=range(seeds), max_steps=cap, progress=False,
                               **settings)
    return [as_stored(kind, seed, model) for seed, (model, history) in enumerate(zip(models, histories))
            if history.solved]


def as_stored(kind: str, seed: int, model: ParityRNN) -> Stored:
    """A net as the store keeps it, undecided."""
    weights = parameters_to_vector(model.parameters()).detach().numpy()
    return Stored(kind, model.cell, model.hidden_size, seed, weights)
