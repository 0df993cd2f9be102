"""Test the training strings, the training length and the counts of verdicts."""

from dataclasses import replace

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_study import trained_networks
from parity_study.certificate_store import StoredNetwork
from parity_study.ensemble import train_together
from parity_study.experiments.tasks import RunsTask
from parity_study.experiments.verdicts import VERDICTS, Kind, count_verdicts, train_kind
from parity_study.trained_networks import as_model


def test_half_of_the_strings_end_in_a_run():
    bits, lengths = RunsTask(50).draw(4000, np.random.default_rng(0))
    assert (lengths == 50).all()
    last = bits[:, 25:]
    zeros, ones = (last == 0).all(axis=1).mean(), (last == 1).all(axis=1).mean()
    assert abs(zeros - 0.25) < 0.03
    assert abs(ones - 0.25) < 0.03
    plain = ParityTask(50).draw(4000, np.random.default_rng(0))[0]
    assert (bits == plain).all(axis=1).mean() < 0.55


def test_validation_strings_have_no_runs():
    assert type(RunsTask(50).stretched(1.5)) is ParityTask
    assert RunsTask(50).stretched(1.5).longest == 75


def test_training_continues_if_a_network_is_correct(monkeypatch):
    steps = []

    def watched(models, *args, **settings):
        histories = train_together(models, *args, **settings)
        steps.append([history.updates for history in histories])
        return histories

    monkeypatch.setattr(trained_networks, "train_together", watched)
    settings = {"lr": 0.01, "max_updates": 300, "validate_every": 300}
    networks = train_kind("kind", Kind("tanh", 8, settings, 2, ParityTask(1)), range(2))
    assert steps == [[300, 300]], "one bit is learned long before"
    assert [network.seed for network in networks] == [0, 1]
    assert as_model(networks[0])(torch.ones(1, 1, 1)).item() > 0


def test_only_the_chosen_kinds_are_counted():
    settings = VERDICTS["right_for_ever"].QUICK | {"names": ["gru 8, runs, 1000 updates"]}
    assert VERDICTS["right_for_ever"].run(**settings)["nets"].keys() == {"gru 8, runs, 1000 updates"}


def test_verdicts_are_counted_over_all_seeds():
    network = StoredNetwork("tanh 8, random, 1 updates", "tanh", 8, 0, np.zeros(0, dtype=np.float32))
    networks = [replace(network, verdict="refuted", string="1000"), replace(network, verdict="certified"), network]
    assert count_verdicts(5, networks) == {"seeds": 5, "solved": 3, "certified": 1, "refuted": 1, "undecided": 1,
                                           "refuting_lengths": [4]}
