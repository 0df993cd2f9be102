"""Batches come from a Python generator, the optimiser gets a closure, and one index goes into all time steps of all
strings."""

# %% added before final-parity
from itertools import islice

# %% final-parity
def final_parity(bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    real = np.where(np.indices(bits.shape)[1] < lengths.reshape(-1, 1), bits, 0)
    return np.count_nonzero(real, axis=1) & 1

# %% last-valid
def last_valid(outputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    batch, steps, features = outputs.shape
    begins = steps * torch.arange(batch)
    return outputs.reshape(batch * steps, features).index_select(0, begins + lengths - 1)

# %% end-loss
def end_loss(logits: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    sign = torch.where(labels == 1, 1.0, -1.0)
    return -nn.functional.logsigmoid(sign * last_valid(logits, lengths).flatten()).mean()

# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels) -> float:
    def closure():
        optimizer.zero_grad()
        hidden, (_h, _c) = lstm(inputs)
        loss = end_loss(readout(hidden), lengths, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(nn.ModuleList([lstm, readout]).parameters(), 1.0)
        return loss
    return optimizer.step(closure).item()

# %% added before train-at-the-end
def batches(min_length: int, max_length: int, seed: int):
    """Fresh strings as long as one asks."""
    rng = np.random.default_rng(seed)
    while True:
        bits, lengths = draw(64, min_length, max_length, rng)
        labels = final_parity(bits, lengths)
        yield (torch.as_tensor(bits, dtype=torch.float32)[:, :, None], torch.as_tensor(lengths),
               torch.as_tensor(labels, dtype=torch.float32))

# %% train-at-the-end
def train_at_the_end(max_length: int, steps: int, seed: int, min_length: int = 1):
    torch.manual_seed(seed)
    lstm = nn.LSTM(1, 8, batch_first=True)
    readout = nn.Linear(8, 1)
    optimizer = torch.optim.Adam(list(lstm.parameters()) + list(readout.parameters()), lr=0.03)
    for inputs, lengths, labels in islice(batches(min_length, max_length, seed), steps):
        train_step(lstm, readout, optimizer, inputs, lengths, labels)
    return lstm, readout

# %% next-max-length
def next_max_length(longest: int, accuracy: float, stop: int) -> int:
    candidates = range(1, stop + 1)
    return candidates[longest] if accuracy >= 0.95 and longest < len(candidates) else longest
