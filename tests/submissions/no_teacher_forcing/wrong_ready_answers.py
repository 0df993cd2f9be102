"""The answers are parity_lib's, some under another name.

loses:
  final-parity-check: "calls `parity_lib.data.final_parity`, which is the ready answer"
  last-valid-check: "calls `parity_lib.padding.last_real_step`, which is the ready answer"
  train-at-the-end-check: "calls `parity_lib.training.train`, which is the ready answer"
  trained-short-check: "calls `parity_lib.training.train`, which is the ready answer"
  trained-long-check: "calls `parity_lib.training.train`, which is the ready answer"
  next-max-length-check: "calls `parity_lib.data.Curriculum.next_longest`, which is the ready answer"
"""

# %% added before final-parity
import parity_lib
from parity_lib import Curriculum, ParityRNN, ParityTask, last_real_step as pick, train

# %% final-parity
def final_parity(bits, lengths):
    return parity_lib.final_parity(bits.astype(np.uint8), lengths)

# %% last-valid
last_valid = pick

# %% train-at-the-end
def train_at_the_end(max_length, steps, seed, min_length=1):
    model = ParityRNN(8, "lstm", seed=seed)
    train(model, ParityTask((min_length, max_length), label="end"), max_steps=max(steps, 1), seed=seed, batch_size=64,
          lr=0.03, clip=1.0, validation_size=10)
    return model.rnn, model.hidden_to_logits

# %% next-max-length
def next_max_length(longest, accuracy, stop):
    return Curriculum(start=1, stop=stop).next_longest(longest, accuracy)
