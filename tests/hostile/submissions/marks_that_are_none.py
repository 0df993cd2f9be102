"""An honest solution; marks are empty, numbers, lists, of senseless versions, or say a name that nobody knows."""

KIND = "marks"
LOSES = ()


def hand_in(folder, notebook):
    marks = [{}, 5, [], None, {"grade_id": 7}, {"grade_id": "nobody's"}, {"grade_id": None, "points": "many"}, "parity"]
    versions = [1, 2, 99, "three", None, -1, 3.5, [3]]
    for number, one in enumerate(notebook.cells):
        if number % 2 and "nbgrader" in one.metadata:
            one.metadata.nbgrader.schema_version = versions[number % len(versions)]
        else:
            one.metadata = [{"nbgrader": marks[number % len(marks)]}, [], "none"][number % 3 if number % 5 == 0 else 0]
    return notebook
