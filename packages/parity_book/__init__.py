"""The tools that build the book, and the `parity` command."""
