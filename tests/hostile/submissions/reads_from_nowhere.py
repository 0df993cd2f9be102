"""A cell reads from the address zero, and the process is ended by the system; what was defined in it is lost."""

KIND = "dead kernel"
LOSES = ("parity-check",)
CELLS = {"parity": "SOLUTION\nimport ctypes\nctypes.string_at(0)"}
SAYS = "The kernel stopped in this cell"
