"""Do balanced batches, noise parts of equal size, or closed forget gates change how many LSTMs learn five bits?

Chapter: *Why five bits are hard*. A referee asked for them after the other series of the note had run. Predictions,
made before the first run:

- The numbers of even and odd strings in a batch differ by chance. If this imbalance is the noise that does the harm,
  networks learn from batches of 64 strings of which exactly half are odd. If not, few do, as before.
- The noise off the signal is larger than that along it. If it does more harm only because it is larger, it does no more
  harm than the other if it is shortened to the same norm.
- First weights eight times as large also open the forget gates of some units. If they help only for this reason, they
  do not help if the bias of the forget gates is set to 0.
"""

from parity_study.experiments.condition import Enumerated

SEEDS = 100
SAMPLE = ("5 bits, balanced 64", "5 bits, off the signal, shortened")
CONDITIONS = {
    **{f"{n} bits, balanced {size}": Enumerated(bits=n, batch_size=size, balanced=True)
       for n in (4, 5, 6) for size in (64, 1024)},
    **{f"5 bits, off the signal, shortened{', exact mean square' * exact}": Enumerated(
        bits=5, batch_size=64, noise="off the signal, shortened", exact_scale=exact, double=True)
       for exact in (False, True)},
    **{f"5 bits, 64 drawn, x {scale}, bias 0": Enumerated(
        bits=5, batch_size=64, weight_scale=float(scale), forget_bias=0.0) for scale in (1, 8)},
}
