"""All tests were deleted, and with them one answer and the imports; the other answers are right."""

KIND = "rebuild"
LOSES = ("unroll-check",)


def hand_in(folder, notebook):
    from tests.hostile.bank import TESTS
    notebook.cells = [one for one in notebook.cells if one.id not in (*TESTS, "unroll", "imports")]
    return notebook
