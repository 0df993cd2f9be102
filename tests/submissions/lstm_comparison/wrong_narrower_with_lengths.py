"""The output is as wide as the longest string, the norms have a floor, and half a step is dropped.

loses:
  lstm-parity-check: as wide as the inputs
  gradient-norms-check: small norms
  summarise-check: half a step
"""
# %% lstm-parity: return self.readout(states) -> return self.readout(states if lengths is None else states[:, :int(lengths.max())])
# %% gradient-norms: mean(dim=0).numpy() -> mean(dim=0).clamp(min=1e-8).numpy()
# %% summarise: median = float(np.median(late)) -> median = float(np.median(late)) // 1
