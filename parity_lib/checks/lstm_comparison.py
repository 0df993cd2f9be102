"""Checks of the exercise *LSTM comparison*."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import models
from parity_lib.checks import core, expect
from parity_lib.checks.core import CheckFailed, ModuleRun, ModuleState, call, call_module
from parity_lib.checks.reporting import check, fresh, private  # noqa: F401  (notebooks call them here)

READY_STEP = (nn.LSTM, nn.LSTMCell, torch.lstm_cell, torch.lstm, models.ParityRNN)
READY_MODEL = (models.ParityRNN, models.by_hand)
GATES, THE_CELL = "unrolling#why-one-gated-unit-can", "unrolling#the-cell-in-numpy"
BATCH_FIRST = "unrolling#shapes-and-a-mistake-that-makes-no-noise"
PARAMETERS = "unrolling#how-many-parameters"
SEEDS, GRADIENT = "training#twenty-seeds-instead-of-one", "training#the-gradient-through-time"
ORDER = "ifgo"


# ---------------------------------------------------------------- task 1


@check(4, "lstm_step: h and c of nn.LSTMCell on the same weights")
def lstm_step(seed: int = 0) -> None:
    """``lstm_step(x, h, c, weights)``: ``[batch, 1]`` and twice ``[batch, H]`` -> ``(h, c)``, each ``[batch, H]``."""
    rng = np.random.default_rng(seed)
    for batch, hidden in ((5, 3), (1, 2), (4, 4)):
        weights = {"weight_ih": rng.normal(size=(4 * hidden, 1)), "weight_hh": rng.normal(size=(4 * hidden, hidden)),
                   "bias_ih": rng.normal(size=4 * hidden), "bias_hh": rng.normal(size=4 * hidden)}
        x = rng.integers(2, size=(batch, 1)).astype(float)
        h, c = rng.normal(size=(batch, hidden)), 2 * rng.normal(size=(batch, hidden))
        what = f"lstm_step with a batch of {batch} and {hidden} hidden units"
        got_h, got_c = _pair(call("lstm_step", x, h, c, weights, forbid=READY_STEP), what, (batch, hidden))
        right_h, right_c = _lstm(x, h, c, weights)
        hint = _step_hint(got_h, got_c, x, h, c, weights)
        # c first: h is computed from it.
        expect.close(got_c, right_c, f"{what}: c, the second of the pair", hint, GATES)
        expect.close(got_h, right_h, f"{what}: h, the first of the pair", hint, GATES)


def _pair(result: Any, what: str, shape: tuple[int, int]) -> list[np.ndarray]:
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        given, hint = core._kind(result), "only one state came back; the next step needs both"
        if isinstance(result, (tuple, list)):
            given, hint = f"{len(result)} of them", "nn.LSTM gives (output, (h, c)); here it is the pair alone"
        elif result is None:
            hint = ""
        expect.fail(what, "a pair (h, c)", given, hint, GATES)
    return [expect.array(value, f"{what}: {name}", shape, see=THE_CELL).astype(float)
            for name, value in zip("hc", result, strict=True)]


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def _blocks(x, h, weights, biases=("bias_ih", "bias_hh")) -> list[np.ndarray]:
    """The four blocks that go into the activations, each ``[batch, H]``."""
    a = x @ weights["weight_ih"].T + h @ weights["weight_hh"].T + sum(weights[name] for name in biases)
    return np.split(a, 4, axis=1)


def _states(blocks: list[np.ndarray], c: np.ndarray, order: str = ORDER) -> tuple[np.ndarray, np.ndarray]:
    gate = dict(zip(order, blocks, strict=True))
    new = _sigmoid(gate["f"]) * c + _sigmoid(gate["i"]) * np.tanh(gate["g"])
    return _sigmoid(gate["o"]) * np.tanh(new), new


def _lstm(x, h, c, weights) -> tuple[np.ndarray, np.ndarray]:
    return _states(_blocks(x, h, weights), c)


def _step_hint(got_h, got_c, x, h, c, weights) -> str:
    blocks = _blocks(x, h, weights)
    right_h, right_c = _states(blocks, c)
    i, f, o = (_sigmoid(blocks[k]) for k in (0, 1, 3))
    g = np.tanh(blocks[2])
    pairs = {"the pair is in the other order: return h first, then c": (right_c, right_h)}
    for order in itertools.permutations(ORDER):
        if order != tuple(ORDER):
            pairs[_order_hint(order)] = _states(blocks, c, "".join(order))
    pairs |= {
        "only bias_ih takes part; PyTorch adds bias_hh too": _states(_blocks(x, h, weights, ("bias_ih",)), c),
        "only bias_hh takes part; PyTorch adds bias_ih too": _states(_blocks(x, h, weights, ("bias_hh",)), c),
        "no bias takes part; PyTorch adds bias_ih and bias_hh": _states(_blocks(x, h, weights, ()), c),
        "the old state h does not take part": _lstm(x, 0 * h, c, weights),
        "each gate's block of weight_hh is transposed: row i of it makes unit i": _lstm(x, h, c, weights | {
            "weight_hh": np.concatenate([block.T for block in np.split(weights["weight_hh"], 4)])}),
        "the rows are read in fours; each gate has H rows in one block": _states(_interleaved(blocks), c),
    }
    new_c = {
        "the candidate g goes through a sigmoid; it is the one that gets tanh": f * c + i * _sigmoid(blocks[2]),
        "the candidate g has no tanh": f * c + i * blocks[2],
        "the forget gate scales the new c as well; it scales the old c alone": f * (c + i * g),
        "the old c does not take part; the forget gate keeps a share of it": i * g,
        "the forget gate is missing: c + i * g keeps all of the old c": c + i * g,
        "the input gate is missing: it scales the candidate g": f * c + g,
        "(1 - i) stands where the forget gate f belongs; that is how a GRU does it": (1 - i) * c + i * g,
        "the c that comes back is tanh(c); tanh belongs into h only": np.tanh(right_c),
    }
    new_h = {
        "tanh on c is missing in h: it is o * tanh(c)": o * right_c,
        "the output gate o is missing in h: it is o * tanh(c)": np.tanh(right_c),
        "h is made from the old c; it is o * tanh(c) with the new one": o * np.tanh(c),
        "tanh stands around the product; it belongs on c alone: o * tanh(c)": np.tanh(o * right_c),
    }
    found = [words for words, (one, two) in pairs.items() if _same(got_h, one) and _same(got_c, two)]
    found += [words for words, value in new_c.items() if _same(got_c, value)]
    found += [words for words, value in new_h.items() if _same(got_h, value) and _same(got_c, right_c)]
    if not found and _same(got_c, right_c):
        found = ["c is right and h is not: h = o * tanh(c), with the new c"]
    return found[0] if found else ""


def _order_hint(order: tuple[str, ...]) -> str:
    swapped = [name for name, right in zip(order, ORDER, strict=True) if name != right]
    names = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}
    if len(swapped) == 2:
        return f"the {names[swapped[0]]} and the {names[swapped[1]]} are swapped: the blocks are i, f, g, o"
    return f"the gates are read in the order {', '.join(order)}; PyTorch's blocks are i, f, g, o"


def _interleaved(blocks: list[np.ndarray]) -> list[np.ndarray]:
    together = np.concatenate(blocks, axis=1)
    return [together[:, k::4] for k in range(4)]


def _same(got: np.ndarray, value: np.ndarray) -> bool:
    return got.shape == value.shape and np.allclose(got, value, rtol=1e-5, atol=1e-5)


# ---------------------------------------------------------------- task 2


@check(4, "LSTMParity: an LSTM layer and its readout, one logit after each bit")
def lstm_parity(seed: int = 0) -> None:
    """``LSTMParity(hidden_size)``: a module, ``[batch, steps, 1]`` -> logits ``[batch, steps, 1]``."""
    rng = np.random.default_rng(seed)
    every = torch.from_numpy((np.arange(64)[:, None] >> np.arange(6)) & 1).float()[..., None]
    for hidden in (4, 6):
        run = _Net(hidden)
        run(_bits(rng, 3, 7))
        _is_no_formula(_logits(run(every)), every)
        first = run(every, output_gradient=_at_the_end(every))
        _has_size(first, hidden)
        run.state = _draw(first, rng)
        _is_no_formula(_logits(run(every)), every)
        _says_the_same_again(run, rng)
        _reads_strings(run, _bits(rng, 8, 5))
        _passes_gradients(run, _bits(rng, 8, 5))
        _is_the_layer(run, _bits(rng, 4, 9))


class _Net:
    """The student's LSTMParity with weights of the check."""

    def __init__(self, hidden: int) -> None:
        self.hidden, self.state = hidden, None

    def __call__(self, inputs: torch.Tensor, **kwargs: Any) -> ModuleRun:
        ran = call_module("LSTMParity", self.hidden, inputs=(inputs,), state=self.state, forbid=READY_MODEL, **kwargs)
        _has_shape(ran.output, tuple(inputs.shape), self.hidden)
        return ran


