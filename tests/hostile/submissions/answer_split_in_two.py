"""An honest solution; one answer's cell was split below a helper function, and both halves keep the marks."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    import copy

    from tests.hostile.bank import cell
    lower = cell(notebook, "parity")
    upper = copy.deepcopy(lower)
    upper.source = "def odd(counts):\n    return counts % 2"
    lower.source = "def parity(bits):\n    return odd(bits.sum(axis=1))"
    notebook.cells.insert(notebook.cells.index(lower), upper)
    return notebook
