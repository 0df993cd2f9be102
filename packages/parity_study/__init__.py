"""Tools for studying small recurrent networks.

They comprise batched training, proofs and experiments.
"""
