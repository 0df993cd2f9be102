"""Every test returns False.

loses:
  hunt-draw-check: a false alarm
  hunt-labels-check: a false alarm
  hunt-logits-check: a false alarm
  hunt-loss-check: a false alarm
  hunt-accuracy-check: a false alarm
  hunt-update-check: a false alarm
"""
# %% added before hunt-draw-check
test_draw = test_labels = test_logits = test_loss = test_accuracy = test_update = lambda script: False
