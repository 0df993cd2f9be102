"""An honest solution; texts with thousands of formulas, and outputs with as many codes for colours, are added."""

KIND = "display"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell, new_markdown_cell

    from tests.hostile.bank import save
    notebook.cells += [new_markdown_cell(" ".join(f"$x_{{{i}}}^{{{j}}}$" for j in range(900))) for i in range(20)]
    notebook.cells += [new_code_cell("print('\\x1b[31mred\\x1b[0m' * 40_000)") for _ in range(10)]
    save(folder, notebook)
