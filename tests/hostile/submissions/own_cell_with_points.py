"""Nothing is solved; an answer and added cells are marked as tests with points, one under a name of the course's."""

from tests.hostile.bank import ALL

KIND = "marks"
LOSES = ALL


def hand_in(folder, notebook):
    from nbformat.v4 import new_code_cell

    from tests.hostile.bank import UNSOLVED, cell, with_cells
    for name in ("mine", "what-convinces", "unroll-check"):
        notebook.cells.insert(0, new_code_cell("print('fine')", metadata={"nbgrader": {
            "grade_id": name, "grade": True, "points": 1000, "solution": False, "locked": True, "schema_version": 3,
            "task": False, "cell_type": "code"}}))
    cell(notebook, "parity").metadata.nbgrader.update(grade=True, solution=False, locked=True, points=1000)
    cell(notebook, "parity-check").metadata.nbgrader["points"] = -1000
    with_cells(folder, notebook, UNSOLVED | {"parity": "1000"})
