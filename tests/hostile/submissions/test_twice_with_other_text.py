"""Task 1 is not solved; its test stands there four times, with and without marks, and three are content."""

KIND = "marks"
LOSES = ("parity-check",)


def hand_in(folder, notebook):
    import copy

    from tests.hostile.bank import cell, save
    cell(notebook, "parity").source = ""
    for place in (0, 5, len(notebook.cells)):
        other = copy.deepcopy(cell(notebook, "parity-check"))
        other.source = "2"
        notebook.cells.insert(place, other)
    save(folder, notebook)
