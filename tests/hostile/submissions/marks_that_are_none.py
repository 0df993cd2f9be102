"""An honest solution in which marks are empty, numbers, lists, or say only a name that nobody knows."""

KIND = "marks"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import dump
    marks = [{}, 5, [], None, {"grade_id": 7}, {"grade_id": "nobody's"}, {"grade_id": None, "points": "many"}, "parity"]
    for number, one in enumerate(notebook.cells):
        one.metadata = [{"nbgrader": marks[number % len(marks)]}, [], "none"][number % 3 if number % 5 == 0 else 0]
    dump(folder, notebook)
