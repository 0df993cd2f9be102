"""How large must a random batch be before it trains an LSTM as well as the full set of strings does?

Chapter: *Why five bits are hard*. Predictions, made before the first run:

- If the noise of a batch decides, the share of networks that learn rises smoothly with the batch size, from none to the
  share that learns from all strings. The signal before training falls by a factor of about 15 with each bit, so the
  batch size at which half of the networks learn rises by a factor of about 200 with each bit.
- If only an exact gradient teaches, no random batch does, however large.
- If a batch has to contain each string often enough, the batch size at which half of the networks learn doubles with
  each bit.
"""

from parity_study.experiments.condition import Enumerated

SEEDS = 100
POWERS = {4: range(6, 30, 2), 5: range(6, 30, 2), 6: range(6, 30, 2), 7: (6, 16, 28)}    # of two, for each length
SAMPLE = ("4 bits, 2^10 drawn", "5 bits, 2^22 drawn")
CONDITIONS = {
    **{f"{n} bits, 2^{power} drawn": Enumerated(bits=n, batch_size=2**power)
       for n, powers in POWERS.items() for power in powers},
    **{f"{n} bits, half of them": Enumerated(bits=n, batch_size=2**(n - 1), replace=False) for n in (4, 5, 6)},
}
