"""All functions are defined in one new cell on top; the cells for the answers are left empty."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    from tests.hostile.bank import UNSOLVED, cell, with_cells
    on_top = "\n\n".join(cell(notebook, name).source for name in ("imports", *UNSOLVED))
    notebook.cells.insert(0, new_code_cell(on_top))
    with_cells(folder, notebook, UNSOLVED)
