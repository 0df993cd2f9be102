"""The states are detached before the readout, so only the readout learns.

loses:
  train-step-check: "the LSTM did not move, only the readout"
  trained-short-check: "the LSTM did not move, only the readout"
  trained-long-check: "the LSTM did not move, only the readout"
"""

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    states, _ = lstm(inputs)
    loss = end_loss(readout(states.detach()), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()
