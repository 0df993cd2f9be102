"""Proof that suite and book do not hang on one processor, one version or the last digit of a weight."""
