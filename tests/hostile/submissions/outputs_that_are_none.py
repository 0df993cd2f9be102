"""An honest solution, saved with outputs of other formats, without their parts, and three hundred lists deep."""

KIND = "outputs saved"
LOSES = ()


def hand_in(folder, notebook):
    deep = {}
    for _ in range(150):
        deep = {"a": [deep]}
    outputs = [5, {}, "text", None, {"output_type": "pyout", "prompt_number": 1}, {"output_type": "stream", "text": {}},
               {"output_type": "error"},
               {"output_type": "display_data", "metadata": {}, "data": {"application/json": deep}},
               {"output_type": "display_data", "metadata": {}, "data": {"text/html": [1, 2], "image/png": 7}}]
    for number, one in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        one["outputs"] = {"a": outputs} if number % 4 == 0 else outputs
    return notebook