def _bits(rng: np.random.Generator, batch: int, steps: int) -> torch.Tensor:
    return torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).float()


def _at_the_end(inputs: torch.Tensor) -> torch.Tensor:
    gradient = torch.zeros_like(inputs)
    gradient[:, -1] = 1
    return gradient


def _weights(ran: ModuleRun) -> dict[str, torch.Tensor]:
    """The entries of the state that are parameters, as far as one can tell: a first state of zeros is none."""
    return {key: value for key, value in ran.state.items()
            if key in ran.gradients or (value.is_floating_point() and value.any())}


def _logits(run: ModuleRun) -> np.ndarray:
    return expect.array(run.output, "LSTMParity: the logits").astype(float)


def _has_shape(output: Any, shape: tuple[int, int, int], hidden: int) -> None:
    what = f"LSTMParity({hidden}) of an input of shape {shape}"
    if isinstance(output, (tuple, list)):
        expect.fail(what, f"a tensor of logits, {shape}", f"a {type(output).__name__} of {len(output)}",
                    "nn.LSTM returns (output, (h, c)): take the first, and return the logits alone", THE_CELL)
    got = expect.array(output, what)
    batch, steps, _ = shape
    hint = {(batch, steps): "the last axis of size 1 is gone: leave out the squeeze",
            (batch, 1): "only the last step came back; the readout goes on the state of every step",
            (1, batch, 1): "this is the last state, h; the readout goes on the output, the state of every step",
            (batch, steps, hidden): "these are hidden states; nn.Linear(hidden_size, 1) makes logits of them",
            (steps, batch, 1): "the steps come first; say batch_first=True, or transpose back"}.get(got.shape, "")
    if got.shape != shape:
        expect.fail(what, f"shape {shape}", f"shape {got.shape}", hint, THE_CELL)
    expect.array(output, what, shape, "float", THE_CELL)


