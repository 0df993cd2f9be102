"""How widgets are put together, and that their weights mean the same in JavaScript."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from parity_figures.picture import SHEET
from parity_figures.widgets.base import FOLDER, ParityWidget, front_end, weights
from parity_lib import ParityRNN, by_hand
from parity_study.cells import CELLS


def test_front_end_puts_the_shared_part_first_and_imports_nothing():
    module, style = front_end("unrolled")
    for suffix, joined in ((".js", module), (".css", style)):
        shared, own = ((FOLDER / f"{name}{suffix}").read_text(encoding="utf-8") for name in ("shared", "unrolled"))
        assert joined.removeprefix(SHEET + "\n").startswith(shared)
        assert joined.endswith(own)
    assert module.count("export ") == 1
    assert not any(line.startswith("import ") for line in module.splitlines())


def test_style_touches_nothing_outside_a_widget():
    style = front_end("unrolled")[1]
    assert style.startswith(SHEET)
    assert all(name.startswith("--parity-") for name in re.findall(r"^  (\S+):", SHEET, re.MULTILINE))
    rules = [line for line in style.removeprefix(SHEET).splitlines() if line.rstrip().endswith("{")]
    assert rules
    assert all(rule.lstrip().startswith((".parity-widget", "@media")) for rule in rules)


def test_weights_of_two_layers_are_refused():
    with pytest.raises(ValueError, match=r"net\.num_layers must be 1, but it is 2"):
        weights(ParityRNN(3, "gru", num_layers=2), "net")


def test_a_widget_must_say_what_it_shows():
    class Silent(ParityWidget):
        _esm = "export default { render() {} }"

    with pytest.raises(NotImplementedError):
        repr(Silent())


def states_of(net, bits):
    """The hidden state after each bit, step by step with the library's own cell."""
    weights = [getattr(net.rnn, f"{name}_l0").detach().numpy() for name in (
        "weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    cell, states = CELLS[net.cell], []
    state = np.zeros((1, net.hidden_size * (2 if cell.has_cell_state else 1)))
    for bit in bits:
        state = cell.next_state(np.array([[float(bit)]]), state, *weights)
        states.append(state[0, :net.hidden_size])
    return np.array(states)


@pytest.mark.browser
def test_forward_in_javascript_equals_pytorch_and_the_cells(browser):
    bits = np.random.default_rng(0).integers(2, size=40)
    inputs = torch.tensor(bits.reshape(1, -1, 1)).double()
    nets = [net for cell in CELLS for net in (by_hand(cell), ParityRNN(5, cell, seed=2).double())]
    shared = (FOLDER / "shared.js").read_text(encoding="utf-8")
    script = "(function ([nets, bits]) {\n" + shared + "\nreturn nets.map((net) => forward(net, bits)); })"
    runs = browser.new_page().evaluate(script, [[weights(net) for net in nets], bits.tolist()])
    with torch.no_grad():
        for net, run in zip(nets, runs, strict=True):
            states = np.array([step["h"] for step in run[1:]])
            np.testing.assert_allclose(states, states_of(net, bits), atol=1e-9)
            logits = np.array([step["logit"] for step in run[1:]])
            np.testing.assert_allclose(states, net.hidden_states(inputs)[0].numpy(), atol=1e-9)
            np.testing.assert_allclose(logits, net(inputs)[0, :, 0].numpy(), atol=1e-8)


@pytest.mark.browser
def test_numbers_are_written_as_people_write_them(browser):
    shared = (FOLDER / "shared.js").read_text(encoding="utf-8")
    script = f"() => {{ {shared}\n return [fixed(-0.001), fixed(-1.5), fixed(12.345), fixed(123.4), fixed(-2e6)," \
             "vector([0.5]), vector([1, -1]), vector(Array(9).fill(1)), probability(1), probability(0.00001, 4)," \
             "probability(0.25)]; }"
    written = browser.new_page().evaluate(script)
    assert written == ["0.00", "−1.50", "12.3", "123", "−2.0e+6", "0.50", "(1.00, −1.00)",
                       "(1.00, 1.00, 1.00, …)", "> 0.99", "< 0.0001", "0.25"]


@pytest.mark.parametrize("missing", ["anywidget", "traitlets"])
def test_without_the_extra_the_figures_say_how_to_get_it(missing):
    code = f"import sys; sys.modules['{missing}'] = None; import parity_figures.widgets"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: {missing} is missing, which interactive figures need: "
        'pip install "one-bit-of-memory[exercises]"')
