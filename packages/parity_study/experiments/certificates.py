"""Are trained networks correct on strings of every length?

We also ask whether random strings reveal the errors of networks that are not. The networks are those in
:mod:`parity_study.certificate_store`. They were correct on all of their validation strings, which are 1.5 times as long
as the training strings. :func:`~parity_study.certify.certify` decides about each network, and
:mod:`~parity_study.verify` checks the verdict.

Returns ``{"random_bits", "nets": {name in CERTIFIED_KINDS: {"seeds", "solved", "trained_on", "certified", "refuted",
"undecided", "blocked", "boxes", "refuting_lengths", "passed_random"}}, "two_units": {"clusters", "even_clusters",
"machine_states"}}``. ``blocked`` counts the undecided networks by reason: "effort", "threshold" or "checker". ``boxes``
has an entry for each certified network, and ``refuting_lengths`` has an entry for each refuted network.
``passed_random`` counts the refuted networks that are correct on a string of ``random_bits`` random bits. The lists in
``two_units`` have an entry for each network of the kind "tanh 2"; ``machine_states`` is the number of states of the
minimised machine.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_study import certify, extraction
from parity_study.certificate_store import StoredNetwork, read_store, write_store
from parity_study.experiments.trained_networks import RECIPES, TRAINED_ON, train_seeds

# For each kind: the network, the settings of its training, the length of the training strings, the number of seeds
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
VERDICTS = ("certified", "refuted", "undecided")
QUICK: dict[str, Any] = {"retrain": True, "save": False, "cap": 20, "effort": 100, "random_bits": 100}
SAMPLE: dict[str, Any] = {"kinds": ("tanh 2",), "save": False}


def run(kinds: tuple[str, ...] = tuple(CERTIFIED_KINDS), retrain: bool = False, save: bool = True, cap: int = 2500,
        effort: int = 30_000, random_bits: int = 10_000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    The networks are read from the store, or trained if ``retrain`` is true. If ``save`` is true, the verdicts are
    written to the store, which ``parity verify`` checks.
    """
    networks = [] if retrain else [network for network in read_store() if network.kind in kinds]
    for kind in kinds if retrain else ():
        network, settings, lengths, seeds = CERTIFIED_KINDS[kind]
        networks += train_solved(kind, network, ParityTask(lengths), range(seeds), max_steps=cap, **settings)
    decided = Parallel(n_jobs=-1)(delayed(decide)(network, effort) for network in networks)
    if save:
        write_store(decided)
    machines = [extraction.extract(as_model(network)) for network in decided if network.kind == "tanh 2"]
    return {
        "random_bits": random_bits,
        "nets": {kind: summarise(kind, [network for network in decided if network.kind == kind], random_bits)
                 for kind in kinds},
        "two_units": {
            "clusters": [len(extraction.centres) for extraction in machines],
            "even_clusters": [int((~extraction.automaton.odd[1:]).sum()) for extraction in machines],
            "machine_states": [len(extraction.automaton.minimised()) for extraction in machines],
        },
    }


def decide(network: StoredNetwork, effort: int) -> StoredNetwork:
    """Try to decide whether a stored network is correct, and return the network with the resulting verdict.

    A stored verdict remains if the checker :mod:`~parity_study.verify` accepts it, however it was found. Otherwise the
    verdict is that of :func:`~parity_study.certify.certify`, or "undecided" if the checker rejects that too. A network
    that stays undecided keeps the reason that is stored with it.
    """
    from parity_study import verify

    torch.set_num_threads(1)
    if network.verdict != "undecided" and verify.check(network) is None:
        return network
    certificate = certify.certify(as_model(network), effort=effort)
    if network.blocked and certificate.verdict == "undecided":
        return network
    boxes: dict[str, Any] = {name: getattr(certificate.boxes, name, None) for name in ("low", "high", "odd")}
    decided = replace(network, verdict=certificate.verdict, string=certificate.string, blocked=certificate.blocked,
                      **boxes)
    if verify.check(decided) is None:
        return decided
    return replace(network, verdict="undecided", string=None, blocked="checker", low=None, high=None, odd=None)


def summarise(kind: str, networks: list[StoredNetwork], random_bits: int) -> dict[str, Any]:
    """Summarise the verdicts on all networks of one kind."""
    _, _, lengths, seeds = CERTIFIED_KINDS[kind]
    refuted = [network for network in networks if network.verdict == "refuted"]
    strings = [np.random.default_rng(place).integers(2, size=(1, random_bits)) for place in range(len(refuted))]
    return {
        "trained_on": lengths, **count_verdicts(seeds, networks),
        "blocked": {reason: sum(network.blocked == reason for network in networks)
                    for reason in ("effort", "threshold", "checker")},
        "boxes": [len(network.low) for network in networks if network.low is not None],
        "passed_random": sum(not certify.first_error(as_model(network), bits).any()
                             for network, bits in zip(refuted, strings)),
    }


def count_verdicts(seeds: int, networks: list[StoredNetwork]) -> dict[str, Any]:
    """Count the networks that solved the task and those with each verdict, and list the lengths of refuting strings."""
    return {"seeds": seeds, "solved": len(networks)} | {
        verdict: sum(network.verdict == verdict for network in networks) for verdict in VERDICTS} | {
        "refuting_lengths": [len(network.string) for network in networks if network.string is not None]}


def as_model(network: StoredNetwork) -> ParityRNN:
    """Create a PyTorch model with the weights of a stored network."""
    model = ParityRNN(network.hidden_size, network.cell)
    vector_to_parameters(torch.from_numpy(network.weights.copy()), model.parameters())
    return model


def train_solved(kind: str, network: dict[str, Any], task: ParityTask, seeds: range,
                 **settings: Any) -> list[StoredNetwork]:
    """Train a network from each seed and return the networks that solved the task."""
    torch.set_num_threads(1)
    models, histories = train_seeds(network, seeds, task, **settings)
    return [StoredNetwork(kind, model.cell, model.hidden_size, seed,
                          parameters_to_vector(model.parameters()).detach().numpy())
            for seed, model, history in zip(seeds, models, histories) if history.solved]