def _is_no_formula(logits: np.ndarray, inputs: torch.Tensor) -> None:
    """Parity computed in code gives one value for all even strings, another for all odd ones, untrained."""
    odd = np.cumsum(inputs.numpy(), axis=1) % 2 == 1
    even_values, odd_values = logits[:, -1][~odd[:, -1]], logits[:, -1][odd[:, -1]]
    same_value = np.ptp(even_values) < 1e-6 and np.ptp(odd_values) < 1e-6
    if (same_value and abs(even_values[0] - odd_values[0]) > 1e-6) or ((logits > 0) == odd).all():
        expect.fail("an untrained LSTMParity on all strings of 6 bits", "answers that depend on random weights",
                    "answers that follow the parity", "the code computes the parity itself, with a sum modulo 2 for "
                    "instance; the net has to find it in its weights", "one-bit#watch-one-learn")


def _has_size(first: ModuleRun, hidden: int) -> None:
    def size(gates: int, h: int, biases: int = 2, layers: int = 1) -> int:
        return gates * h * (1 + h + biases) + (layers - 1) * gates * h * (2 * h + biases) + h + 1

    count = sum(value.numel() for value in _weights(first).values())
    if count in (size(4, hidden), size(4, hidden, biases=1)):
        return
    slips = {
        size(1, hidden): "this is the count of an nn.RNN: has it been replaced by nn.LSTM?",
        size(3, hidden): "this is the count of an nn.GRU; here it is nn.LSTM",
        size(4, hidden, layers=2): "these are two layers; here it is one",
        size(4, hidden, biases=0): "the LSTM has no biases; leave out bias=False",
        2 * (size(4, hidden) - hidden - 1) + 2 * hidden + 1: "a bidirectional LSTM reads the string from its end as "
                                                             "well: leave out bidirectional=True",
        size(4, hidden) - hidden - 1: "the readout nn.Linear is not among them: make it in __init__, as self.readout",
        size(4, hidden) - 1: "the readout has no bias; leave out bias=False",
        hidden + 1: "the LSTM is not among them: make it in __init__, as self.lstm, and not in forward or in a list",
    } | {size(4, other): f"this is the count with {other} units: is hidden_size used?"
         for other in range(1, 129) if other != hidden}
    expect.fail(f"LSTMParity({hidden}): the number of parameters", size(4, hidden), count,
                slips.get(count, "one nn.LSTM(1, hidden_size) and one nn.Linear(hidden_size, 1), no more"), PARAMETERS)


