"""The marks of an answer and of its test are exchanged: the answer cannot be told from a test, and is lost."""

KIND = "marks"
LOSES = ("parity-check",)


def hand_in(folder, notebook):
    from tests.hostile.bank import cell
    answer, test = cell(notebook, "parity"), cell(notebook, "parity-check")
    answer.metadata, test.metadata = test.metadata, answer.metadata
    answer.id, test.id = test.id, answer.id
    return notebook
