"""A string of two million escaped quotation marks never ends; a parser might search on from each of them."""

KIND = "unreadable"
LOSES = "ungraded"


def hand_in(folder, notebook):
    from tests.hostile.bank import EXERCISE
    (folder / f"{EXERCISE}.ipynb").write_text('{"cells": ["' + '\\"' * 2_000_000)


SAYS = "cannot be read as JSON"
