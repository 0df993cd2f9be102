"""An honest solution; the time stamp is a million bytes that are no text."""

KIND = "files"
LOSES = ()
STOCK = "ungraded"
SAYS = "nbgrader cannot read the time in it"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    (folder / "timestamp.txt").write_bytes(b"\xff\x00" * 500_000)
