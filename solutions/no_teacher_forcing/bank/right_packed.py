"""The student packs the strings, uses the LSTM's own last state, XOR for the label and gather for the last time
step."""

# %% final-parity
def final_parity(bits, lengths):
    running = np.bitwise_xor.accumulate(bits, axis=1)
    return np.take_along_axis(running, lengths[:, None] - 1, axis=1)[:, 0]

# %% last-valid
def last_valid(outputs, lengths):
    where = (lengths - 1)[:, None, None].expand(-1, 1, outputs.shape[2])
    return outputs.gather(1, where).squeeze(1)

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    optimizer.zero_grad()
    packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
    _, (h, c) = lstm(packed)
    loss = nn.BCEWithLogitsLoss()(readout(h[-1]).squeeze(1), labels)
    loss.backward()
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
    optimizer.step()
    return float(loss)
