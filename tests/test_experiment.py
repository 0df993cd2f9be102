"""Experiments: the interval, the figures made from a run, the files, and what the hash of the sources sees."""

import copy
import itertools
import json
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from parity_lib import NumpyRNN, ParityRNN, ParityTask, by_hand, experiment, grid
from parity_lib.cli import main
from parity_lib.experiment import wilson_interval
from parity_lib.training import History

NAMES = tuple(experiment.EXPERIMENTS)


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder with a thin run of every experiment, made by the command."""
    folder = tmp_path_factory.mktemp("quick")
    done = CliRunner().invoke(main, ["experiment", "--all", "--quick", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def shape(value):
    """The keys and types of results, whatever the figures and how many seeds there were."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        kinds = [shape(part) for part in value if part is not None]
        assert all(same_shape(kind, kinds[0]) for kind in kinds), value  # None is a number that was not reached
        return ["list of", kinds[0] if kinds else None]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def same_shape(one, other):
    """Whether two shapes agree; None, an empty list, and a number that was not reached agree with a number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_shape(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return same_shape(one[1], other[1])
    return one == other or {one, other} <= {"number", "NoneType", None}


# The interval


@pytest.mark.parametrize(("successes", "count", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662),
])
def test_wilson_interval_has_its_published_values(successes, count, low, high):
    assert wilson_interval(successes, count) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_wilson_interval_holds_the_rate_and_mirrors(count, data):
    successes = data.draw(st.integers(0, count))
    low, high = wilson_interval(successes, count)
    assert 0 <= low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= high <= 1
    assert wilson_interval(count - successes, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("successes", "count", "named"), [(1, 0, "count"), (-1, 5, "successes"), (6, 5, "successes")])
def test_wilson_interval_names_what_is_wrong(successes, count, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        wilson_interval(successes, count)


# Figures made from a run


def test_curve_keeps_the_mean_of_each_stretch():
    history = History({}, loss=[float(i) for i in range(600)], accuracy=[0.5] * 600)
    curve = experiment._curve(history)
    assert len(curve["step"]) == 60
    assert curve["step"][0] == 10
    assert curve["step"][-1] == 600
    assert curve["loss"][0] == 4.5
    assert set(curve["accuracy"]) == {0.5}


def test_half_fall_share_of_a_line_is_a_half_and_of_a_cliff_nearly_nothing():
    line = np.linspace(1, 0, 1000)
    cliff = np.where(np.arange(1000) < 700, 1.0, 0.0)
    assert experiment._half_fall_share(line) == pytest.approx(0.5, abs=0.02)
    assert experiment._half_fall_share(cliff) <= 0.01


def test_half_fall_share_without_steps_to_compare_is_one():
    assert experiment._half_fall_share([0.7] * experiment.SMOOTHED_OVER) == 1.0


def test_counted_takes_the_median_over_the_solved_only():
    runs = [History({}, solved_at=step) for step in (100, None, 300)]
    assert experiment._counted(runs) == {"seeds": 3, "solved": 2, "steps": [100, None, 300], "median_steps": 200.0}
    assert experiment._counted([History({})])["median_steps"] is None


def test_always_even_says_even_to_everything():
    batch = ParityTask(20).batch(50, np.random.default_rng(0))
    assert not (experiment._always_even()(batch.inputs) > 0).any()


def test_the_expected_metric_is_what_many_batches_give(quick):
    for name in ("training", "evaluation"):
        results = experiment.load("padded_metric", folder=quick)[name]
        for how in ("course", "uniform"):
            row = results[how]
            assert row["padding_share"] == pytest.approx(row["expected_padding_share"], abs=0.06)
            assert row["accuracy_with_padding"] == pytest.approx(row["expected_accuracy_with_padding"], abs=0.04)


# What labels say


def slope(net, string):
    """do/dw at the last step of one string, as one vector."""
    net.zero_grad()
    net(torch.tensor(string, dtype=torch.float64).reshape(1, -1, 1))[0, -1, 0].backward()
    return torch.cat([p.grad.flatten() for p in net.parameters()])


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_the_signal_is_the_labels_part_of_the_whole_gradient(cell):
    net = ParityRNN(3, cell, seed=1)
    strings = list(itertools.product([0, 1], repeat=4))
    double = copy.deepcopy(net).double()
    signed = sum((-1) ** (sum(string) % 2) * slope(double, string) for string in strings) / len(strings)
    assert experiment._signal(net, 4) == pytest.approx(signed.norm().item(), rel=1e-9)

    def whole(flip):
        """The gradient of the mean loss, with true labels or with all of them flipped."""
        double.zero_grad()
        inputs = torch.tensor(strings, dtype=torch.float64).unsqueeze(-1)
        labels = torch.tensor([float((sum(string) + flip) % 2) for string in strings], dtype=torch.float64)
        torch.nn.functional.binary_cross_entropy_with_logits(double(inputs)[:, -1, 0], labels).backward()
        return torch.cat([p.grad.flatten() for p in double.parameters()])

    torch.testing.assert_close(whole(0) - whole(1), signed)    # half the signal each, with opposite signs


def test_the_noise_falls_with_the_root_of_the_batch_and_knows_no_parity():
    net = ParityRNN(4, "tanh", seed=0)
    few, many = (experiment._noise(net, 6, batch, 200, 0) for batch in (16, 256))
    assert few / many == pytest.approx(4, rel=0.15)
    assert experiment._noise(net, 6, 64, 5, 0) == experiment._noise(net, 6, 64, 5, 0)


def test_a_net_by_hand_hears_labels_of_any_length_and_a_fresh_one_does_not():
    fresh, knows = ParityRNN(2, "relu", seed=0), by_hand("relu")
    assert experiment._signal(knows, 10) > 0.5 * experiment._signal(knows, 2)
    assert experiment._signal(fresh, 10) < 1e-3 * experiment._signal(fresh, 1)


# Gradients at the states


@pytest.mark.parametrize("cell", ["tanh", "relu"])
def test_state_gradients_are_those_of_the_net_written_out_in_numpy(cell):
    model = ParityRNN(6, cell, seed=3)
    strings, seed = 5, 7
    found = experiment._state_gradients(model, strings, seed)["h"]
    batch = ParityTask(experiment.TRAINED_ON).batch(strings, np.random.default_rng(seed))
    net = NumpyRNN.from_torch(model)
    logits, states = net.forward(batch.inputs.double().numpy())
    d_logits = np.zeros_like(logits)
    d_logits[:, -1] = 1 / (1 + np.exp(-logits[:, -1])) - batch.targets[:, -1].numpy()
    expected = np.linalg.norm(net.backward(batch.inputs.double().numpy(), states, d_logits)["h"], axis=-1).mean(0)[1:]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_state_gradients_of_an_lstm_have_a_cell_that_the_last_loss_does_not_read():
    found = experiment._state_gradients(ParityRNN(3, "lstm"), 2, 0)
    assert found.keys() == {"h", "c"}
    assert found["c"][-1] == 0
    assert (found["c"][:-1] > 0).all()


def test_state_gradients_leave_the_net_as_it_was():
    net = ParityRNN(3, "gru")
    experiment._state_gradients(net, 2, 0)
    assert next(net.parameters()).dtype == torch.float32
    assert all(p.grad is None for p in net.parameters())


def test_nets_of_the_gradient_experiment_are_what_their_names_say():
    V = experiment._orthogonal(1.5, seed=0).rnn.weight_hh_l0.detach()
    torch.testing.assert_close(V @ V.T, 1.5**2 * torch.eye(16), atol=1e-5, rtol=0)
    lstm = experiment._with_forget_bias(3, seed=0)
    total = (lstm.rnn.bias_ih_l0 + lstm.rnn.bias_hh_l0).detach()
    assert (total[8:16] == 3).all()
    assert (total[:8] != 3).all()
    assert (total[16:] != 3).all()


def test_longer_strings_count_exact_nets():
    perfect, wrong = by_hand("tanh").float(), experiment._always_even()
    found = experiment._tested([perfect, wrong], (5, 9), (30, 20))
    assert found["solved"] == 2
    assert found["exact"] == [1, 1]
    assert found["bit_accuracy"][0] == [1.0, 1.0]


# Guessing

# The hidden unit is "bit and output", the output is "bit or output, but not hidden": XOR, all units being switches.
A1_BY_HAND = np.array([60, 0, 80, -100, 20, -90, 50], dtype=np.float32)


def test_balanced_strings_are_coded_and_labelled_right():
    strings, lengths, labels = experiment._balanced_strings(40, 7, 13, np.random.default_rng(0))
    assert set(np.unique(strings)) == {-1, 1}
    assert strings.shape == (40, 13)
    assert {7, 13} <= set(lengths.tolist()) <= set(range(7, 14))
    assert labels.sum() == 20
    assert [int((row[:length] == 1).sum() % 2) for row, length in zip(strings, lengths)] == labels.tolist()


def test_regular_strings_are_what_they_are_called():
    strings, lengths, labels = experiment._regular_strings(6)
    assert ["".join("01"[int(bit > 0)] for bit in row) for row in strings] == [
        "000000", "111111", "100000", "000001", "010101"]
    assert labels.tolist() == [0, 0, 1, 1, 1]
    assert lengths.tolist() == [6] * 5


def one_step_at_a_time(name, weights, string):
    """The equations of a net, a number at a time: the outputs after each bit, on the scale of 0 to 1."""
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))
    w, outputs = weights.astype(float), []
    h, o = (np.zeros(10) if name.startswith("A2") else 0.0), 0.0
    first = second = 0.0
    for x in string:
        if name == "A1":
            h = sigmoid(w[0] * x + w[1] * h + w[2] * o + w[3])
            o = sigmoid(w[4] * x + w[5] * h + w[6] * o)
        elif name == "A1 at once":
            h, o = sigmoid(w[0] * x + w[1] * h + w[2] * o + w[3]), sigmoid(w[4] * x + w[5] * h + w[6] * o)
        elif name == "two tanh units":
            first, second = (np.tanh(w[0] * x + w[1] * first + w[2] * second + w[3]),
                             np.tanh(w[4] * x + w[5] * first + w[6] * second + w[7]))
            o = (np.tanh(w[8] * first + w[9] * second + w[10]) + 1) / 2
        else:
            own = w[42:52] if name == "A2" else np.zeros(10)
            h = sigmoid(w[:10] * x + w[10:20] * o + w[20:30] + own * h)
            o = sigmoid(w[30:40] @ h + w[40] * x + w[41])
        outputs.append(o)
    return outputs


@pytest.mark.parametrize("name", list(experiment._GUESSED))
def test_guessed_nets_follow_their_equations(name):
    rng = np.random.default_rng(3)
    weights = experiment._guesses(name, 3.0, 5, rng)
    strings, lengths, _ = experiment._balanced_strings(6, 4, 9, rng)
    found = experiment._last_outputs(name, weights, strings, lengths)
    expected = [[one_step_at_a_time(name, w, row[:length])[-1] for row, length in zip(strings, lengths)]
                for w in weights]
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_a_net_by_hand_is_right_everywhere_and_one_that_always_says_even_nowhere():
    rng = np.random.default_rng(0)
    both = np.stack([A1_BY_HAND * 0 - 100, A1_BY_HAND])
    for strings in (experiment._balanced_strings(100, 500, 600, rng), experiment._regular_strings(5000)):
        assert experiment._within_a_tenth("A1", both, *strings).tolist() == [1]
    assert experiment._switches_right("A1", A1_BY_HAND, 1)
    assert not experiment._switches_right("A1", both[0], 1)


def test_as_switches_only_the_lengths_asked_for_count(monkeypatch):
    def late(weights, x, units, squash):  # says "even" to the first bit, then the parity
        parity, begun, _ = units
        parity = np.where(x > 0, 1 - parity, parity)
        return parity, np.ones_like(parity), parity * begun
    monkeypatch.setitem(experiment._GUESSED, "late", (late, 0, ((), (), ()), None, None))
    right = {first: experiment._switches_right("late", np.empty(0, dtype=np.float32), first) for first in (1, 2, 500)}
    assert right == {1: False, 2: True, 500: True}


def test_what_errs_on_one_string_alone_is_dropped():
    strings, lengths, labels = experiment._balanced_strings(100, 20, 30, np.random.default_rng(0))
    for wrong in (0, 1, 3, 50, 99):
        altered = labels.copy()
        altered[wrong] ^= 1
        assert len(experiment._within_a_tenth("A1", A1_BY_HAND[None], strings, lengths, altered)) == 0
    assert len(experiment._within_a_tenth("A1", A1_BY_HAND[None], strings, lengths, labels)) == 1


def test_the_number_of_the_guess_counts_those_before_it(monkeypatch):
    guesses = np.tile(A1_BY_HAND * 0, (1000, 1))
    calls = []

    def draw(name, scale, count, rng):
        calls.append(count)
        drawn = guesses[:count].copy()
        if len(calls) == 3:
            drawn[[7, 9]] = A1_BY_HAND
        return drawn
    monkeypatch.setattr(experiment, "_guesses", draw)
    trials, weights = experiment._guess_until_right("A1", 100.0, 10_000, np.random.default_rng(0))
    assert trials == 2008
    assert weights.tolist() == A1_BY_HAND.tolist()
    calls.clear()
    assert experiment._guess_until_right("A1", 100.0, 2000, np.random.default_rng(0)) is None
    assert calls == [1000, 1000]


def test_guesses_that_found_nothing_are_counted_without_a_mean():
    row = experiment._summary_of_guesses("A1", [None, None], np.random.default_rng(0))
    assert (row["solved"], row["trials"], row["mean"]) == (0, [None, None], None)


def test_a_summary_of_guesses_tests_the_solved_only():
    row = experiment._summary_of_guesses("A1", [(10, A1_BY_HAND), None, (30, A1_BY_HAND)], np.random.default_rng(0))
    assert row["trials"] == [10, None, 30]
    assert (row["mean"], row["median"], row["standard_error"]) == (20, 20, 10)
    assert {row[test] for test in ("fresh", "long", "unkind", "switches", "switches_from_1")} == {2}


# XOR in time, and linear recurrences


def test_every_third_bit_of_a_stream_is_the_xor_of_the_two_before_and_the_others_are_fair():
    stream = experiment.xor_stream(400, 30, np.random.default_rng(0)).numpy().astype(int).reshape(400, 30, 3)
    assert (stream[..., 2] == stream[..., 0] ^ stream[..., 1]).all()
    assert abs(stream[..., :2].mean() - 0.5) < 0.02
    assert abs((stream[..., 0] == stream[..., 1]).mean() - 0.5) < 0.02


def test_the_next_bit_is_what_is_predicted():
    model = ParityRNN(1, "tanh")
    with torch.no_grad():  # after each bit: the same bit again
        model.rnn.weight_ih_l0.fill_(20)
        model.rnn.weight_hh_l0.zero_()
        model.rnn.bias_ih_l0.fill_(-10)
        model.rnn.bias_hh_l0.zero_()
        model.hidden_to_logits.weight.fill_(30)
        model.hidden_to_logits.bias.zero_()
    loss, right = experiment._next_bit_loss(model, torch.tensor([[[1.0], [1.0], [0.0], [0.0]]]))
    assert right.tolist() == [[True, False, True]]
    np.testing.assert_allclose(loss.detach(), [[0, 30, 0]], atol=1e-6)


@pytest.mark.parametrize("factor", ["sigmoid", "tanh"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_linear_recurrence_is_the_loop_written_out_in_numpy(factor, channels):
    net = experiment.LinearRecurrence(channels, factor, seeds=2, seed=5)
    bits = np.random.default_rng(0).integers(2, size=(4, 9))
    found = net(torch.from_numpy(bits).float()).detach().numpy()
    weights = {name: p.detach().numpy().reshape(2, -1) for name, p in net.named_parameters()}
    squash = np.tanh if factor == "tanh" else lambda z: 1 / (1 + np.exp(-z))
    for seed in range(2):
        for row, string in enumerate(bits):
            h = np.ones(channels)
            for t, bit in enumerate(string):
                h = squash(weights[f"after_{bit}"][seed]) * h
                h = h + (weights[f"add_{bit}"][seed] if channels > 1 else 0)
                logit = weights["readout"][seed] @ h + weights["threshold"][seed, 0]
                assert found[seed, row, t] == pytest.approx(logit, abs=1e-5)


def test_one_channel_with_factors_one_and_minus_one_is_parity_and_no_positive_one_survives_three_ones():
    net = experiment.LinearRecurrence(1, "tanh")
    with torch.no_grad():
        for name, value in (("after_0", 20.0), ("after_1", -20.0), ("readout", -1.0), ("threshold", 0.0)):
            getattr(net, name).fill_(value)
    assert experiment._right_bits(net, 3000, 10).all()
    positive = experiment.LinearRecurrence(1, "sigmoid", seeds=500)
    with torch.no_grad():
        for weight in positive.parameters():
            weight *= 20
        says_odd = positive(torch.ones(1, 3))[:, 0] > 0
    assert len({tuple(row) for row in says_odd.tolist()}) >= 4
    assert not (says_odd == torch.tensor([True, False, True])).all(dim=1).any()


def test_h_positive_channels_change_their_answer_on_ones_at_most_h_times():
    for channels in (2, 3):
        net = experiment.LinearRecurrence(channels, "sigmoid", seeds=2000, seed=channels).double()
        with torch.no_grad():
            net.readout *= 5
            says_odd = net(torch.ones(1, 60).double())[:, 0] > 0
        changes = (says_odd[:, 1:] != says_odd[:, :-1]).sum(dim=1)
        assert 1 <= changes.max() <= channels


def test_seeds_of_a_linear_recurrence_are_trained_each_by_itself():
    together = experiment._trained_recurrence(experiment.LinearRecurrence(2, "tanh", seeds=3), 3, 0.03, 0.25)
    alone = experiment.LinearRecurrence(2, "tanh", seeds=1)
    start = experiment.LinearRecurrence(2, "tanh", seeds=3)
    with torch.no_grad():
        for name, weight in alone.named_parameters():
            weight.copy_(getattr(start, name)[1:2])
    experiment._trained_recurrence(alone, 3, 0.03, 0.25)
    for name, weight in alone.named_parameters():
        torch.testing.assert_close(weight, getattr(together, name)[1:2], atol=1e-5, rtol=0)


def test_an_unknown_factor_is_refused():
    with pytest.raises(ValueError, match="factor must be 'sigmoid' or 'tanh'"):
        experiment.LinearRecurrence(1, "relu")


# Files


def test_quick_runs_have_the_form_of_the_committed_results(quick):
    for name in NAMES:
        committed = json.loads((experiment.results_folder() / f"{name}.json").read_text())
        thin = json.loads((quick / f"{name}.json").read_text())
        assert same_shape(shape(thin["results"]), shape(committed["results"])), name
        assert thin["provenance"].keys() == committed["provenance"].keys(), name


@pytest.mark.parametrize("name", NAMES)
def test_committed_results_come_from_these_sources_and_settings(name):
    made = experiment.load(name, "provenance")
    assert made["sources"] == experiment.source_hash(name), f"run: parity experiment {name}"
    assert made["settings"] == json.loads(json.dumps(experiment.defaults(name)))
    assert made["torch_threads"] == 1


def test_provenance_says_how_and_not_where(quick):
    made = experiment.load("recipes", "provenance", quick)
    assert made["settings"] == {"seeds": 2, "cap": 60}
    assert made["versions"]["torch"] == torch.__version__
    assert made["cpu"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", made["date"])
    assert not {"host", "hostname", "node", "user", "path"} & made.keys()


def test_the_same_settings_give_the_same_results(quick, tmp_path):
    experiment._trained.cache_clear()
    path = experiment.run("recipes", tmp_path, quick=True)
    assert experiment.load("recipes", folder=path.parent) == experiment.load("recipes", folder=quick)


def test_run_gives_the_threads_back(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setitem(experiment.EXPERIMENTS, "padded_metric", lambda batches, seed=0: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        experiment.run("padded_metric", tmp_path, quick=True)
    assert torch.get_num_threads() == threads
    assert not list(tmp_path.iterdir())


def test_an_unknown_name_is_an_error_that_lists_the_known(tmp_path):
    with pytest.raises(ValueError, match="name must be 'recipes' or"):
        experiment.run("nothing", tmp_path)


def test_load_says_how_to_make_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"parity experiment recipes$"):
        experiment.load("recipes", folder=tmp_path)
    with pytest.raises(FileNotFoundError, match=r"parity bench --save$"):
        experiment.load("bench", folder=tmp_path)


def test_results_are_found_from_anywhere_and_missed_with_advice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (experiment.results_folder() / "recipes.json").is_file()
    elsewhere = tmp_path / "site-packages" / "parity_lib" / "experiment.py"
    monkeypatch.setattr(experiment, "__file__", str(elsewhere))
    with pytest.raises(FileNotFoundError, match="work inside the repository"):
        experiment.results_folder()
    (tmp_path / "book" / "results").mkdir(parents=True)
    assert experiment.results_folder() == tmp_path / "book" / "results"


def test_write_replaces_whole_files_and_keeps_plain_lists_on_a_line(tmp_path):
    path = tmp_path / "deep" / "x.json"
    experiment.write(path, {"a": 1})
    experiment.write(path, {"a": [1, 2, None], "b": [{"c": []}]})
    assert json.loads(path.read_text()) == {"a": [1, 2, None], "b": [{"c": []}]}
    assert '"a": [ 1, 2, null ]' in path.read_text()
    with pytest.raises(ValueError, match="JSON"):
        experiment.write(path, {"a": float("nan")})
    assert [file.name for file in path.parent.iterdir()] == ["x.json"]
    assert "null" in path.read_text()


def test_cpu_model_is_named_without_proc_too(monkeypatch):
    assert experiment._cpu_model()
    monkeypatch.setattr(experiment.Path, "is_file", lambda self: False)
    assert experiment._cpu_model()


# The hash of the sources


def test_hash_ignores_docstrings_comments_and_layout(monkeypatch):
    before = experiment.source_hash("recipes")
    sources = ['"""Another docstring."""\n# a comment\n' + source.split('"""', 2)[2] for source in experiment._SOURCES]
    monkeypatch.setattr(experiment, "_SOURCES", sources)
    assert experiment.source_hash("recipes") == before


