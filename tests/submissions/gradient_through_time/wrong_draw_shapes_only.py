"""The test checks shapes and that lengths are within the bounds, but not that all of them come up.

loses:
  hunt-draw-check: which lengths may come up
"""
# %% tests: test_draw
def test_draw(script):
    bits, mask = script.draw(200, 6, np.random.default_rng(0))
    lengths = mask.sum(dim=1)
    return bits.shape == mask.shape == (200, 6) and lengths.min() > 0 and bool(lengths.max() < 7)
