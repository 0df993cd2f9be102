"""How many one-bit strings does an LSTM need in its training data to learn parity?

All other strings have 50 bits, or 2 to 50 bits.
"""

from parity_study.experiments.condition import Condition, format_lengths

SEEDS = 50
SAMPLE = ("2..50, 1/32 of one bit",)
SHARES = (0, 1 / 512, 1 / 128, 1 / 32, 1 / 8)
CONDITIONS = {f"{format_lengths(lengths)}, {f'1/{1 / share:.0f}' if share else 'none'} of one bit":
              Condition(lengths=lengths, one_bit_share=share) for lengths in (50, (2, 50)) for share in SHARES}
