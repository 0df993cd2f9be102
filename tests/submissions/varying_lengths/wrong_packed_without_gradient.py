"""The layer runs under no_grad, so training would change the readout only.

loses:
  run-packed-check: cut off from the layer's weights
"""

# %% run-packed
def run_packed(rnn, inputs, lengths):
    with torch.no_grad():
        packed = pack_padded_sequence(inputs, torch.from_numpy(lengths), batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=inputs.shape[1])[0]
