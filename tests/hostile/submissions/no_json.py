"""The file is a part of a notebook: the upload was cut off."""

KIND = "unreadable"
LOSES = "ungraded"
SAYS = "is not a notebook"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    path = folder / "unrolling.ipynb"
    path.write_text(path.read_text()[:2000])
