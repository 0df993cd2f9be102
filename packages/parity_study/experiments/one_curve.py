"""Does the ratio of signal to noise before training predict which networks learn, whatever changes the ratio?

Chapter: *Why five bits are too many*. The string length, the size of the first weights, the bias of the forget gates
and the batch size are varied together. Signal and noise (:mod:`parity_study.experiments.signal_and_noise`) are measured
before training. Predictions, made before the first run:

- If the ratio of signal to noise before training is all that matters, the success rates of all conditions lie on one
  curve over this ratio, and a curve that is fitted to half of the conditions predicts the other half.
- If the gradient's way back or the optimiser matters by itself, conditions of the same ratio but different biases,
  sizes of weights or lengths have different success rates.
"""

from parity_study.experiments.signal_and_noise import Measured

SEEDS = 100
SAMPLE = ("4 bits, 64 drawn, x 1, bias drawn",)
CONDITIONS = {f"{n} bits, {size} drawn, x {scale}, bias {'drawn' if bias is None else bias}":
              Measured(bits=n, batch_size=size, weight_scale=float(scale),
                       forget_bias=None if bias is None else float(bias))
              for n in (4, 5, 6) for size in (64, 1024, 16_384) for scale in (1, 2, 4, 8) for bias in (None, 1, 3)}
