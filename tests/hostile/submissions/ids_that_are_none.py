"""An honest solution; ids are very long, empty, numbers, half characters, code and SQL, or those of added cells."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    ids = ["x" * 100_000, "", 5, None, "'; DROP TABLE grade; --", "<script>", "\ud800", "../x", "ä", "a\nb"]
    for number, one in enumerate(notebook.cells):
        one["id"] = ids[number % len(ids)]
    for number in range(60):
        notebook.cells.insert(0, new_code_cell("1", id=f"cell-{(number + 7) % 60}"))
        notebook.cells.insert(0, new_code_cell("2", id=f"cell-{number}"))
    return notebook
