"""Commands for grading the submissions of a class. Each command imports the modules that it needs when it runs."""

from collections.abc import Iterable
from pathlib import Path

import click

from parity_grading.platforms import PLATFORMS
from parity_grading.untrusted import printable
from parity_lib.errors import require

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LIST_HELP = "The platform's list of students: " + "; or ".join(item.list_title for item in PLATFORMS.values()) + "."


def _print(lines: Iterable[str], needs_attention: bool) -> None:
    """Print lines, and exit with status 1 if ``needs_attention`` is true."""
    for line in lines:
        click.echo(line)
    if needs_attention:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@click.argument("archive", type=FILE)
@click.option("--from", "source", required=True, type=click.Choice(PLATFORMS),
              help="The platform that you downloaded from.")
@click.option("--list", "list_path", required=True, type=FILE, metavar="FILE", help=LIST_HELP)
def collect(name: str, archive: Path, source: str, list_path: Path) -> None:
    """Collect the submissions for exercise NAME from ARCHIVE.

    ARCHIVE is the zip archive that you downloaded from the platform. Every file that is not collected is listed with
    the reason. The exit status is 1 if something is left for you to do.
    """
    from parity_grading.collect import Collector
    from parity_grading.course import course_lock, load_course

    app = load_course(Path.cwd())
    with course_lock(app):      # `parity grade` writes to the same record
        collector = Collector(app, name, source, list_path)
        collector.collect(archive)
    _print(collector.format_lines(), collector.needs_attention)


@click.command()
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Show the status of every student in exercise NAME.

    Without NAME, show a summary of every exercise. The exit status is 1 if a submission is waiting to be graded, read
    or repaired.
    """
    from parity_grading import status as statuses
    from parity_grading.course import load_course

    app = load_course(Path.cwd())
    rows = {item: statuses.read_statuses(app, item) for item in ([name] if name else statuses.exercise_names(app))}
    lines = list(statuses.format_rows(rows[name])) if name else [
        f"{item:24} {statuses.summarise(rows[item])}" for item in rows]
    _print(lines or ["There is no exercise in the gradebook yet: nbgrader generate_assignment NAME"],
           any(row.state not in statuses.SETTLED for item in rows.values() for row in item))


@click.command()
@click.argument("name")
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade only this student. May be repeated.")
@click.option("--force", is_flag=True, help="Also grade submissions that have been graded and have not changed. The "
                                            "gradebook is copied first.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True,
              help="How many submissions are graded at the same time; each needs a core and about 2 GB of memory.")
def grade(name: str, students: tuple[str, ...], force: bool, jobs: int) -> None:
    """Grade all submissions for exercise NAME.

    If grading was interrupted, the command continues where it left off. With several jobs, rows are printed as
    submissions are completed. If a submission was graded before, its row lists the tasks whose points have changed. At
    the end, the command names the tasks for which more than half of the class have no points. The exit status is 1 if a
    submission could not be graded.
    """
    from tqdm import tqdm

    from parity_grading.course import load_course
    from parity_grading.grade import grade as rows
    from parity_teaching.report import lost_by_most

    states, graded, changed, backup = [], [], 0, None
    for row in rows(Path.cwd(), name, students, force, jobs):
        points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
        with tqdm.external_write_mode():
            click.echo(f"{printable(row.student):20} {row.state:7} {points:>10} {row.seconds:6.1f} s  "
                       + "; ".join([*row.notes, *row.changes]))
        states.append(row.state)
        changed, backup = changed + bool(row.changes), row.backup
        graded += [row.student] if row.state != "failed" else []
    click.echo(f"{len(states)} submissions: " + ", ".join(
        f"{states.count(state)} {state}" for state in ("graded", "kept", "failed")))
    if backup:
        click.echo(f"The points of {changed} of {len(states)} submissions have changed. The earlier gradebook is "
                   f"{backup}. The feedback pages are out of date until you run `nbgrader generate_feedback {name} "
                   "--force`.")
    if lost := lost_by_most(load_course(Path.cwd()), name, graded):
        click.echo("\nWARNING: more than half of these submissions have no points for a task. Before you hand out the "
                   f"points, read a few of the messages, which `parity report {name}` lists: a check, or this "
                   "machine, may be wrong.\n  " + "\n  ".join(lost))
    _print([], "failed" in states)


@click.command()
@click.argument("name")
def report(name: str) -> None:
    """Write a report on the class's results in exercise NAME.

    The page shows the points per task and per student, and the most frequent messages. It is for you alone, because it
    names students.
    """
    from parity_grading.course import load_course
    from parity_teaching.report import class_report, write

    app = load_course(Path.cwd())
    click.echo(write(app, class_report(app, name)))


@click.command()
@click.argument("name", required=False)
@click.option("--to", "target", required=True, type=click.Choice([*PLATFORMS, "csv"]),
              help="The platform, or csv for a plain table.")
@click.option("--list", "list_path", type=FILE, metavar="FILE", help=LIST_HELP)
@click.option("--column", metavar="HEADING", help="The heading of the grade column in the list, if it is not found.")
def export(name: str | None, target: str, list_path: Path | None, column: str | None) -> None:
    """Export the grades and feedback pages for exercise NAME.

    Without NAME, export a plain table with all exercises and each student's total. The files are written to
    private/export, ready for the platform. The exit status is 1 if something is left for you to do.
    """
    from parity_grading import export as exporting
    from parity_grading.course import load_course
    from parity_grading.status import exercise_names

    app = load_course(Path.cwd())
    if target == "csv":
        require(list_path is None, "--list", str(list_path), "left out with --to csv")
        names, file_name = ([name], f"{name}-csv.csv") if name else (exercise_names(app), "all.csv")
        result = exporting.export_table(app, names, file_name)
    else:
        require(name is not None, "--to", target, "csv if there is no NAME of an exercise")
        result = exporting.export(app, str(name), target, list_path, column)
    _print(exporting.format_lines(result), bool(result.todo))


@click.command()
def exercises() -> None:
    """Generate the exercise notebooks from solutions/NAME/NAME.md.

    The command also updates the files that repeat the points and minutes of the exercises.
    """
    from parity_teaching import manifest

    root = Path.cwd()
    if not (root / "solutions").is_dir():
        raise click.ClickException(f"there is no folder solutions in {root}. Run the command in the repository's root.")
    files = manifest.generated(root)
    stale = [path for path, content in files.items()
             if not (root / path).is_file() or (root / path).read_bytes() != content]
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(files[path])
    click.echo(f"{len(files)} files, " + (f"{len(stale)} of them rewritten" if stale else "all up to date"))
