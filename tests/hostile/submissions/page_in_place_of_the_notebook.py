"""The file with the notebook's name is a web page that a browser saved."""

KIND = "unreadable"
LOSES = "nothing"
SAYS = "cannot be read as JSON"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").write_text("<!DOCTYPE html>\n<html><body><div id='notebook'></div></body></html>")