def _draw(first: ModuleRun, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """Larger weights than at the start, so that every path through the net shows."""
    return first.state | {key: torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(value.shape))).to(value.dtype)
                          for key, value in _weights(first).items()}


def _says_the_same_again(run: _Net, rng: np.random.Generator) -> None:
    strings, others = _bits(rng, 3, 5), _bits(rng, 2, 5)
    once, again = _logits(run(strings)), _logits(run(strings))
    if not _same(again, once):
        expect.fail("LSTMParity with the same weights on the same strings, made twice", once[0, :, 0], again[0, :, 0],
                    "something is random: dropout, or a first state that is drawn; h_0 and c_0 are zeros", THE_CELL)
    kept = "the state of the last call is kept, as self.state perhaps; each call begins with h_0 = c_0 = 0"
    for before in (strings, others):
        what = f"LSTMParity asked about {len(before)} strings and then about {len(strings)}: the second answer"
        try:
            ran = run(before, then=[(strings,)])
        except CheckFailed as failure:
            expect.fail(what, once[0, :, 0], str(failure).splitlines()[0], kept, THE_CELL)
        second = expect.array(ran.then[0], what).astype(float)
        if not _same(second, once):
            expect.fail(what, once[0, :, 0], second.reshape(-1)[:5], kept, THE_CELL)


def _reads_strings(run: _Net, strings: torch.Tensor) -> None:
    """Row by row, forwards, and with a memory."""
    before = _logits(run(strings))

    def changed(rows, steps) -> np.ndarray:
        other = strings.clone()
        other[rows, steps] = 1 - other[rows, steps]
        return np.abs(_logits(run(other)) - before)[..., 0] > 1e-6

    moved = changed(0, slice(None))
    if moved[1:].any():
        expect.fail("LSTMParity: string 0 of a batch is changed, the others are not", "new logits for string 0 alone",
                    f"new logits for strings {np.flatnonzero(moved.any(axis=1)).tolist()}",
                    "the net reads down the batch: batch_first=True is missing, or view stands for transpose",
                    BATCH_FIRST)
    if changed(slice(None), -1)[:, :-1].any():
        expect.fail("LSTMParity: the last bit of each string is changed", "the same logits at all steps before",
                    "other logits before the last step", "the net sees the future: is the LSTM bidirectional, or is "
                    "the last state given to every step?", "unrolling#a-network-with-a-loop")
    if not changed(slice(None), 0)[:, -1].any():
        expect.fail("LSTMParity: the first bit of each string is changed", "other logits at the last step",
                    "the same logits", "nothing is carried from step to step: the steps go through the LSTM as one "
                    "string, with h and c of the step before", "unrolling#a-network-with-a-loop")


