"""The page's training engine, run in a browser, equals PyTorch, draws its tasks correctly, and works in a worker."""

import copy
import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import chi2
from torch.nn.utils import clip_grad_norm_

from parity_figures.widgets import Playground
from parity_figures.widgets.base import front_end, weights
from parity_lib.data import Curriculum, ParityTask
from parity_lib.models import ParityRNN, by_hand
from parity_lib.padding import masked_values
from parity_lib.training import OPTIMIZERS, masked_loss
from parity_study.cells import CELLS
from parity_study.trained_networks import set_forget_bias

pytestmark = pytest.mark.browser

LABELS = {"every": "every_step", "end": "end"}
DEFAULTS = Playground().settings
LSTM = {"cell": "lstm", "hidden": 8, "rate": 0.03, "clip": 1.0}
# Make a trainer from settings over the book's recipe, with given weights or those of the seed.
TRAINER = f"""const e = engine();
function trainer({{ weights, ...settings }}) {{
  const made = new e.Trainer({{ ...{json.dumps(DEFAULTS)}, ...settings }});
  if (weights) made.network.parameters.set(weights);
  return made;
}}"""


@pytest.fixture(scope="module")
def page(page_of_modules):
    """A page from file:// with the engine."""
    return page_of_modules("engine", code=TRAINER)


def evaluate(page, function, argument):
    """Call a function in the page. Long lists are much faster as text than as Playwright sends them."""
    return json.loads(page.evaluate(f"(text) => JSON.stringify(({function})(JSON.parse(text)))", json.dumps(argument)))


def some_strings(rng, count, longest):
    strings = [rng.integers(2, size=length) for length in rng.integers(1, longest, size=count, endpoint=True)]
    return [string.tolist() for string in strings]


def batch_of(strings, label):
    """Return the same batch by parity_lib."""
    lengths = np.array([len(string) for string in strings])
    bits = np.zeros((len(strings), lengths.max()), dtype=np.uint8)
    for row, string in zip(bits, strings, strict=True):
        row[:len(string)] = string
    return ParityTask((1, int(lengths.max())), LABELS[label]).assemble(bits, lengths)


def random_net(cell, hidden, seed, scale=1.0):
    """Return a random network in float64; with a larger scale its units saturate, and gates are open and shut."""
    net = ParityRNN(hidden, cell, seed=seed).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(scale)
    return net


def in_engine_order(net, values=None) -> np.ndarray:
    """Return the parameters of a network, or other values in their place, in the order of the engine."""
    net = copy.deepcopy(net)
    if values is not None:
        torch.nn.utils.vector_to_parameters(torch.cat([value.flatten() for value in values]), net.parameters())
    found = weights(net)
    return np.concatenate([np.ravel(found["matrix"]), found["output"], [found["bias"]]])


def settings_of(net, **more):
    return {"cell": net.cell, "hidden": net.hidden_size, "weights": in_engine_order(net).tolist(), **more}


# ---------------------------------------------------------------- value and gradient


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("cell", CELLS)
def test_loss_accuracy_and_gradient_are_pytorchs(page, cell, label):
    rng = np.random.default_rng(0)
    cases, sizes = [], [(1, 1, 1), (1, 5, 7), (2, 3, 9), (3, 8, 12), (5, 2, 20), (8, 33, 11), (32, 6, 30)]
    for seed, (hidden, count, longest) in enumerate(sizes):
        cases += [(random_net(cell, hidden, seed, scale), some_strings(rng, count, longest)) for scale in (1, 3)]
    results = evaluate(page, """([cases, label]) => cases.map(([settings, strings]) => {
        const { network } = trainer(settings), score = network.lossAndGradient(e.batchOf(strings, label));
        return { ...score, gradient: Array.from(network.gradient),
                 logits: network.run.logits.map((part) => Array.from(part)) };
    })""", [[[settings_of(net), strings] for net, strings in cases], label])
    for (net, strings), ours in zip(cases, results, strict=True):
        batch = batch_of(strings, label)
        logits = net(batch.inputs)
        loss = masked_loss(logits, batch.targets, batch.mask)
        loss.backward()
        gradient = in_engine_order(net, [parameter.grad for parameter in net.parameters()])
        correct = masked_values((logits > 0)[..., 0] == (batch.targets[..., 0] > 0.5), batch.mask).double().mean()
        scale = max(1, np.abs(gradient).max())
        np.testing.assert_allclose(np.array(ours["gradient"]) / scale, gradient / scale, atol=1e-9)
        np.testing.assert_allclose(ours["logits"], logits[..., 0].detach().numpy().T, rtol=1e-9, atol=1e-9)
        assert ours["loss"] == pytest.approx(loss.item(), rel=1e-9)
        assert ours["accuracy"] == pytest.approx(correct.item())


