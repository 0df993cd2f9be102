"""A browser has renamed the file, the time stamp is words, and a link next to it points at the gradebook."""

KIND = "files"
LOSES = ()
STOCK = "nothing"
SAYS = "was taken for unrolling.ipynb"


def hand_in(folder, notebook):
    import nbformat
    nbformat.write(notebook, folder / "unrolling (2).ipynb")
    (folder / "data.db").symlink_to(folder.parents[2] / "gradebook.db")
    (folder / "timestamp.txt").write_text("yesterday evening")
