"""An honest solution, sent through a program that threw metadata and ids of all cells away."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    for number, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell.id = f"new-{number}"
    from tests.hostile.bank import save
    save(folder, notebook)
