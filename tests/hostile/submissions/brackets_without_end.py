"""The file is a million brackets that open."""

KIND = "unreadable"
LOSES = "nothing"
SAYS = "cannot be read as JSON"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").write_text('{"cells": ' + "[" * 1_000_000)