def test_hash_sees_every_change_of_code_in_the_library(monkeypatch):
    before = experiment.source_hash("recipes")
    for place in range(len(experiment._SOURCES)):
        sources = list(experiment._SOURCES)
        sources[place] += "\nTHING = 1\n"
        monkeypatch.setattr(experiment, "_SOURCES", sources)
        assert experiment.source_hash("recipes") != before


@pytest.mark.parametrize(("old", "new", "changed"), [
    ("SMOOTHED_OVER = 10", "SMOOTHED_OVER = 11", {"recipes"}),
    ('"lr": 0.005', '"lr": 0.004', {"recipes", "longer_strings", "gradients", "optimizers", "temporal_xor",
                                    "certificates"}),
    ("z = 1.959964", "z = 1.96", set()),
    ("def load(name: str,", "def load(name: str, more=None,", set()),
    ("net.hidden_to_logits.bias.fill_(-1.0)", "net.hidden_to_logits.bias.fill_(-2.0)", {"padded_metric"}),
])
def test_hash_sees_what_an_experiment_uses_and_nothing_else(monkeypatch, old, new, changed):
    before = {name: experiment.source_hash(name) for name in NAMES}
    monkeypatch.setattr(experiment, "_THIS_SOURCE", experiment._THIS_SOURCE.replace(old, new))
    assert {name for name in NAMES if experiment.source_hash(name) != before[name]} == changed


