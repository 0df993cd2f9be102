"""A dry run with made-up students, from releasing an exercise to the feedback, in a temporary course.

The students hand in the model answer, the untouched notebook, and submissions of the exercise's bank, so it is known
what each of them deserves.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import nbformat
from nbgrader.apps import NbGraderAPI

from parity_grading.course import load_course, open_gradebook
from parity_grading.grade import grade
from parity_lib.errors import require
from parity_teaching import authoring, bank, grading_commands

# The end of the settings, so that those of the real course lead to none of its files.
SETTINGS = """
c.CourseDirectory.update(root=str(HERE), db_url=f"sqlite:///{HERE / 'gradebook.db'}", source_directory="solutions",
    release_directory="exercises", submitted_directory="submitted", autograded_directory="autograded",
    feedback_directory="feedback")
c.Execute.trust_submissions = True      # we wrote them
"""
UNTOUCHED = "untouched notebook"


class Rehearsal:
    """A temporary copy of a course with one exercise and a few made-up students, or ``everyone`` in the bank."""

    def __init__(self, root: Path, folder: Path, name: str, everyone: bool) -> None:
        self.folder, self.name = folder, name
        self.source = authoring.read(root / "solutions" / name / f"{name}.md")
        self.points = {cell["id"]: cell["metadata"]["nbgrader"]["points"] for cell in self.source.graded
                       if cell["kind"] == "test"}
        submissions = bank.read_all(self.source.folder / "bank")
        if not everyone:    # a correct one, and one for each test that a wrong one loses first
            submissions = list({next(iter(item.loses), ""): item for item in reversed(submissions)}.values())
        everybody = [bank.Submission(Path("model answer"), "", {}),
                     bank.Submission(Path(UNTOUCHED), "", dict.fromkeys(self.points, "not-written")), *submissions]
        self.students = {f"s{number}": item for number, item in enumerate(everybody, start=1)}
        settings = (root / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(settings + SETTINGS, encoding="utf-8")
        shutil.copytree(self.source.folder, folder / "solutions" / name)
        (folder / "private").mkdir()
        for path in (root / "private").glob("*.py"):    # the instructor's settings and tests
            shutil.copy(path, folder / "private")
        os.environ["PARITY_PRIVATE_TESTS"] = str(folder / "private")

    def run(self, jobs: int) -> Iterator[tuple[str, list[str]]]:
        """Release, submit and grade the exercise, and write the feedback. Yield each student's name and problems."""
        self.nbgrader("generate_assignment")
        release = nbformat.read(f"exercises/{self.name}/{self.name}.ipynb", as_version=4)
        for student, item in self.students.items():
            path = Path("submitted", student, self.name, f"{self.name}.ipynb")
            path.parent.mkdir(parents=True)
            nbformat.write(release if item.path.name == UNTOUCHED else
                           bank.fill_in(release, bank.solve(item, self.source)), path)
        for row in grade(self.folder, self.name, jobs=jobs):
            item = self.students[row.student]
            yield item.path.stem.replace("_", " "), row.notes or bank.complaints(item, self.outcomes(row.student))
        self.nbgrader("generate_feedback")

    def outcomes(self, student: str) -> dict[str, bank.Outcome]:
        """Return the outcome of each test for a student."""
        graded = nbformat.read(f"autograded/{student}/{self.name}/{self.name}.ipynb", as_version=4)
        tests = {cell.id: cell for cell in graded.cells}
        with open_gradebook(load_course(self.folder)) as book:
            grades = book.find_submission(self.name, student).notebooks[0].grades
            return {entry.name: bank.outcome(tests[entry.name], entry.score, entry.max_score)
                    for entry in grades if entry.name in self.points}

    def nbgrader(self, command: str) -> None:
        """Run a command of nbgrader for the exercise. Raise ValueError with its output if it fails."""
        app = load_course(self.folder)
        result = getattr(NbGraderAPI(app.coursedir, config=app.config), command)(self.name)
        require(result["success"], f"nbgrader {command}", result.get("error") or result.get("log"),
                "finished without an error")


@click.command()
@click.argument("name")
@click.option("--all", "everyone", is_flag=True, help="Hand in every submission of the bank, not only a few.")
@grading_commands.jobs_option
def rehearse(name: str, everyone: bool, jobs: int) -> None:
    """Rehearse the grading of exercise NAME with made-up students.

    The exercise is released, submitted and graded in a temporary folder, and feedback is written. Your class is not
    touched. The exit status is 0 only if every made-up student gets exactly the points that they deserve in the tests.
    """
    root, failed = Path.cwd(), 0
    with tempfile.TemporaryDirectory(prefix="parity-rehearsal-") as folder, contextlib.chdir(folder):
        course = Rehearsal(root, Path(folder).resolve(), name, everyone)
        for student, problems in course.run(jobs):
            click.echo(f"{student}: {'; '.join(problems) or 'ok'}")
            failed += bool(problems)
    count = len(course.students)
    click.echo(f"{count - failed} of {count} students have exactly the points that they deserve.")
    if failed:
        raise click.exceptions.Exit(1)
