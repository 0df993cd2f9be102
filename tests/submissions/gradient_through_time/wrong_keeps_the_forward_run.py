"""The function keeps the states of the first call for every call with the same weights.

loses:
  gradients-check: the gradient of
"""
# %% added before gradients
run, kept = forward, {}

def forward(bits, U, V, *others):
    key = bits.shape, V.tobytes()
    if key not in kept:
        kept[key] = run(bits, U, V, *others)
    return kept[key]
