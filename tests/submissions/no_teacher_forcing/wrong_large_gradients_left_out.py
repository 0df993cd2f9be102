"""An update with a large gradient is left out.

loses:
  train-step-check: Nothing moved, but earlier updates were correct. Is one left out?
  trained-short-check: Nothing moved. Are `loss.backward()` and `optimizer.step()` both there, is
  trained-long-check: Nothing moved. Are `loss.backward()` and `optimizer.step()` both there, is
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    if norm <= 1:
        optimizer.step()
    return loss.item()
