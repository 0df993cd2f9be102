"""The student adds helper cells and imports, uses other functions of PyTorch, prints and warns a lot, and returns
tensors."""
# %% added before count-parameters
import warnings
from math import sqrt

BLOCKS = {"gru": 3, "lstm": 4}

def block(reads, units):
    warnings.warn("counting a block")
    return units * (units + reads + 2)
# %% count-parameters
def count_parameters(cell, input_size, hidden_size, num_layers):
    print("counting", cell)
    sizes = [input_size] + [hidden_size] * num_layers
    return torch.tensor(sum(block(a, b) for a, b in zip(sizes, sizes[1:])) * BLOCKS.get(cell, 1))
# %% added before build-model
class First(nn.Module):
    def forward(self, pair):
        return pair[0]
# %% build-model
def build_model(cell, hidden_size, num_layers):
    print(f"building {cell}")
    kind = getattr(nn, cell.upper(), nn.RNN)
    extra = {} if cell.upper() in dir(nn) else {"nonlinearity": cell}
    return nn.Sequential(kind(1, hidden_size, num_layers, batch_first=True, **extra), First(),
                         nn.Linear(hidden_size, 1))
# %% success-rate
def success_rate(outcomes):
    warnings.warn("this warns")
    runs = torch.as_tensor(outcomes, dtype=torch.float64)
    n, p = len(runs), runs.mean()
    half = 1.96 * (p * (1 - p) / n + 0.9604 / n**2).sqrt()
    middle = p + 1.9208 / n
    return torch.stack([p, (middle - half).clamp(min=0), (middle + half).clamp(max=n + 4)]) / torch.tensor(
        [1, 1 + 3.8416 / n, 1 + 3.8416 / n])
