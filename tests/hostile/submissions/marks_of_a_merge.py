"""The submitted file contains the conflict marks of a merge."""

KIND = "unreadable"
LOSES = "nothing"
SAYS = "cannot be read as JSON"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    lines = (folder / "unrolling.ipynb").read_text().splitlines(True)
    lines[40:40] = ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> mine\n"]
    (folder / "unrolling.ipynb").write_text("".join(lines))
