"""Labels are products of signs, a mask selects the outputs, and the optimiser calls a closure."""
# %% final-parity
def final_parity(bits, lengths):
    signs = np.cumprod(1 - 2 * bits, axis=1)
    return (1 - signs[np.arange(len(bits)), lengths - 1]) // 2
# %% last-valid
def last_valid(outputs, lengths):
    return outputs[torch.arange(1, outputs.shape[1] + 1)[None] == lengths[:, None]]
# %% end-loss
def end_loss(logits, lengths, labels):
    z = last_valid(logits, lengths).reshape_as(labels)
    return -(labels * nn.functional.logsigmoid(z) + (1 - labels) * nn.functional.logsigmoid(-z)).mean()
# %% train-step
def train_step(lstm, readout, optimizer, inputs, lengths, labels):
    held = []
    def closure():
        optimizer.zero_grad()
        loss = end_loss(nn.functional.linear(lstm(inputs)[0], readout.weight, readout.bias), lengths, labels)
        loss.backward()
        nn.utils.clip_grad_norm_([*lstm.parameters(), *readout.parameters()], 1.0)
        held.append(loss.item())
        return loss
    optimizer.step(closure)
    return held[0]
# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    rng, _ = np.random.default_rng(seed), torch.manual_seed(seed)
    modules = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    step = torch.optim.Adam(nn.ModuleList(modules).parameters(), lr=0.03)
    [train_step(*modules, step, torch.tensor(b)[..., None].float(), torch.tensor(n), torch.tensor(final_parity(b, n)).float())
     for b, n in (draw(64, min_length, max_length, rng) for _ in range(steps))]
    return modules
# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return {True: min(longest + 1, stop), False: longest}[bool(accuracy >= 0.95)]
