"""Two renamed notebooks were handed in, and none under the right name: nobody can tell which was meant."""

KIND = "files"
LOSES = "nothing"
SAYS = "unrolling.ipynb is missing; there is"


def hand_in(folder, notebook):
    import nbformat
    for name in ("unrolling final", "unrolling final 2"):
        nbformat.write(notebook, folder / f"{name}.ipynb")
