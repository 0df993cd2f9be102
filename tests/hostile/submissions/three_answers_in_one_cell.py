"""An honest solution; three answers were merged into the first one's cell, tests between them and all."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import cell
    names = ["parity", "parity-check", "rnn-step", "unroll"]
    cell(notebook, "parity").source = "\n\n".join(cell(notebook, name).source for name in names)
    notebook.cells = [one for one in notebook.cells if one.id not in names[1:]]
    return notebook
