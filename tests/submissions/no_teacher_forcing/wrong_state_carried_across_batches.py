"""A batch starts with the last hidden state of the one before. The training is not written.

loses:
  train-step-check: do you carry the hidden state of the last batch into this one
  train-at-the-end-check: not written yet
  trained-short-check: not written yet
  trained-long-check: not written yet
"""

# %% train-step
memory = None

def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    global memory
    if memory is not None and memory[0].shape[1] != len(inputs):
        memory = None
    states, memory = lstm(inputs, memory)
    memory = tuple(part.detach() for part in memory)
    loss = end_loss(readout(states), lengths, labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
    optimizer.step()
    return loss.item()

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    raise NotImplementedError
