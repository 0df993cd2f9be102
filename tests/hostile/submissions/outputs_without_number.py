"""An honest solution, saved with a million outputs that are none, each of two signs."""

KIND = "outputs saved"
LOSES = ()


def hand_in(folder, notebook):
    import json

    from tests.hostile.bank import cell
    cell(notebook, "parity")["outputs"] = ["HERE"]
    text = json.dumps(notebook)
    (folder / "unrolling.ipynb").write_text(text.replace('["HERE"]', "[" + "{}," * 1_000_000 + "{}]"))
