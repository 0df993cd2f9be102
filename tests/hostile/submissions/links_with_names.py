"""An honest solution; next to it are links named like table rows, terminal codes, and invalid characters."""

KIND = "files"
LOSES = ()


def hand_in(folder, notebook):
    import os

    from tests.hostile.bank import save
    save(folder, notebook)
    for name in ("a\nnobody               graded    11 of 15    0.1 s", "\x1b[2J\x1b[8m", os.fsdecode(b"\xff\xfe")):
        (folder / name).symlink_to("/etc/passwd")
