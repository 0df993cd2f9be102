"""The file is JSON, and no notebook: a list of the answers' texts."""

KIND = "unreadable"
LOSES = "nothing"
SAYS = "not an object with cells"


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    dump(folder, [one.source for one in notebook.cells])
