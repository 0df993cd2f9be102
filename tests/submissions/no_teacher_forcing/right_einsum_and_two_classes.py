"""Einsum counts the ones, the loss is that of two classes, and a class yields the batches."""
# %% final-parity
def final_parity(bits, lengths):
    counted = np.arange(bits.shape[1])[None, :] < np.asarray(lengths)[:, None]
    return np.einsum("bt,bt->b", bits, counted.astype(bits.dtype)) % 2
# %% last-valid
def last_valid(outputs, lengths):
    flat = outputs.reshape(-1, outputs.shape[-1])
    return flat.index_select(0, torch.arange(len(outputs)) * outputs.shape[1] + lengths - 1)
# %% end-loss
def end_loss(logits, lengths, labels):
    two = torch.cat([torch.zeros(len(labels), 1, dtype=logits.dtype), last_valid(logits, lengths)], dim=1)
    return nn.functional.cross_entropy(two, labels.long())
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    parameters = [*lstm.parameters(), *readout.parameters()]
    answers = readout(last_valid(lstm(inputs)[0], lengths))
    loss = binary_cross_entropy_with_logits(answers, labels.unsqueeze(1))
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    return loss.item()
# %% train-at-the-end
class Batches:
    def __init__(self, low, high, rng):
        self.low, self.high, self.rng = low, high, rng
    def __iter__(self):
        while True:
            bits, lengths = draw(64, self.low, self.high, self.rng)
            yield (torch.from_numpy(bits[..., None].astype("float32")), torch.from_numpy(lengths),
                   torch.from_numpy(final_parity(bits, lengths).astype("float32")))
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    lstm = nn.LSTM(input_size=1, hidden_size=8, batch_first=True)
    readout = nn.Linear(8, 1)
    optimizer = torch.optim.Adam((*lstm.parameters(), *readout.parameters()), lr=3e-2, foreach=False)
    for _, batch in zip(range(steps), Batches(min_length, max_length, np.random.default_rng(seed))):
        train_step(lstm, readout, optimizer, *batch)
    return lstm, readout
# %% next-max-length
next_max_length = lambda longest, accuracy, stop: sorted((longest, longest + (accuracy >= 0.95), stop))[1]
