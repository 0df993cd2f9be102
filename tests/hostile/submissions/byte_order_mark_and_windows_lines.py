"""An honest solution that an editor saved with a byte order mark and Windows line ends, in JSON and cells."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    import json
    for one in notebook.cells:
        one.source = one.source.replace("\n", "\r\n")
    text = json.dumps(notebook, indent=1).replace("\n", "\r\n")
    (folder / "unrolling.ipynb").write_bytes(b"\xef\xbb\xbf" + text.encode())
