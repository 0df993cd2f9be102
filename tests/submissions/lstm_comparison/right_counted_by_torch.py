"""The weights are float32 tensors of an nn.LSTM, whose unit also reads its own h, and PyTorch counts the parameters."""

# %% memory-cell
def memory_cell():
    lstm = nn.LSTMCell(4, 1)
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.zero_()
        write, clear, value, read = (torch.tensor([float(name == one) for name in ("value", "write", "clear", "read")])
                                     for one in ("write", "clear", "value", "read"))
        lstm.weight_ih[0], lstm.bias_ih[0] = 80 * write, -40
        lstm.weight_ih[1], lstm.bias_hh[1] = -90 * (write + clear), 45
        lstm.weight_ih[2], lstm.bias_ih[2] = 60 * value, -30
        lstm.weight_ih[3], lstm.bias_ih[3] = 300 * read, -150
        lstm.weight_hh[:, 0] = torch.tensor([1.0, -1.0, 2.0, 3.0])
    return {name: parameter.detach() for name, parameter in lstm.named_parameters()}

# %% forget-bias
def forget_bias(steps, kept):
    return torch.logit(torch.tensor(kept, dtype=torch.float64) ** (1 / steps))

# %% fair-plan
def fair_plan(lstm_units, seeds, budget, rates):
    def size(net):
        return sum(p.numel() for p in net.parameters())

    wanted, low, high = size(LSTMParity(lstm_units)), lstm_units, 4 * lstm_units
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if size(RNNParity(middle)) >= wanted else (middle + 1, high)
    runs = ()
    for seed in reversed(seeds):
        for rate in rates:
            for net, units in ("RNN", low), ("LSTM", lstm_units), ("RNN", lstm_units):
                runs += ({"lr": np.float64(rate), "seed": np.int64(seed), "net": net, "units": units,
                          "max_steps": budget},)
    return runs
