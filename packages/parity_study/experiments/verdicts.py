"""Functions that train networks of several kinds and decide whether they are correct on strings of every length.

The experiments ``certificates``, ``right_for_ever`` and ``verdicts_by_rate`` each have a table of kinds. The networks
that solve their task are stored in :mod:`parity_study.certificate_store` under the name of their kind,
:func:`~parity_study.certify.certify` decides about each of them, and :mod:`~parity_study.verify` checks the verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from joblib import Parallel, delayed
from torch.nn.utils import parameters_to_vector

from parity_lib.data import ParityTask
from parity_study import certify
from parity_study.certificate_store import StoredNetwork, read_store, write_store
from parity_study.experiments.condition import SEEDS_PER_JOB
from parity_study.trained_networks import FIFTY_BITS, as_model, train_seeds

VERDICTS = ("certified", "refuted", "undecided")


@dataclass(frozen=True)
class Kind:
    """A kind of networks: their cell, their number of units, and how they are trained from each of ``seeds`` seeds.

    ``settings`` are arguments of :func:`~parity_study.ensemble.train_together`.
    """

    cell: str
    hidden_size: int
    settings: dict[str, Any]
    seeds: int
    task: ParityTask = FIFTY_BITS


Outcome = tuple[list[StoredNetwork], list[int | None]]


def decide_all(kinds: Mapping[str, Kind], retrain: bool, save: bool, effort: int) -> dict[str, Outcome]:
    """Decide about all networks of the given kinds that solve their task.

    The networks are read from the store, or trained if ``retrain`` is true. If ``save`` is true, the verdicts are
    written to the store, which ``parity verify`` checks. Returns, for each kind, the networks with their verdicts, and
    the update at which each seed solved the task, or None; this list is empty if nothing is trained.
    """
    parallel = Parallel(n_jobs=-1)
    jobs = [(name, kind, range(first, min(first + SEEDS_PER_JOB, kind.seeds))) for name, kind in kinds.items()
            for first in range(0, kind.seeds, SEEDS_PER_JOB)] if retrain else []
    trained = parallel(delayed(train_kind)(*job) for job in jobs)
    networks = [network for new, _ in trained for network in new] if retrain else [
        network for network in read_store() if network.kind in kinds]
    decided = parallel(delayed(decide)(network, effort) for network in networks)
    if save:
        write_store(decided)
    return {name: ([network for network in decided if network.kind == name],
                   [update for job, (_, updates) in zip(jobs, trained) if job[0] == name for update in updates])
            for name in kinds}


def train_kind(name: str, kind: Kind, seeds: range) -> Outcome:
    """Train a network from each seed. Return those that solved the task, and the update at which each one did."""
    torch.set_num_threads(1)
    models, histories = train_seeds({"hidden_size": kind.hidden_size, "cell": kind.cell}, seeds, kind.task,
                                    **kind.settings)
    return [StoredNetwork(name, kind.cell, kind.hidden_size, seed,
                          parameters_to_vector(model.parameters()).detach().numpy())
            for seed, model, history in zip(seeds, models, histories) if history.solved], [
        history.solved_at for history in histories]


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
        verdict: sum(network.verdict == verdict for network in networks) for verdict in VERDICTS} | {
        "refuting_lengths": [len(network.string) for network in networks if network.string is not None]}
