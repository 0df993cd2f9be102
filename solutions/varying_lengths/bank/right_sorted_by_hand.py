"""The student sorts the strings and undoes the sorting, as older versions of PyTorch require, and computes the loss
with masked_select and a module.
"""
# %% random-lengths
def random_lengths(batch_size, max_bits, rng):
    return rng.choice(np.arange(1, max_bits + 1), size=batch_size, replace=True)
# %% length-mask
def length_mask(lengths, max_bits, padding="after"):
    steps = np.tile(np.arange(1, max_bits + 1), (len(lengths), 1))
    if padding == "before":
        steps = steps[:, ::-1]
    return steps <= np.repeat(lengths.reshape(-1, 1), max_bits, axis=1)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    order = np.argsort(-lengths)
    packed = pack_padded_sequence(inputs[order], lengths[order], batch_first=True)
    states, _ = pad_packed_sequence(rnn(packed)[0], batch_first=True)
    missing = inputs.shape[1] - states.shape[1]
    states = torch.cat([states, torch.zeros(len(states), missing, states.shape[2])], dim=1)
    return states[np.argsort(order)]
# %% masked-loss
loss_fn = nn.BCEWithLogitsLoss(reduction="sum")


def masked_loss(logits, targets, mask):
    real_logits = torch.masked_select(logits, mask[:, :, None])
    real_targets = torch.masked_select(targets, mask[:, :, None])
    return loss_fn(real_logits, real_targets) / len(real_logits)
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    says = logits.squeeze(2).numpy() > 0
    labels = targets.squeeze(2).numpy() > 0
    return np.mean(says[mask.numpy()] == labels[mask.numpy()])
# %% always-even
def always_even(targets, mask):
    even = (targets[..., 0] == 0).double()
    return even.mean(), even[mask].mean()
# %% reported-accuracy
def reported_accuracy(share_of_padding, real_accuracy=0.5):
    return 1 - (1 - share_of_padding) * (1 - real_accuracy)
