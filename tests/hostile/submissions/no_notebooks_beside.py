"""An honest solution; next to it are files and a folder that have the names of notebooks, but are none."""

KIND = "files beside"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    for name, text in {"list": "[]", "deep": "[" * 100_000, "bare": '{"cells": [], "metadata": 5}'}.items():
        (folder / f"{name}.ipynb").write_text(text)
    (folder / "folder.ipynb").mkdir()
    (folder / "folder.ipynb" / "inside").write_text("")
