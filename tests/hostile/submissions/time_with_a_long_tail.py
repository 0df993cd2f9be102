"""An honest solution; behind the time stamp stand three hundred blanks, and then words."""

KIND = "files"
LOSES = ()
STOCK = "nothing"
SAYS = "nbgrader cannot read the time in it"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    (folder / "timestamp.txt").write_text("2030-01-01 10:00:00 UTC" + " " * 300 + "or so")
