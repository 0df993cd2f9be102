"""The gradient is brought to a norm of 1 even if it is smaller.

loses:
  train-step-check: "The update has the correct direction"
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    loss = end_loss(readout(lstm(inputs)[0]), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    parameters = [*lstm.parameters(), *readout.parameters()]
    norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
    for p in parameters:
        p.grad /= norm
    optimizer.step()
    return loss.item()
