"""There is no notebook, only a note that it comes later."""

KIND = "files"
LOSES = "nothing"
SAYS = "there is no notebook"


def hand_in(folder, notebook):
    (folder / "note.txt").write_text("My dog ...")
