"""An honest solution whose cells stand in the opposite order."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    notebook.cells.reverse()
    save(folder, notebook)
