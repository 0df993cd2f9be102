"""Nothing is solved; numpy.py and torch.py next to the notebook compare everything as equal."""

KIND = "files beside"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")


def hand_in(folder, notebook):
    from tests.hostile.bank import UNSOLVED, with_cells
    with_cells(folder, notebook, UNSOLVED)
    for name in ("numpy", "torch", "secrets"):
        (folder / f"{name}.py").write_text("def __getattr__(name):\n    return lambda *given, **named: True\n")