# ---------------------------------------------------------------- optimisers and initial weights


@pytest.mark.parametrize("clip", [None, 0.02])
@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.5), ("adam", 0.01)])
@pytest.mark.parametrize("cell", ["relu", "gru"])
def test_updates_are_pytorchs(page, cell, optimizer, rate, clip):
    rng = np.random.default_rng(1)
    net, batches = random_net(cell, 6, 3), [some_strings(rng, 7, 10) for _ in range(20)]
    ours = evaluate(page, """([settings, batches]) => {
        const made = trainer(settings);
        return batches.map((strings) => {
            const { loss } = made.step(e.batchOf(strings, "every"));
            return [loss, Array.from(made.network.parameters)];
        });
    }""", [settings_of(net, optimizer=optimizer, rate=rate, clip=clip), batches])
    updates, clipped = OPTIMIZERS[optimizer](net.parameters(), lr=rate), 0
    for strings, (loss_of_ours, parameters) in zip(batches, ours, strict=True):
        batch = batch_of(strings, "every")
        updates.zero_grad()
        loss = masked_loss(net(batch.inputs), batch.targets, batch.mask)
        loss.backward()
        if clip is not None:
            clipped += int(clip_grad_norm_(net.parameters(), clip) > clip)
        updates.step()
        assert loss_of_ours == pytest.approx(loss.item(), abs=1e-7)
        np.testing.assert_allclose(parameters, in_engine_order(net), atol=1e-7)
    assert clipped > 0 or clip is None


@pytest.mark.parametrize("cell", CELLS)
def test_initial_weights_are_drawn_as_pytorchs(page, cell):
    values, again, other, open_gate = (np.array(weights) for weights in page.evaluate("""(cell) =>
        [{ seed: 1 }, { seed: 1 }, { seed: 2 }, { seed: 1, forgetBias: 5 }].map((more) =>
            Array.from(trainer({ cell, hidden: 9, ...more }).network.parameters))""", cell))
    net = ParityRNN(9, cell)
    drawn = in_engine_order(net) != 0
    assert np.array_equal(values != 0, drawn)
    assert np.array_equal(values, again)
    assert not np.isclose(values, other)[drawn].any()
    values = values[drawn]
    assert 0.95 / 3 < np.abs(values).max() < 1 / 3
    assert abs(values.mean()) < 4 / 3 / np.sqrt(3 * len(values))
    if cell == "lstm":
        forget = np.s_[9:18, 10:]       # the biases of the forget gates
        set_forget_bias(net, 5)
        expected = in_engine_order(net)[:-10].reshape(36, 12)
        np.testing.assert_array_equal(open_gate[:-10].reshape(36, 12)[forget], expected[forget])
    else:
        np.testing.assert_array_equal(open_gate, again)


# ---------------------------------------------------------------- tasks


def test_random_strings_are_uniform_in_length_and_fair_in_bits(page):
    strings = page.evaluate("() => e.drawStrings(e.random(0, 2), 20000, 1, 50).map((bits) => bits.join(''))")
    counts = np.bincount([len(string) for string in strings], minlength=52)
    assert counts[0] == counts[51] == 0
    assert ((counts[1:51] - 400) ** 2 / 400).sum() < chi2.ppf(0.999, df=49)
    pairs = np.bincount([int(string[:2], 2) for string in strings if len(string) > 1], minlength=4)
    assert ((pairs - pairs.mean()) ** 2 / pairs.mean()).sum() < chi2.ppf(0.999, df=3)


