"""The file holds some millions of cells, each of two signs."""

KIND = "large files"
LOSES = "ungraded"
SAYS = "cells"


def hand_in(folder, notebook):
    (folder / "unrolling.ipynb").write_text('{"cells": [' + "{}," * 3_000_000 + "{}]}")
