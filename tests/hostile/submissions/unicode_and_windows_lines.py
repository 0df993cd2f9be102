"""An honest solution that an editor saved as what it calls Unicode, UTF-16, with Windows line ends, also in cells."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    import json
    for one in notebook.cells:
        one.source = one.source.replace("\n", "\r\n")
    text = json.dumps(notebook, indent=1, ensure_ascii=False).replace("\n", "\r\n")
    (folder / "unrolling.ipynb").write_bytes(text.encode("utf-16"))
