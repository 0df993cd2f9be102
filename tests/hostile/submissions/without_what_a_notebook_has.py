"""An honest solution in which the file has nothing but cells, and between them stand numbers and texts."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    cells = [part for one in notebook.cells for part in (5, "text", None, {}, {"cell_type": one.cell_type, "id": one.id,
                                                                              "source": one.source.splitlines(True)})]
    dump(folder, {"cells": cells, "worksheets": 5})
