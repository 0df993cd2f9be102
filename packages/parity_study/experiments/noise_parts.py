"""Which part of the noise of a random batch prevents an LSTM from learning parity, and with which optimiser?

Chapter: *Why five bits are hard*. The noise of a batch of 64 strings is the difference between its gradient and the
gradient over all strings. It is added to the gradient over all strings as a whole, or only its part along the direction
of the signal, or only the part at right angles to it. With SGD and these first weights, no network learns five bits
from the exact gradient at any learning rate that we tried, so SGD is compared with Adam at four bits. Predictions, made
before the first run:

- If noise along the signal hides the signal, the networks fail with it, and learn with the rest of the noise.
- Adam divides by the running mean square of the gradient, which the noise at right angles to the signal makes larger.
  If that is what the rest of the noise does, it does no harm if Adam takes its mean square from the gradient over all
  strings, and none with SGD, which divides by nothing.
- If the rest of the noise moves the weights to places where the signal is smaller, it does harm with all optimisers.
"""

from parity_study.experiments.condition import Enumerated, Settings

SEEDS = 100
SAMPLE = ("5 bits, Adam, exact", "5 bits, Adam, along the signal")
OPTIMIZERS: dict[str, Settings] = {
    "Adam": {}, "Adam with an exact mean square": {"exact_scale": True},
    "SGD": {"optimizer": "sgd", "lr": 1.0, "momentum": 0.9, "max_steps": 16_000}}
COMPARED = {5: ("Adam", "Adam with an exact mean square"), 4: ("Adam", "Adam with an exact mean square", "SGD")}
NOISE: dict[str, Settings] = {
    "exact": {}, "all noise": {"batch_size": 64}, "along the signal": {"batch_size": 64, "noise": "along the signal"},
    "off the signal": {"batch_size": 64, "noise": "off the signal"}}
CONDITIONS = {f"{n} bits, {name}, {noise}": Enumerated(bits=n, double=True, **OPTIMIZERS[name], **options)
              for n, names in COMPARED.items() for name in names for noise, options in NOISE.items()}
