"""NumpyRNN takes the place of the time step and the loop, PyTorch's own function is called in a try, and final_parity
has an alias.

loses:
  parity-check: calls `parity_lib.data.final_parity`, which is the ready answer
  rnn-step-check: calls `parity_lib.NumpyRNN.step`, which is the ready answer
  unroll-check: calls `torch.rnn_tanh_cell`, which is the ready answer
"""
# %% added before parity
from parity_lib import NumpyRNN
from parity_lib.data import final_parity
# %% parity
parity = lambda bits: final_parity(bits, np.full(len(bits), bits.shape[1]))
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return NumpyRNN(U, V, b, np.zeros((1, len(b))), np.zeros(1)).step(x, h)
# %% unroll
def unroll(xs, h0, U, V, b):
    xs, h, U, V, b = (torch.as_tensor(one) for one in (xs, h0, U, V, b))
    states = []
    for x in xs.unbind(1):
        h = torch.rnn_tanh_cell(x, h, U, V, b, 0 * b)
        states.append(h)
    return torch.stack(states, 1)
