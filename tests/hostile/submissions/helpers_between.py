"""An honest solution that calls helpers, each defined in a cell of its own right in front of the answer."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell, new_markdown_cell

    from tests.hostile.bank import cell, save
    for name in ("parity", "rnn_step", "unroll"):
        answer = cell(notebook, name.replace("_", "-"))
        helper = new_code_cell(answer.source.replace(f"def {name}(", f"def my_{name}("))
        answer.source = f"{name} = my_{name}"
        place = notebook.cells.index(answer)
        notebook.cells[place:place] = [new_markdown_cell("My helper:"), helper]
    save(folder, notebook)
