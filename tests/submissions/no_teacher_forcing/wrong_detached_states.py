"""The states are detached before the readout, so only the readout learns.

loses:
  train-step-check: "the LSTM did not move, only the readout"
  trained-short-check: "the LSTM did not move, only the readout"
  trained-long-check: "the LSTM did not move, only the readout"
"""
# %% train-step: readout(states) -> readout(states.detach())
