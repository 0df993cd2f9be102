"""An honest solution in notebook format 4.0, without ids, whose metadata ask for a kernel for Julia at its own path."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    for one in notebook.cells:
        del one["id"]
        if one.cell_type == "code":
            one.outputs = [{"output_type": "display_data", "data": {"text/plain": ["a\n", "b"]}}]
    spec = {"name": "../../julia-1.10", "display_name": "<b>Julia</b>", "language": "julia", "argv": ["false"]}
    return {**notebook, "nbformat": 4, "nbformat_minor": 0,
            "metadata": {"kernelspec": spec, "language_info": {"name": "R", "version": 4},
                         "widgets": {"application/vnd.jupyter.widget-state+json": 5}}}
