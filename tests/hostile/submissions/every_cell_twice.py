"""An honest solution in which each cell was copied and pasted after itself."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    import copy

    notebook.cells = [one for cell in notebook.cells for one in (cell, copy.deepcopy(cell))]
    return notebook
