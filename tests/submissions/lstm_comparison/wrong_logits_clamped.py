"""The logits are clamped, the gradient norms are rounded, and the counts are floats.

loses:
  lstm-parity-check: clamp
  gradient-norms-check: small norms
  summarise-check: integer
"""
# %% lstm-parity: return self.readout(states) -> return self.readout(states).clamp(-5, 5)
# %% gradient-norms: return inputs.grad.norm(dim=2).mean(dim=0).numpy() -> return inputs.grad.norm(dim=2).mean(dim=0).numpy().round(8)
# %% summarise: return sum(step is not None for step in steps), -> return float(sum(step is not None for step in steps)),
