"""An honest solution; next to it are .pth files that would end a Python that knows a user's own packages."""

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
