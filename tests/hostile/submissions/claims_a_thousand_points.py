"""Task 1 is not solved; its cell claims to be a test that is locked and worth a thousand points."""

KIND = "marks"
LOSES = ("parity-check",)


def hand_in(folder, notebook):
    from tests.hostile.bank import cell, save
    answer = cell(notebook, "parity")
    answer.source = "1000"
    answer.metadata.nbgrader.update(grade=True, solution=False, locked=True, points=1000, checksum="none")
    cell(notebook, "parity-check").metadata.nbgrader["points"] = -1000
    save(folder, notebook)