@pytest.mark.parametrize("module", ["ensemble", "machine", "certify"])
def test_hash_sees_the_modules_that_only_some_experiments_use(monkeypatch, module):
    before = {name: experiment.source_hash(name) for name in NAMES}
    altered = experiment._SOURCES_OF_SOME[module] + "\nTHING = 1\n"
    monkeypatch.setitem(experiment._SOURCES_OF_SOME, module, altered)
    changed = {name for name in NAMES if experiment.source_hash(name) != before[name]}
    assert "certificates" in changed
    assert not changed & {"recipes", "padded_metric", "one_unit", "longer_strings", "gradients", "optimizers"}


def test_state_tells_current_from_old_and_missing(quick, tmp_path):
    assert experiment.state("recipes", quick) == "current"
    assert experiment.state("recipes", tmp_path) == "missing"
    content = json.loads((quick / "recipes.json").read_text())
    content["provenance"]["sources"] = "0" * 16
    experiment.write(tmp_path / "recipes.json", content)
    assert experiment.state("recipes", tmp_path) == "of other sources"


# The command


def test_command_lists_every_experiment_with_its_question():
    done = CliRunner().invoke(main, ["experiment", "--list"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.output.splitlines()] == [*NAMES, *grid.SERIES]
    assert "always work?" in done.output


@pytest.mark.parametrize(("arguments", "message"), [
    (["experiment"], "name an experiment, or give --all"),
    (["experiment", "recipe"], "no experiment is called recipe; there are: recipes"),
    (["experiment", "recipes", "--quick"], "--quick needs --out"),
])
def test_command_says_what_is_wrong(arguments, message):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_command_runs_as_a_program(tmp_path):
    code = "from parity_lib.cli import main; main()"
    arguments = ["experiment", "padded_metric", "--quick", "--out", str(tmp_path)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "padded_metric.json").is_file()
