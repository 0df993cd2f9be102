"""Two renamed notebooks were submitted, and none has the right name, so nobody can tell which one is meant."""

KIND = "files"
LOSES = "nothing"
SAYS = "unrolling.ipynb is missing; there is"


def hand_in(folder, notebook):
    import nbformat
    for name in ("unrolling final", "unrolling final 2"):
        nbformat.write(notebook, folder / f"{name}.ipynb")
