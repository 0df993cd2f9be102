"""Studies of small recurrent networks: batched training, proofs, experiments and benchmarks."""
