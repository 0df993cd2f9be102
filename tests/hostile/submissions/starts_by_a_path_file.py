"""An honest solution; beside it are files by which a Python that knows a user's own packages would end at its start."""

KIND = "files beside"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    save(folder, notebook)
    for minor in range(9, 16):
        place = folder / f".local/lib/python3.{minor}/site-packages"
        place.mkdir(parents=True)
        (place / "first.pth").write_text("import os; os._exit(1)\n")
        (place / "usercustomize.py").write_text("import os\nos._exit(1)\n")