def _passes_gradients(run: _Net, strings: torch.Tensor) -> None:
    strings[0] = 1  # so that weight_ih takes part in the last step whatever was drawn
    ran = run(strings, output_gradient=_at_the_end(strings))
    what = "LSTMParity: the gradient of the last logit"
    for key in _weights(ran):
        if key not in ran.gradients or not ran.gradients[key].any():
            expect.fail(f"{what}, at {key}", "numbers other than 0", "nothing",
                        "the way from the loss to this parameter is cut: by detach, no_grad, or because it is not used",
                        GRADIENT)
    if ran.input_gradient is not None and not ran.input_gradient[:, 0].any():
        expect.fail(f"{what}, at the first bit", "numbers other than 0", "zeros",
                    "the state is cut off between steps, by detach: the gradient has to go back through all of them",
                    GRADIENT)


def _is_the_layer(run: _Net, strings: torch.Tensor) -> None:
    """Equal to nn.LSTM and nn.Linear on the same weights, where the names say which is which."""
    lstm, readout = nn.LSTM(1, run.hidden, batch_first=True).double(), nn.Linear(run.hidden, 1).double()
    found = {}
    for key, value in run.state.items():
        name = key.rpartition(".")[2].removesuffix("_l0")
        if name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            found[f"{name}_l0"] = value
        elif value.shape == (1, run.hidden):
            found["weight"] = value
        elif value.shape == (1,):
            found["bias"] = value
    if len(found) != 6:
        return
    lstm.load_state_dict({key: found[key] for key in lstm.state_dict()})
    readout.load_state_dict({key: found[key] for key in ("weight", "bias")})
    with torch.no_grad():
        states, cells = lstm(strings.double())[0], _cell_states(lstm, strings)
        expected = readout(states).numpy()
        slips = {"a sigmoid stands on the readout; logits are what comes before it": torch.sigmoid(readout(states)),
                 "a tanh stands on the readout; logits are what comes before it": torch.tanh(readout(states)),
                 "a relu stands between the LSTM and the readout": readout(states.relu()),
                 "a tanh stands between the LSTM and the readout": readout(states.tanh()),
                 "the readout is on the cell states c; it reads the hidden states h": readout(cells)}
    got = _logits(run(strings))
    hint = next((words for words, value in slips.items() if np.allclose(got, value.numpy(), atol=1e-4)),
                "the logits are nn.Linear of the states of nn.LSTM, with nothing before, between or behind")
    expect.close(got, expected, "LSTMParity beside nn.LSTM and nn.Linear on the same weights", hint,
                 "unrolling#softmax-or-sigmoid", tolerance=1e-4)


def _cell_states(lstm: nn.LSTM, strings: torch.Tensor) -> torch.Tensor:
    ends = [lstm(strings[:, :t + 1].double())[1][1][0] for t in range(strings.shape[1])]
    return torch.stack(ends, dim=1)


# ---------------------------------------------------------------- task 3


@check(2, "summarise: solved, runs, and a median in which no run is forgotten")
def summarise(seed: int = 0) -> None:
    """``summarise(steps)``: a list of steps or None -> ``(solved, count, median)``."""
    rng = np.random.default_rng(seed)
    cases = [[300, 100, 250], [None, 100, None, None, None], [400, None, 150, 50, None], [None, None], [700],
             [200, None, 100, None], [100, 900, 200, None], *(_runs(rng) for _ in range(20))]
    for steps in cases:
        result, what = call("summarise", list(steps)), f"summarise({steps})"
        expected = _summary(steps)
        if not isinstance(result, (tuple, list)) or len(result) != 3:
            given = core._kind(result) if result is None else f"{type(result).__name__}: {expect.show(result, 60)}"
            expect.fail(what, expected, given,
                        "return three values: how many were solved, how many runs there are, the median", SEEDS)
        got = tuple(_number(value) for value in result)
        if not _equal(got, expected):
            expect.fail(what, expected, tuple(result), _summary_hint(got, expected, steps), SEEDS)


