"""An honest solution; cells of the student's have ids twice, such as the reader gives to those that are there twice."""

KIND = "marks"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    from tests.hostile.bank import dump
    for number in range(60):
        notebook.cells.insert(0, new_code_cell("1", id=f"cell-{(number + 7) % 60}"))
        notebook.cells.insert(0, new_code_cell("2", id=f"cell-{number}"))
    dump(folder, notebook)
