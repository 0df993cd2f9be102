"""An honest solution, saved by a program of 2013: worksheets, `input` in place of `source`, no marks."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    cells = [{"cell_type": one.cell_type, "language": "python", "collapsed": False, "metadata": {},
              {"code": "input"}.get(one.cell_type, "source"): one.source.splitlines(True)} for one in notebook.cells]
    cells.insert(0, {"cell_type": "heading", "level": 1, "source": ["Mine"]})
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
