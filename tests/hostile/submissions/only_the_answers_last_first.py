"""The submission consists of four cells: the answers, without marks and ids, the last one first."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import UNSOLVED, cell
    sources = [cell(notebook, name).source for name in reversed(UNSOLVED)]
    return {"cells": [{"cell_type": "code", "source": one} for one in sources]}
