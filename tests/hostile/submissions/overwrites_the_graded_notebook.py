"""What is graded is looked for everywhere and written over with a notebook whose tests all say that they passed."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "gradebook"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import json, os
passed = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
for top in ("/", "..", "../..", "../../..", "/proc/1/root"):
    for place, folders, names in os.walk(top):
        folders[:] = [one for one in folders if one not in ("proc", "sys", "usr")]
        for name in names:
            if name.endswith((".ipynb", "nbgrader_config.py", "parity_submitted")):
                try:
                    open(os.path.join(place, name), "w").write(passed)
                    print("wrote", place, name)
                except OSError:
                    pass
'''}