def test_all_strings_are_all_strings(page):
    for n in (1, 5, 10):
        bits, count = page.evaluate("""(n) => {
            const { bits, count } = trainer({ lengths: n, batch: "all" }).nextBatch();
            return [Array.from(bits), count];
        }""", n)
        strings = ["".join(map(str, column)) for column in np.reshape(bits, (n, count)).T]
        assert sorted(strings) == [format(number, f"0{n}b") for number in range(2**n)]


def test_a_curriculum_grows_as_parity_libs_does(page):
    history = page.evaluate("""(settings) => {
        const made = trainer({ ...settings, lengths: { curriculum: [2, 12] } });
        return Array.from({ length: 400 }, () => {
            const { reach } = made, batch = made.nextBatch();
            return [reach, batch.steps, made.step(batch).accuracy];
        });
    }""", LSTM)
    curriculum = Curriculum(start=2, stop=12)
    assert (history[0][0], history[-1][0]) == (2, 12)
    for (reach, steps, accuracy), (later, *_) in pairwise(history):
        assert steps <= reach
        assert later == curriculum.next_longest(reach, accuracy)


# ---------------------------------------------------------------- validation


@pytest.mark.parametrize("cell", CELLS)
def test_a_network_by_hand_solves_the_task_and_one_that_always_answers_even_does_not(page, cell):
    correct, blind = by_hand(cell), by_hand(cell)
    blind.hidden_to_logits.weight.data.zero_()
    blind.hidden_to_logits.bias.data.fill_(-1)
    for net, expected in ((correct, True), (blind, False)):
        for more in ({"lengths": 20}, {"lengths": [1, 20], "label": "end"}, {"lengths": 6, "batch": "all"}):
            solved, accuracy = page.evaluate("""(settings) => { const made = trainer(settings);
                return [made.solved(), made.accuracyByLength(15, 2000)]; }""", settings_of(net, **more))
            assert solved is expected
            if expected:
                assert accuracy == [1] * 15
            else:
                np.testing.assert_allclose(accuracy, 0.5, atol=0.06)


def test_validation_strings_are_half_as_long_again_and_one_wrong_answer_is_enough(page):
    shapes = page.evaluate("""(all) => all.map((settings) => trainer(settings).validation
        .map(({ count, steps, counted }) => [count, steps, counted]))""",
                           [{"lengths": 15}, {"lengths": [1, 15], "label": "end"}, {"lengths": 4, "batch": "all"}])
    assert shapes[0] == [[50, 22, 1100]] * 10
    assert [count for count, _, _ in shapes[1]] == [50] * 10
    assert max(steps for _, steps, _ in shapes[1]) == 22
    assert shapes[2] == [[16, 4, 64]]
    solved = page.evaluate("""(settings) => Array.from({ length: 10 }, (_, part) => {
        const made = trainer(settings), { labels } = made.validation[part];
        labels[labels.length - 1] = 1 - labels[labels.length - 1];
        return made.solved();
    })""", settings_of(by_hand("relu"), lengths=10))
    assert solved == [False] * 10


# ---------------------------------------------------------------- the worker


@pytest.fixture
def worker(page):
    """A page with a worker, whose messages are kept in ``messages``."""
    page.evaluate("() => { window.messages = []; window.worker = startWorker((message) => messages.push(message)); }")
    yield page
    page.evaluate("worker.terminate()")


def send(page, kind, **message):
    page.evaluate("(message) => worker.postMessage(message)", {"kind": kind, **message})


def reports(page, run=1):
    return page.evaluate("(run) => messages.filter((m) => m.kind === 'progress' && m.run === run)", run)


