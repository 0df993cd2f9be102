"""An honest solution; the archive that was unpacked had a folder in it, with the notebook and what a Mac adds."""

KIND = "files"
LOSES = ()
STOCK = "nothing"
SAYS = "unrolling/unrolling.ipynb was used as unrolling.ipynb"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    for place in ("unrolling", "__MACOSX/unrolling"):
        (folder / place).mkdir(parents=True)
    save(folder / "unrolling", notebook)
    (folder / "__MACOSX" / "unrolling" / "._unrolling.ipynb").write_bytes(b"\0\5\x16\7")
