"""An honest solution, gone through programs that wrote marks of old, future and senseless versions."""

KIND = "marks"
LOSES = ()


def hand_in(folder, notebook):
    from tests.hostile.bank import save
    versions = [1, 2, 99, "three", None, -1, 3.5, [3]]
    for number, one in enumerate(cell for cell in notebook.cells if "nbgrader" in cell.metadata):
        one.metadata.nbgrader.schema_version = versions[number % len(versions)]
        one.metadata.nbgrader.pop("task", None)
    save(folder, notebook)
