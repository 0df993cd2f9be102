"""An honest solution; next to it is a pipe, from which a reader would wait for ever."""

KIND = "files"
LOSES = ()
STOCK = "nothing"
SAYS = "left out data.txt, which is not a regular file"


def hand_in(folder, notebook):
    import os

    from tests.hostile.bank import save
    save(folder, notebook)
    os.mkfifo(folder / "data.txt")
