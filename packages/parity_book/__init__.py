"""Tools that build the book and provide the `parity` command."""
