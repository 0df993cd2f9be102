"""An honest solution with 300 more cells, each of which prints as much as a cell may show."""

KIND = "output"
LOSES = ()
SAYS = "Only the first"


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    notebook.cells += [new_code_cell("print('x' * 999_000)") for _ in range(300)]
    return notebook
