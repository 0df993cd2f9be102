"""The test asks for the same draw as that of the published script, bit for bit.

loses:
  hunt-draw-check: a false alarm
"""
# %% tests: test_draw
def test_draw(script):
    bits, mask = script.draw(3, 5, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 6, size=3)
    return bool((mask.sum(dim=1).numpy() == lengths).all()) and (bits.numpy() == rng.integers(2, size=(3, 5))).all()
