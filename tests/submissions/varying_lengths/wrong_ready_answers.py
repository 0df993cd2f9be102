"""The student calls the library's own functions under other names.

loses:
  length-mask-check: which is the ready answer
  run-packed-check: which is the ready answer
  masked-loss-check: which is the ready answer
  masked-accuracy-check: which is the ready answer
"""
# %% added before length-mask
from parity_lib import length_mask as make_mask
from parity_lib import masked_loss as ready
from parity_lib import masked_mean as average
from parity_lib import pack as p
from parity_lib import unpack as u
# %% length-mask
def length_mask(lengths, max_bits):
    return make_mask(torch.from_numpy(lengths), steps=max_bits)
# %% run-packed
def run_packed(rnn, inputs, lengths):
    return u(rnn(p(inputs, lengths))[0], inputs.shape[1])
# %% masked-loss
def masked_loss(logits, targets, mask):
    return ready(logits, targets, mask)
# %% masked-accuracy
def masked_accuracy(logits, targets, mask):
    right = ((logits > 0) == (targets > 0.5)).float().squeeze(-1)
    return average(right, mask).item()
