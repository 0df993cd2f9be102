"""Test the streams of temporal XOR, and the loss of predicting the next bit."""

import numpy as np
import torch

from parity_lib import ParityRNN
from parity_study.experiments import temporal_xor


def test_every_third_bit_of_a_stream_is_the_xor_of_the_two_before_and_the_others_are_fair():
    stream = temporal_xor.xor_stream(400, 30, np.random.default_rng(0)).numpy().astype(int).reshape(400, 30, 3)
    assert (stream[..., 2] == stream[..., 0] ^ stream[..., 1]).all()
    assert abs(stream[..., :2].mean() - 0.5) < 0.02
    assert abs((stream[..., 0] == stream[..., 1]).mean() - 0.5) < 0.02


def test_the_loss_is_about_the_next_bit():
    model = ParityRNN(1, "tanh")
    with torch.no_grad():  # the network predicts that each bit is repeated
        model.rnn.weight_ih_l0.fill_(20)
        model.rnn.weight_hh_l0.zero_()
        model.rnn.bias_ih_l0.fill_(-10)
        model.rnn.bias_hh_l0.zero_()
        model.hidden_to_logits.weight.fill_(30)
        model.hidden_to_logits.bias.zero_()
    loss, correct = temporal_xor.next_bit_loss(model, torch.tensor([[[1.0], [1.0], [0.0], [0.0]]]))
    assert correct.tolist() == [[True, False, True]]
    np.testing.assert_allclose(loss.detach(), [[0, 30, 0]], atol=1e-6)
