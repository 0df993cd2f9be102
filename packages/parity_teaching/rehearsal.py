"""A rehearsal: the model answer and the untouched notebook are graded, and it is known what each of them deserves."""

from pathlib import Path

import click
import nbformat
from nbgrader.utils import is_solution

from parity_grading.before_grading import run_tests, try_private_tests
from parity_grading.course import load_course
from parity_grading.untrusted import mark
from parity_teaching import authoring


@click.command()
@click.argument("name")
def rehearse(name: str) -> None:
    """Rehearse the grading of exercise NAME with two made-up students.

    The exercise is released in a temporary folder, and its model answer and the untouched notebook are graded as
    submissions are. Your class is not touched. The exit status is 0 only if the model answer gets every point in the
    tests, and the untouched notebook none.
    """
    source = authoring.read(Path("solutions", name, f"{name}.md"))
    release = authoring.notebooks([source])[f"exercises/{name}/{name}.ipynb"].decode()
    untouched = {mark(cell): cell.source for cell in nbformat.reads(release, as_version=4).cells}
    app, failed = load_course(Path.cwd()), False
    app.config.Execute.trust_submissions = True     # we wrote them
    try_private_tests(app.coursedir, app.config, name)
    for student in ("model-answer", "untouched-notebook"):
        cells = authoring.notebook(source).cells
        for cell in filter(is_solution, cells if student == "untouched-notebook" else []):
            cell.source = untouched[mark(cell)]
        points, most = run_tests(cells, app.config)
        deserved = most if student == "model-answer" else 0
        errors = [f"{mark(cell)}: {output.evalue}" for cell in cells for output in cell.get("outputs", [])
                  if output.output_type == "error"]
        click.echo(f"{student}: " + ("ok" if points == deserved else "; ".join(
            [f"{points:g} points instead of {deserved:g}", *errors])))
        failed |= points != deserved
    if failed:
        raise click.exceptions.Exit(1)
