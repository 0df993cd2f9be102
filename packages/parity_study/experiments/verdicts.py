"""Functions that train networks of several kinds and decide whether they are correct on strings of every length.

The experiments in :data:`VERDICTS` and the experiment ``certificates`` each have a table of kinds. The networks that
solve their task are stored in :mod:`parity_study.certificate_store` under the name of their kind,
:func:`~parity_study.certify.certify` decides about each of them, and :mod:`~parity_study.verify` checks the verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import torch
from joblib import Parallel, delayed
from torch.nn.utils import parameters_to_vector

from parity_lib.data import ParityTask
from parity_study import certify
from parity_study.certificate_store import StoredNetwork, read_store, write_store
from parity_study.experiments.condition import SEEDS_PER_JOB
from parity_study.experiments.tasks import RunsTask
from parity_study.trained_networks import FIFTY_BITS, TRAINED_ON, as_model, train_seeds

USUAL = {"batch_size": 64, "lr": 0.01, "clip": 1.0}


@dataclass(frozen=True)
class Kind:
    """A kind of network: its cell, its number of units, and how it is trained from each of ``seeds`` seeds.

    ``settings`` are arguments of :func:`~parity_study.ensemble.train_together`.
    """

    cell: str
    hidden_size: int
    settings: dict[str, Any]
    seeds: int
    task: ParityTask = FIFTY_BITS


def decide_all(kinds: Mapping[str, Kind], retrain: bool, save: bool, effort: int) -> dict[str, list[StoredNetwork]]:
    """Decide whether the networks of the given kinds that solve their task are always correct.

    The networks are read from the store, or trained if ``retrain`` is true. If ``save`` is true, the verdicts are
    written to the store, which ``parity verify`` checks. Returns the networks of each kind with their verdicts.
    """
    parallel = Parallel(n_jobs=-1)
    jobs = [(name, kind, range(first, min(first + SEEDS_PER_JOB, kind.seeds))) for name, kind in kinds.items()
            for first in range(0, kind.seeds, SEEDS_PER_JOB)] if retrain else []
    trained = parallel(delayed(train_kind)(*job) for job in jobs)
    networks = [network for new in trained for network in new] if retrain else [
        network for network in read_store() if network.kind in kinds]
    decided = parallel(delayed(decide)(network, effort) for network in networks)
    if save:
        write_store(decided)
    return {name: [network for network in decided if network.kind == name] for name in kinds}


def train_kind(name: str, kind: Kind, seeds: range) -> list[StoredNetwork]:
    """Train a network from each seed, and return those that solved the task."""
    torch.set_num_threads(1)
    models, histories = train_seeds({"hidden_size": kind.hidden_size, "cell": kind.cell}, seeds, kind.task,
                                    **kind.settings)
    return [StoredNetwork(name, kind.cell, kind.hidden_size, seed,
                          parameters_to_vector(model.parameters()).detach().numpy())
            for seed, model, history in zip(seeds, models, histories) if history.solved]


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


def count_verdicts(seeds: int, networks: list[StoredNetwork]) -> dict[str, Any]:
    """Count the networks that solved the task and those with each verdict, and list the lengths of refuting strings."""
    return {"seeds": seeds, "solved": len(networks)} | {
        verdict: sum(network.verdict == verdict for network in networks)
        for verdict in ("certified", "refuted", "undecided")} | {
        "refuting_lengths": [len(network.string) for network in networks if network.string is not None]}


def counted(question: str, kinds: Mapping[str, Kind], sample: Sequence[str], effort: int = 30_000,
            retrain: bool = False) -> SimpleNamespace:
    """Return an experiment that counts the verdicts on networks of several kinds.

    Its results are ``{"nets": {name of a kind: the result of count_verdicts}}``. ``sample`` has the kinds of a recheck.
    """
    def run(names: Sequence[str] = tuple(kinds), retrain: bool = retrain, save: bool = True, effort: int = effort,
            most_seeds: int = 50, most_updates: int = 10_000) -> dict[str, Any]:
        chosen = {name: replace(kind, seeds=min(kind.seeds, most_seeds), settings=kind.settings | {
            "max_updates": min(kind.settings["max_updates"], most_updates)}) for name, kind in kinds.items()
            if name in names}
        decided = decide_all(chosen, retrain, save, effort)
        return {"nets": {name: count_verdicts(chosen[name].seeds, networks) for name, networks in decided.items()}}

    quick = {"retrain": True, "save": False, "effort": 100, "most_seeds": 2, "most_updates": 20}
    return SimpleNamespace(__doc__=question, run=run, QUICK=quick, SAMPLE={"names": tuple(sample), "save": False})


# Networks of eight units, trained on strings of 50 bits with a label at every time step. They have solved their task if
# they are correct on 5000 random strings of 75 bits.
VERDICTS = {
    "right_for_ever": counted(      # validated only after a fixed number of updates; "runs": strings that end in a run
        "Does longer training make networks correct on strings of every length?", {
            f"{cell} 8, {data}, {count} updates":
            Kind(cell, 8, USUAL | {"max_updates": count, "validate_every": count}, 50, task)
            for cell, (data, task), count in product(
                ("tanh", "lstm", "gru"), (("random", FIFTY_BITS), ("runs", RunsTask(TRAINED_ON))), (1000, 10_000))},
        ("tanh 8, random, 1000 updates", "tanh 8, runs, 1000 updates")),
    "verdicts_by_rate": counted(    # trained until they are correct in validation
        "Do the verdicts differ between cells at each cell's best learning rate?", {
            f"{cell} 8, rate {rate:g}": Kind(cell, 8, USUAL | {"lr": rate, "max_updates": 4000}, 50)
            for cell, rate in product(("tanh", "lstm", "gru"), (0.003, 0.01, 0.03))},
        [f"gru 8, rate {rate:g}" for rate in (0.003, 0.01, 0.03)], effort=3000, retrain=True),
}
