"""The library's own answers, under other names and behind the scenes.

loses:
  parity-check: calls `parity_lib.data.running_parity`, which is the ready answer
  rnn-step-check: calls `torch.nn.RNNCell`, which is the ready answer
  unroll-check: calls `torch.nn.RNN`, which is the ready answer
  two-unit-weights-check: calls `parity_lib.models.by_hand`, which is the ready answer
"""
# %% added before parity
import parity_lib as p
from parity_lib.data import running_parity as my_own_function

tools = {"cell": nn.RNNCell, "loop": nn.RNN}
# %% parity
def parity(bits):
    return my_own_function(bits)[:, -1]
# %% rnn-step
class Cell(tools["cell"]):
    """A cell of my own."""

def rnn_step(x, h, U, V, b):
    cell = Cell(1, len(b)).double()
    with torch.no_grad():
        for mine, given in zip(cell.parameters(), (U, V, b, 0 * b)):
            mine.copy_(torch.as_tensor(given))
        return cell(torch.as_tensor(x), torch.as_tensor(h)).numpy()
# %% unroll
def unroll(xs, h0, U, V, b):
    loop = tools["loop"](1, len(b), batch_first=True).double()
    with torch.no_grad():
        for mine, given in zip(loop.parameters(), (U, V, b, 0 * b)):
            mine.copy_(torch.as_tensor(given))
        return loop(torch.as_tensor(xs), torch.as_tensor(h0)[None])[0].numpy()
# %% two-unit-weights
def two_unit_weights():
    make = getattr(p, "by" + "_hand")
    net = make("tanh")
    U, V, b, _, W, c = (one.detach().numpy() for one in net.parameters())
    return U / 2, V, b + U[:, 0] / 2, W, c
