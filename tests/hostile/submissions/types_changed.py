"""An honest solution; answers were made to Markdown and raw text, tests to Markdown, texts to code."""

KIND = "rebuild"
LOSES = ()


def hand_in(folder, notebook):
    data = notebook.copy()
    for number, one in enumerate(data["cells"]):
        one["cell_type"] = ("markdown", "raw")[number % 2] if one["cell_type"] == "code" else "code"
    return data
