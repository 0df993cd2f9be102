"""The file is a string of two million escaped quotation marks that never ends, after which a search may start again."""

KIND = "unreadable"
LOSES = "nothing"


def hand_in(folder, notebook):
    from tests.hostile.bank import EXERCISE
    (folder / f"{EXERCISE}.ipynb").write_text('{"cells": ["' + '\\"' * 2_000_000)


SAYS = "cannot be read as JSON"