def test_the_worker_trains_until_it_has_solved_its_task(worker):
    settings = {**DEFAULTS, **LSTM, "lengths": [1, 8], "seed": 3}
    send(worker, "start", run=1, settings=settings)
    send(worker, "resume")
    worker.wait_for_function("messages.at(-1)?.solved && !messages.at(-1).running", timeout=120_000)
    last = (all_reports := reports(worker))[-1]
    assert last["snapshots"][-1]["steps"] == last["steps"]
    assert last["snapshots"][-1]["accuracyByLength"][:8] == [1] * 8
    assert last["solved"] == last["steps"]
    losses = [loss for report in all_reports for loss in report["losses"]]
    # Measurements in between do not change the training.
    alone = worker.evaluate("""([settings, steps]) => { const made = trainer(settings);
        return Array.from({ length: steps }, () => made.step().loss); }""", [settings, last["steps"]])
    assert losses == alone


def test_a_new_run_replaces_the_last_one_and_errors_are_reported(worker):
    send(worker, "pause")
    send(worker, "dance")
    worker.wait_for_function("messages.length === 2")
    assert worker.evaluate("messages.map((m) => m.kind)") == ["error", "error"]
    for run in (1, 2, 3):
        send(worker, "start", run=run, settings={**DEFAULTS, "lengths": 30, "label": "end", "seed": run})
        send(worker, "resume")
    worker.wait_for_function("messages.filter((m) => m.run === 3).length > 3", timeout=60_000)
    runs = worker.evaluate("messages.slice(2).map((m) => m.run)")
    assert runs == sorted(runs)
    assert reports(worker, run=3)[0]["steps"] == 0
    send(worker, "start", run=4, settings={**DEFAULTS, "cell": "rnn"})
    worker.wait_for_function("messages.at(-1).run === 4")
    worker.wait_for_timeout(200)
    assert worker.evaluate("messages.at(-1).kind") == "error"      # and run 3 has ended


# ---------------------------------------------------------------- what it learns


def solved_at(page, settings, most, seeds=10):
    """Return the update at which each seed solved the task in the worker, or None."""
    return page.evaluate("""async ([settings, seeds, most]) => {
        const results = [];
        for (let seed = 0; seed < seeds; seed++) results.push(await new Promise((resolve) => {
            worker.onmessage = ({ data }) => {
                if (data.run === seed && data.steps && (!data.running || data.steps >= most)) resolve(data.solved);
            };
            worker.postMessage({ kind: "start", run: seed, settings: { ...settings, seed } });
            worker.postMessage({ kind: "resume" });
        }));
        return results;
    }""", [{**DEFAULTS, **settings}, seeds, most])


SOLVES = {      # presets of the playground, and the update at which a run of each is stopped
    "The book's recipe": 3000, "LSTM: all 32 strings of 5 bits, a label at the end": 8000,
    "LSTM: a label at every step, 50 bits": 3000, "LSTM: a label at every step, 1 to 50 bits": 3000,
    "LSTM: a label at the end, 1 to 50 bits": 8000, "A curriculum: LSTM, a label at the end": 8000}
FAILS = {"A single tanh unit": 1000, "LSTM: 64 drawn strings of 5 bits, a label at the end": 3000,
         "LSTM: a label at the end, 50 bits": 1000}
PRESETS = [pytest.param(name, marks=pytest.mark.weekly if place > 1 else pytest.mark.slow)
           for presets in (SOLVES, FAILS) for place, name in enumerate(presets)]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_succeeds_or_fails_as_its_chapter_says(worker, preset):
    source = front_end("playground")[0]
    presets = source[source.index("const RECIPE ="):source.index("export default")]
    settings = worker.evaluate(f"(() => {{ {presets}; return PRESETS; }})()")[preset]
    steps = solved_at(worker, settings, most=(SOLVES | FAILS)[preset], seeds=4)
    print(preset, steps)
    solved = sum(step is not None for step in steps)
    assert solved >= 3 if preset in SOLVES else solved <= 1