def _runs(rng: np.random.Generator) -> list[int | None]:
    count = int(rng.integers(1, 9))
    return [None if rng.random() < 0.4 else int(step) for step in 50 * rng.integers(1, 41, size=count)]


def _summary(steps: list[int | None]) -> tuple[int, int, float | None]:
    solved = [step for step in steps if step is not None]
    middle = float(np.median(solved + [np.inf] * (len(steps) - len(solved)))) if steps else np.inf
    return len(solved), len(steps), middle if np.isfinite(middle) else None


def _number(value: Any) -> Any:
    """A number of NumPy or torch as Python's; anything else as it is."""
    if isinstance(value, (np.ndarray, torch.Tensor)):
        return value.item() if value.shape in ((), (1,)) else "an array"
    return value.item() if isinstance(value, np.generic) else value


def _equal(got: tuple, expected: tuple) -> bool:
    return all(one == two or (isinstance(one, float) and two is not None and abs(one - two) < 1e-6)
               for one, two in zip(got, expected, strict=True))


def _summary_hint(got: tuple, expected: tuple, steps: list[int | None]) -> str:
    solved = [step for step in steps if step is not None]
    count, late = len(steps), [np.inf if step is None else step for step in steps]
    medians = {
        "the steps are not sorted before the middle one is taken": late[count // 2],
        "this is the median of the solved runs alone; a net that fails often looks fast in it":
            np.median(solved) if solved else np.nan,
        "a run that is not solved counts as 0 steps here; it takes longer than all others":
            np.median([step or 0 for step in steps]),
        "this is the mean; one slow run moves it far": np.mean(solved) if solved else np.nan,
        "for an even number of runs the median is halfway between the two in the middle": sorted(late)[count // 2],
        "half of an even number of runs: take the mean of the two in the middle": sorted(late)[(count - 1) // 2],
    }
    if got[:2] != expected[:2]:
        if got[:2] == expected[1::-1]:
            return "the first two are swapped: solved first, then all runs"
        if got[0] == got[1] == expected[0]:
            return "the second number counts solved runs again; it is the number of all runs"
        return "solved counts the steps that are not None, and the second number is len(steps)"
    if expected[2] is None and isinstance(got[2], float) and not np.isfinite(got[2]):
        return "where the middle run was not solved there is no such step: return None, not inf or nan"
    if got[2] is None:
        return "None belongs only where the middle run was not solved; here more than half were"
    return next((words for words, value in medians.items() if got[2] == value),
                "if None became the budget or some other number, that number is invented: nobody saw the run end there")


# ---------------------------------------------------------------- task 4


@check(4, "gradient_norms: how far back the last state can be moved, for RNN, LSTM and GRU")
def gradient_norms(seed: int = 0) -> None:
    """``gradient_norms(model, inputs)``: a layer of torch.nn and ``[batch, steps, 1]`` -> floats ``[steps]``."""
    rng = np.random.default_rng(seed)
    for layer, hidden, batch, steps in ((nn.RNN, 3, 4, 6), (nn.LSTM, 3, 5, 7), (nn.GRU, 2, 3, 4), (nn.LSTM, 4, 1, 5)):
        model, inputs, expected = _visible(layer, hidden, batch, steps, rng)
        what = f"gradient_norms of an nn.{layer.__name__} with {hidden} units, {batch} strings of {steps} bits"
        result = call("gradient_norms", ModuleState.of(model), inputs)
        got = expect.array(result, what, see=GRADIENT)
        shapes = {(batch, steps): "the average over the batch is missing", (batch,): "the average ran along the steps; "
                  "it goes over the batch", (batch, steps, 1): "the norm and the average over the batch are missing",
                  (steps, 1): "the last axis is still there; the norm goes along it", (): "one number for all steps; "
                  "keep the axis of the steps"}
        if got.shape != (steps,):
            expect.fail(what, f"shape {(steps,)}", f"shape {got.shape}", shapes.get(got.shape, ""), GRADIENT)
        got = expect.array(result, what, (steps,), "float", GRADIENT)
        expect.close(got, expected, what, _norm_hint(got, model, inputs), GRADIENT)


def _visible(layer, hidden: int, batch: int, steps: int, rng: np.random.Generator):
    """A net whose gradient does not vanish within these few steps, and strings on which each slip shows."""
    model = layer(1, hidden, batch_first=True).double()
    while True:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).double()
        expected = _norms(_gradient(model, inputs)).mean(axis=0)
        slips = _norm_slips(model, inputs).values() if batch > 1 else ()
        if expected.min() > 2e-3 and not any(_same(value, expected) for value in slips):
            return model, inputs, expected


def _gradient(model: nn.Module, inputs: torch.Tensor, loss=lambda output, last: output[:, -1].sum()) -> np.ndarray:
    inputs = inputs.clone().requires_grad_()
    return torch.autograd.grad(loss(*model(inputs)), inputs)[0].numpy()


def _norms(gradient: np.ndarray) -> np.ndarray:
    return np.linalg.norm(gradient, axis=2)


def _norm_slips(model: nn.Module, inputs: torch.Tensor) -> dict[str, np.ndarray]:
    """What comes of each likely mistake."""
    gradient = _gradient(model, inputs)
    norms = _norms(gradient)
    right = norms.mean(axis=0)
    slips = {
        "the norms are added up over the batch; take their mean": norms.sum(axis=0),
        "the gradients are averaged over the batch before the norm, so that they cancel: first the norm of each "
        "string, then the mean": np.abs(gradient.mean(axis=0))[:, 0],
        "the norm runs over the batch; it is taken for each string alone": np.linalg.norm(norms, axis=0),
        "these are the norms of one string; take the mean over all": norms[0],
        "output[-1] is the last string of the batch; the last step is output[:, -1]":
            _norms(_gradient(model, inputs, lambda output, last: output[-1].sum())).mean(axis=0),
        "the steps are in reverse order: entry 0 belongs to the first bit": right[::-1],
        "this is divided by the norm at the last step; return the norms themselves": right / right[-1],
        "these are squares of the norms": (norms**2).mean(axis=0),
        "the sign is still there: the norm of one number is its size": gradient.mean(axis=0)[:, 0],
        "the loss adds up the states of all steps; it is the state of the last step alone":
            _norms(_gradient(model, inputs, lambda output, last: output.sum())).mean(axis=0),
        "the loss is a mean; it is the sum over units and strings":
            _norms(_gradient(model, inputs, lambda output, last: output[:, -1].mean())).mean(axis=0),
        "the loss is the mean over all states; it is the sum of the last step's":
            _norms(_gradient(model, inputs, lambda output, last: output.mean())).mean(axis=0),
        "only the first unit of the last state is in the loss; it is the sum over all units":
            _norms(_gradient(model, inputs, lambda output, last: output[:, -1, 0].sum())).mean(axis=0),
        "the loss is the sum of the squares of the last state; it is the sum of the last state":
            _norms(_gradient(model, inputs, lambda output, last: (output[:, -1] ** 2).sum())).mean(axis=0),
    }
    if isinstance(model, nn.LSTM):
        slips["the loss is made of the cell state c; the last hidden state h is meant"] = \
            _norms(_gradient(model, inputs, lambda output, last: last[1].sum())).mean(axis=0)
    return slips


def _norm_hint(got: np.ndarray, model: nn.Module, inputs: torch.Tensor) -> str:
    found = next((words for words, value in _norm_slips(model, inputs).items() if _same(got, value)), "")
    if not found and _same(got[-1], _norms(_gradient(model, inputs)).mean(axis=0)[-1]):
        found = "the last step is right and earlier ones are not: is the gradient cut off on its way back?"
    return found
