"""An honest solution in notebook format 4.0, which has no ids, and in which outputs have no metadata."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    for one in notebook.cells:
        del one["id"]
        if one.cell_type == "code":
            one.outputs = [{"output_type": "display_data", "data": {"text/plain": ["a\n", "b"]}}]
    dump(folder, {**notebook, "nbformat": 4, "nbformat_minor": 0})
