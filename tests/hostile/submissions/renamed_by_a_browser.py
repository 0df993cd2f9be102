"""An honest solution; the browser that saved it has put .txt behind its name, and Jupyter has left an older state."""

KIND = "files"
LOSES = ()
STOCK = "nothing"
SAYS = "Unrolling.ipynb.txt was used as unrolling.ipynb"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    (folder / "unrolling.ipynb").rename(folder / "Unrolling.ipynb.txt")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "Unrolling-checkpoint.ipynb").write_text("{}")
