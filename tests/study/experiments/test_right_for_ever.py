"""Test the training strings and the training length of the experiment ``right_for_ever``."""

from dataclasses import replace

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_study import trained_networks
from parity_study.certificate_store import StoredNetwork
from parity_study.ensemble import train_together
from parity_study.experiments.right_for_ever import RunsTask, trained_for
from parity_study.experiments.verdicts import Kind, count_verdicts, train_kind
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
    networks, updates = train_kind("kind", Kind("tanh", 8, trained_for(300), 2, ParityTask(1)), range(2))
    assert steps == [updates] == [[300, 300]], "one bit is learned long before"
    assert [network.seed for network in networks] == [0, 1]
    assert as_model(networks[0])(torch.ones(1, 1, 1)).item() > 0


def test_verdicts_are_counted_over_all_seeds():
    network = StoredNetwork("tanh 8, random, 1 updates", "tanh", 8, 0, np.zeros(0, dtype=np.float32))
    networks = [replace(network, verdict="refuted", string="1000"), replace(network, verdict="certified"), network]
    assert count_verdicts(5, networks) == {"seeds": 5, "solved": 3, "certified": 1, "refuted": 1, "undecided": 1,
                                           "refuting_lengths": [4]}
