"""UnrolledRNN on the Python side: what it accepts, computes and keeps in step."""

import numpy as np
import pytest

from parity_figures.widgets import UnrolledRNN
from parity_lib import NumpyRNN, ParityRNN, by_hand

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize(("arguments", "message"), [
    ({"bits": ""}, "bits must be a string of 1 to 12 characters 0 and 1, but it is ''"),
    ({"bits": "102"}, "bits must be .* but it is '102'"),
    ({"bits": "1" * 13}, "bits must be"),
    ({"bits": "1\n"}, "bits must be"),
    ({"step": 6}, "step must be an integer from 0 to 5, the number of bits, but it is 6"),
    ({"step": -1}, "step must be"),
    ({"net": "trained"}, "net must be 'by hand', but it is 'trained'"),
    ({"nets": {}}, "nets must be a dict of label: ParityRNN, not empty, but it is {}"),
    ({"nets": [by_hand()]}, "nets must be a dict"),
    ({"nets": {3: by_hand()}}, "a label in nets must be a string, but it is 3"),
    ({"nets": {"a": "net"}}, r"nets\['a'\] must be a ParityRNN, but it is 'str'"),
    ({"nets": {"a": by_hand("gru")}}, r"nets\['a'\].cell must be 'tanh' or 'relu', but it is 'gru'"),
    ({"nets": {"a": ParityRNN(2, "tanh", 2)}}, r"nets\['a'\].num_layers must be 1, but it is 2"),
    ({"nets": {"a": ParityRNN(129)}}, r"nets\['a'\].hidden_size must be at most 128, but it is 129"),
])
def test_errors_name_argument_value_and_what_is_allowed(arguments, message):
    with pytest.raises(ValueError, match=message):
        UnrolledRNN(**arguments)


@pytest.mark.parametrize("net", [by_hand("tanh"), by_hand("relu"), ParityRNN(9, "tanh", seed=4), ParityRNN(32)])
def test_states_and_logits_are_those_of_numpy_rnn(net):
    widget = UnrolledRNN({"net": net}, bits="0110101")
    inputs = np.array([[[float(bit)] for bit in widget.bits]])
    logits, states = NumpyRNN.from_torch(net).forward(inputs)
    np.testing.assert_array_equal(widget.states, states[0])
    np.testing.assert_array_equal(widget.logits, logits[0, :, 0])
    assert widget.states.shape == (8, net.hidden_size)


def test_states_follow_bits_and_net():
    widget = UnrolledRNN({"tanh": by_hand("tanh"), "relu": by_hand("relu")}, bits="1")
    assert widget.net == "tanh"
    widget.net, widget.bits = "relu", "11"
    np.testing.assert_array_equal(widget.states, [[0, 0], [1, 0], [2, 1]])


def test_a_shorter_string_takes_the_step_with_it():
    widget = UnrolledRNN(bits="10110", step=5)
    widget.bits = "10"
    assert widget.step == 2


def test_a_refused_value_changes_nothing():
    widget = UnrolledRNN()
    for name, value in {"bits": "12", "net": "other", "step": 9}.items():
        before = getattr(widget, name)
        with pytest.raises(ValueError, match=f"{name} must be"):
            setattr(widget, name, value)
        assert getattr(widget, name) == before


def test_state_from_the_page_arrives_together():
    widget = UnrolledRNN(bits="10110", step=5)
    widget.set_state({"bits": "011", "step": 1})  # what a front end sends
    assert (widget.bits, widget.step) == ("011", 1)
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), names="bits")
    widget.set_state({"bits": "0111"})
    assert seen == ["0111"]


def test_saved_state_is_plain_json_without_buffers():
    state = UnrolledRNN(bits="1").get_state()
    assert state["weights"]["by hand"] == {
        "cell": "tanh", "U": [[6.0], [6.0]], "V": [[3.0, -3.0], [3.0, -3.0]], "b": [-3.0, -9.0], "d": [],
        "W": [[10.0, -10.0]], "c": [-10.0]}
    assert {"bits": "1", "net": "by hand", "step": 0}.items() <= state.items()


def test_output_without_a_front_end_is_a_sentence():
    data, _ = UnrolledRNN(bits="10")._repr_mimebundle_()
    assert data["text/plain"] == (
        "[Interactive figure] The net 'by hand' reads the bits 10 and says after each one: odd, odd.")
    assert data[VIEW]["model_id"]
