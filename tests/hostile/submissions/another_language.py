"""An honest solution whose metadata say that it is R, to be run by a kernel for Julia at a path of its own."""

KIND = "format"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    spec = {"name": "../../julia-1.10", "display_name": "<b>Julia</b>", "language": "julia", "argv": ["false"]}
    dump(folder, {**notebook, "metadata": {"kernelspec": spec, "language_info": {"name": "R", "version": 4},
                                           "widgets": {"application/vnd.jupyter.widget-state+json": 5}}})
