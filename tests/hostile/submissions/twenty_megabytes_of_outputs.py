"""An honest solution, saved with tables and pictures of twenty megabytes in it."""

KIND = "outputs saved"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgoA" * 400_000}}
    table = {"output_type": "stream", "name": "stdout", "text": "0 1 0 1\n" * 600_000}
    for one in notebook.cells:
        if one.id in ("my-strings", "unroll"):
            one.outputs = [picture, table]
    dump(folder, notebook)
