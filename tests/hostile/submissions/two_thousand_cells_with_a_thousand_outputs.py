"""An honest solution in a file of almost two thousand cells, each of which was saved with a thousand broken outputs."""

KIND = "outputs saved"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    from tests.hostile.bank import dump
    notebook.cells += [new_code_cell("", outputs=[]) for _ in range(1990 - len(notebook.cells))]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"] = [{}] * 1000
    dump(folder, notebook)
