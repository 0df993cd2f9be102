"""An honest solution; the answers are marked as locked, the tests as answers, emptied and worth nothing."""

KIND = "marks"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import TESTS
    for one in notebook.cells:
        if one.id in TESTS:
            one.metadata.nbgrader.update(solution=True, grade=False, locked=False, points=0)
            one.source = ""
        elif "nbgrader" in one.metadata:
            one.metadata.nbgrader.update(solution=False, locked=True)
    return notebook
