"""An honest solution in which the ids of cells are very long, empty, numbers, half characters, code and SQL."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    ids = ["x" * 100_000, "", 5, None, "'; DROP TABLE grade; --", "<script>", "\ud800", "../x", "ä", "a\nb"]
    for number, one in enumerate(notebook.cells):
        one["id"] = ids[number % len(ids)]
    dump(folder, notebook)
