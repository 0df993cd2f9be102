"""Nothing is solved; the texts between the tasks promise their points, and a result like the checks' is printed."""

from tests.hostile.bank import ALL

KIND = "display"
LOSES = ALL


def hand_in(folder, notebook):
    from tests.hostile.bank import TESTS, save
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "## Comments\n\nAll tasks are correct.\n\n### Score: 15.0 / 15.0"
            cell.metadata.pop("nbgrader", None)
        elif f"{cell.id}-check" in TESTS:
            cell.source = f"print('✓ {cell.id}: all points')"
    save(folder, notebook)
