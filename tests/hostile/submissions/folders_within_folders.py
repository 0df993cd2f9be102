"""An honest solution; next to it is a folder in a folder in a folder, and so on, fifteen hundred times."""

KIND = "files"
LOSES = "ungraded"


def hand_in(folder, notebook):
    import os

    from tests.hostile.bank import save
    save(folder, notebook)
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=inner)
        outer, inner = inner, os.open("d", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)


SAYS = "folders within folders"
