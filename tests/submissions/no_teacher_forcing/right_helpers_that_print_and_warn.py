"""The student adds cells with imports and helpers, and prints and warns all the time."""

# %% added before final-parity
import warnings
from functools import reduce

def real_part(row, length):
    warnings.warn("cutting a string")
    return row[:length].tolist()

# %% final-parity
def final_parity(bits, lengths):
    print("labels for", len(bits), "strings")
    return np.array([reduce(lambda a, b: a ^ b, real_part(row, n)) for row, n in zip(bits, lengths)])

# %% added before train-at-the-end
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 8, batch_first=True)
        self.readout = nn.Linear(8, 1)

def tensors(bits, lengths):
    clean = bits * (np.arange(bits.shape[1]) < lengths[:, None])
    return (torch.from_numpy(clean).float().unsqueeze(-1), torch.from_numpy(lengths),
            torch.from_numpy(clean.sum(axis=1) % 2).float())

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    torch.manual_seed(seed)
    rng, net = np.random.default_rng(seed), Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    for step in range(steps):
        loss = train_step(net.lstm, net.readout, optimizer, *tensors(*draw(64, min_length, max_length, rng)))
        if step % 50 == 0:
            print(f"step {step} loss {loss:.3f}")
    warnings.warn("done")
    return net.lstm, net.readout
