"""Tools that study small recurrent networks: batched training, proofs, experiments and a benchmark."""
