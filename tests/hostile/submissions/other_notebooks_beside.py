"""An honest solution; next to it are a copy, another exercise's notebook, and a record that it was graded."""

KIND = "files"
LOSES = ()


def hand_in(folder, notebook):
    import nbformat

    from tests.hostile.bank import save
    save(folder, notebook)
    notebook.cells.clear()
    for name in ("unrolling-copy", "architecture", "nbgrader"):
        nbformat.write(notebook, folder / f"{name}.ipynb")
