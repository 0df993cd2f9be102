"""An honest solution that an editor saved as what it calls Unicode, which is UTF-16."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    import json
    (folder / "unrolling.ipynb").write_bytes(json.dumps(notebook, ensure_ascii=False).encode("utf-16"))
