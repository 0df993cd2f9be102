"""An honest solution in a folder, with .txt behind its name, what a Mac adds, and an older state from Jupyter."""

KIND = "files"
LOSES = ()
STOCK = "ungraded"
SAYS = "unrolling/Unrolling.ipynb.txt was used as unrolling.ipynb"


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    for place in ("unrolling/.ipynb_checkpoints", "__MACOSX/unrolling"):
        (folder / place).mkdir(parents=True)
    save(folder / "unrolling", notebook)
    (folder / "unrolling" / "unrolling.ipynb").rename(folder / "unrolling" / "Unrolling.ipynb.txt")
    (folder / "__MACOSX" / "unrolling" / "._unrolling.ipynb").write_bytes(b"\0\5\x16\7")
    (folder / "unrolling" / ".ipynb_checkpoints" / "Unrolling-checkpoint.ipynb").write_text("{}")
