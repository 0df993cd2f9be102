"""A dry run with made-up students, from releasing an exercise to the feedback, in a temporary course.

The students hand in the model answer, the untouched notebook, and submissions of the exercise's bank, so it is known
what each of them deserves.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import nbformat

from parity_grading.course import add_programs_to_path, load_course, open_gradebook
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
        self.points = {cell["id"]: cell["metadata"]["nbgrader"]["points"] for cell in self.source.graded}
        submissions = bank.read_all(self.source.folder / "bank")
        if not everyone:    # a correct one, and one for each test that a wrong one loses first
            submissions = list({next(iter(item.loses), ""): item for item in reversed(submissions)}.values())
        everybody = [bank.Submission(Path("model answer"), "", {}),
                     bank.Submission(Path(UNTOUCHED), "", dict.fromkeys(self.points, "not-written")), *submissions]
        self.students = {f"s{number}": item for number, item in enumerate(everybody, start=1)}
        self.names = {student: item.path.stem.replace("_", " ") for student, item in self.students.items()}
        settings = (root / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text(settings + SETTINGS, encoding="utf-8")
        shutil.copytree(self.source.folder, folder / "solutions" / name)
        (folder / "private").mkdir()
        for path in (root / "private").glob("*.py"):    # the instructor's settings and tests
            shutil.copy(path, folder / "private")
        os.environ["PARITY_PRIVATE_TESTS"] = str(folder / "private")

    def steps(self, jobs: int) -> Iterator[tuple[str, str, Callable[[], None]]]:
        """Yield the name, description and function of each step."""
        name, everybody = self.name, f"{len(self.students)} students"
        yield "release", "the notebook for students, and the exercise in the gradebook", lambda: _nbgrader(
            "generate_assignment", name, "--force")
        yield "submit", f"the notebooks of {everybody}", self.submit
        yield "grade", f"the submissions of {everybody}", lambda: _parity(
            grading_commands.grade, name, "--jobs", str(jobs))
        yield "read", "the written answers, which all get full marks", self.read
        yield "report", "a page about the class", lambda: _parity(grading_commands.report, name)
        yield "feedback", f"a page for each of {everybody}", lambda: _nbgrader("generate_feedback", name, "--force")
        yield "compare", "points and messages with the deserved ones", self.compare

    def submit(self) -> None:
        """Write the notebook of each student into ``submitted/``."""
        release = nbformat.read(f"exercises/{self.name}/{self.name}.ipynb", as_version=4)
        for student, item in self.students.items():
            untouched = self.names[student] == UNTOUCHED
            path = Path("submitted", student, self.name, f"{self.name}.ipynb")
            path.parent.mkdir(parents=True)
            nbformat.write(release if untouched else bank.fill_in(release, bank.solve(item, self.source)), path)

    def read(self) -> None:
        """Give full marks to each written answer that needs manual grading."""
        with open_gradebook(load_course(self.folder)) as book:
            for submission in book.assignment_submissions(self.name):
                for entry in submission.notebooks[0].grades:
                    if entry.needs_manual_grade:
                        entry.manual_score, entry.needs_manual_grade = entry.max_score, False
            book.db.commit()

    def compare(self) -> None:
        """Raise ValueError unless each student has the expected points, messages and feedback."""
        problems = []
        with open_gradebook(load_course(self.folder)) as book:
            for student, item in self.students.items():
                graded = nbformat.read(f"autograded/{student}/{self.name}/{self.name}.ipynb", as_version=4)
                tests = {cell.id: cell for cell in graded.cells if cell.id in self.points and cell.cell_type == "code"}
                grades = book.find_submission(self.name, student).notebooks[0].grades
                outcomes = {entry.name: bank.outcome(tests[entry.name], entry.score, entry.max_score)
                            for entry in grades if entry.name in tests}
                deserved = sum(points for cell, points in self.points.items() if cell not in item.loses)
                wrong = bank.complaints(item, outcomes)
                if (score := sum(entry.score for entry in grades)) != deserved:
                    wrong.append(f"{deserved} points are deserved, but the gradebook has {score:g}")
                if not Path("feedback", student, self.name, f"{self.name}.html").is_file():
                    wrong.append("there is no feedback page")
                problems += [f"{self.names[student]}: {problem}" for problem in wrong]
        if problems:
            raise ValueError("\n".join(problems))


def _parity(command: click.Command, *arguments: str) -> None:
    status = command.main(arguments, prog_name=f"parity {command.name}", standalone_mode=False)
    require(not status, f"parity {command.name}", f"exit status {status}", "finished, with nothing left to do")


def _nbgrader(*arguments: str) -> None:
    """Run an nbgrader command in a separate process. Raise ValueError with its output if it fails."""
    add_programs_to_path()
    done = subprocess.run([sys.executable, "-m", "nbgrader", *arguments], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    require(not done.returncode, f"nbgrader {arguments[0]}", done.stdout.strip(), "finished without an error")


@click.command()
@click.argument("name")
@click.option("--all", "everyone", is_flag=True, help="Hand in every submission of the bank, not only a few.")
@grading_commands.jobs_option
def rehearse(name: str, everyone: bool, jobs: int) -> None:
    """Rehearse the grading of exercise NAME with made-up students.

    The exercise is released, submitted, graded and read in a temporary folder, with a report and feedback. Your class
    is not touched. The exit status is 0 only if every made-up student gets exactly the points that they deserve.
    """
    root = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="parity-rehearsal-") as folder, contextlib.chdir(folder):
        course = Rehearsal(root, Path(folder).resolve(), name, everyone)
        for step, what, act in course.steps(jobs):
            start, said, problem = time.monotonic(), io.StringIO(), ""
            try:
                with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                    act()
            except (Exception, SystemExit) as error:
                problem = f"{error}" if isinstance(error, ValueError) else repr(error)
            click.echo(f"{step:9} {what:62} {time.monotonic() - start:6.1f} s  {'FAILED' if problem else 'ok'}")
            if problem:
                raise click.ClickException(f"{said.getvalue()}{problem}")
    click.echo(f"{len(course.students)} of {len(course.students)} students have exactly the points that they deserve.")
