"""An honest solution; next to it is a notebook with a malformed mark of an unfinished grading."""

KIND = "unfinished"
LOSES = ()


def hand_in(folder, notebook):
    import json

    from tests.hostile.bank import save
    save(folder, notebook)
    for number, about in enumerate(({"parity_unfinished": {"pid": "one", "since": []}}, {"parity_unfinished": 5},
                                    {"parity_unfinished": {"pid": 10**30, "since": 0}}, [], 5)):
        (folder / f"beside-{number}.ipynb").write_text(json.dumps({"cells": [], "metadata": about}))
    (folder / "list.ipynb").write_text("[]")
    (folder / "deep.ipynb").write_text("[" * 100_000)
    (folder / "folder.ipynb").mkdir()
    (folder / "folder.ipynb" / "inside").write_text("")
