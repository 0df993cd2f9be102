"""Each half of a batch makes an update.

loses:
  train-step-check: 'train_step, batch 1 of 40 (SGD, small gradients): the loss that it returns'
  trained-short-check: None of the usual mistakes explains it
  trained-long-check: None of the usual mistakes explains it
"""
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    losses = []
    for part in np.array_split(np.arange(len(inputs)), 2):
        loss = end_loss(readout(lstm(inputs[part])[0]), lengths[part], labels[part])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses))
