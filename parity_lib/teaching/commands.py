"""What ``parity`` does for a class, from the platform's download to grades in the platform; a command a step.

Chapter: *For instructors*. The commands only read their arguments and print rows; what they do stands in the module
of the same name. Their libraries are imported inside of them: a reader's installation has none of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click


@contextlib.contextmanager
def as_message() -> Iterator[None]:
    """Errors that the user can do something about, without a traceback."""
    try:
        yield
    except (ImportError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    except Exception as error:
        if type(error).__name__ != "OperationalError":      # SQLAlchemy's, which a reader does not have
            raise
        raise click.ClickException(f"the gradebook cannot be used now: {getattr(error, 'orig', error)}; while another "
                                   "command writes to it, try again later") from None


@click.command()
@click.argument("name")
@click.argument("archives", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--from", "platform", required=True, metavar="moodle|canvas|PATTERN",
              help="Where the archive comes from; or a regular expression of file names, with (?P<student_id>...).")
@click.option("--list", "listing", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Moodle's grading worksheet or Canvas's gradebook, a CSV file: it tells namesakes apart.")
@click.option("--keep", type=click.Choice(["last", "on-time"]), default="last", show_default=True,
              help="The last hand-in, or the last that was on time.")
@click.option("--zone", metavar="ZONE", help="Of times that name none, such as Europe/Berlin [this machine's; UTC in "
                                             "file names].")
@click.option("--force", multiple=True, metavar="STUDENT", help="Replace what was put there by hand; repeatable.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done.")
def collect(name: str, archives: tuple[Path, ...], platform: str, listing: Path | None, keep: str, zone: str | None,
            force: tuple[str, ...], dry_run: bool) -> None:
    """Put the hand-ins of a platform's archive where grading finds them; name every file that went nowhere."""
    with as_message():
        from parity_lib.teaching import collect as collecting
        from parity_lib.teaching.grade import course
        from parity_lib.teaching.platforms import time_zone

        zone_ = time_zone(zone, platform)
        done = collecting.collect(course(Path.cwd()), name, list(archives), platform, listing, keep, zone_, force,
                                  dry_run)
        for line in collecting.lines(done, dry_run):
            click.echo(line)
        if done.times_in_list and not zone:
            click.echo(f"Times in {listing.name} were taken for {datetime.now(zone_):%Z}; --zone names another zone.",
                       err=True)
    if done.needs_a_person:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name", required=False)
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the rows of all students to a table, too.")
def status(name: str | None, file: Path | None) -> None:
    """Say what is missing, collected, failed, half graded, changed since, needs reading, read: a row a student.

    Without NAME, a line for each exercise. The status is 1 while a hand-in waits for somebody.
    """
    with as_message():
        from parity_lib.teaching import status as states
        from parity_lib.teaching.grade import course

        app = course(Path.cwd())
        rows = {one: states.states(app, one) for one in ([name] if name else states.exercises(app))}
        for line in states.lines(rows[name]) if name else states.overview(rows):
            click.echo(line)
        if file:
            states.write(file, rows)
    if any(row.state not in states.DONE for each in rows.values() for row in each):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("student")
@click.argument("name")
@click.argument("days", type=float)
def extend(student: str, name: str, days: float) -> None:
    """Give a student DAYS more than the class for an exercise, also before the hand-in; 0 takes them away."""
    with as_message():
        from parity_lib.teaching.extension import extend as granted
        from parity_lib.teaching.grade import course

        now = granted(course(Path.cwd()), student, name, days)
    here, utc = f"{now.due.astimezone():%Y-%m-%d %H:%M %Z}", f"{now.due:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{student} may hand in {name} until {', '.join(dict.fromkeys([here, utc]))}")
    if now.graded:
        click.echo("It was graded already. A penalty for lateness follows with the next grading: "
                   f"parity regrade {name} --student {student} --apply")


@click.command()
@click.argument("name")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--force", is_flag=True, help="Grade again what was graded and has not changed.")
@click.option("--jobs", type=click.IntRange(min=1), help="Hand-ins at a time [1]; each takes a core, and about 2 GB.")
@click.option("--scheduler", metavar="ADDRESS", help="Grade on a Dask cluster, such as tcp://host:8786.")
def grade(name: str, students: tuple[str, ...], force: bool, jobs: int | None, scheduler: str | None) -> None:
    """Grade every hand-in of an exercise; go on where a run was stopped. With several at a time, rows come as done."""
    if jobs and scheduler:
        raise click.UsageError("--jobs and --scheduler exclude each other: a cluster's workers say how many they take")
    with as_message():
        from tqdm import tqdm

        from parity_lib.teaching import sandbox
        from parity_lib.teaching.grade import UNKNOWN
        from parity_lib.teaching.grade import grade as rows

        if why := sandbox.missing():
            click.echo(f"Submissions run with your own rights, and can read and change what you can: {why}", err=True)
        done = []
        for row in rows(Path.cwd(), name, students, force, jobs or 1, scheduler):
            points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
            with tqdm.external_write_mode():
                click.echo(f"{row.student:20} {row.state:7} {points:>10} {row.seconds:6.1f} s  {'; '.join(row.notes)}")
            done.append(row)
    states = [row.state for row in done]
    click.echo(f"{len(done)} hand-ins: " + ", ".join(
        f"{states.count(state)} {state}" for state in ("graded", "kept", "failed")))
    if "failed" in states or any(UNKNOWN in row.notes for row in done):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@click.option("--student", "students", multiple=True, metavar="ID",
              help="Regrade only this student; you can repeat this option.")
@click.option("--drop", multiple=True, metavar="TASK",
              help="Give no points for this task to anybody; you can repeat this option.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True,
              help="The number of submissions to grade at a time.")
@click.option("--apply", is_flag=True, help="Put the new grades in place. Without this option nothing is changed.")
def regrade(name: str, students: tuple[str, ...], drop: tuple[str, ...], jobs: int, apply: bool) -> None:
    """Grade an exercise again after a change of its tests or points.

    The command lists what would change. Points that you gave by hand stay. It ends with status 1 if you should look at
    something.
    """
    with as_message():
        from parity_lib.teaching.regrade import regrade as grade_again

        result = grade_again(Path.cwd(), name, students, drop, apply=apply, jobs=jobs)
    for line in result.lines():
        click.echo(line)
    if result.needs_attention:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@click.option("--names", is_flag=True, help="Write your own copy, with names and similar answers.")
def report(name: str, names: bool) -> None:
    """Write a page about the class: the points per task and the most frequent messages."""
    with as_message():
        from parity_lib.teaching.report import class_report, write

        found = class_report(Path.cwd(), name)
        click.echo(write(Path.cwd(), found, names))
    if not names and found.similar:
        click.echo(f"{len(found.similar)} groups of students have similar answers: parity report {name} --names")


@click.command()
@click.argument("name")
@click.option("--to", "platform", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option("--list", "listed", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The platform's own file: Moodle's grading worksheet, or Canvas's exported gradebook.")
@click.option("--column", metavar="HEADING", help="The column of that file for the grades, if it cannot be told.")
@click.option("--scale/--no-scale", default=None,
              help="Where the platform's maximum is another: convert the points, or not.")
@click.option("--partial", is_flag=True, help="Points so far, too, where answers are still to be read.")
@click.option("--feedback", is_flag=True, help="Make an archive of the feedback pages, too.")
@click.option("--downloaded", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Canvas's download of the submissions, whose file names the archive for Canvas needs.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file [private/export/NAME-TO.csv].")
def export(name: str, platform: str, listed: Path | None, column: str | None, scale: bool | None, partial: bool,
           feedback: bool, downloaded: Path | None, out: Path | None) -> None:
    """Write the grades of an exercise as the platform imports them; status 1 where something is left to do."""
    with as_message():
        from parity_lib.teaching import export as exporting

        done = exporting.export(Path.cwd(), name, platform, listed=listed, column=column, partial=partial, scale=scale,
                                out=out, feedback=feedback, downloaded=downloaded)
        for line in exporting.lines(done):
            click.echo(line)
    click.echo(f"{done.graded} grades, {len(done.todo)} things to do")
    if done.todo:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--seconds", type=click.IntRange(min=1), default=60, show_default=True, help="Time limit for each cell.")
def check(files: tuple[Path, ...], seconds: int) -> None:
    """Check notebooks before you hand them in.

    The command reports a wrong file name, missing cells, empty answers and the points of the public checks. It ends
    with status 1 if you should change something.
    """
    from parity_lib.teaching import precheck

    complete = True
    for path in files:
        try:
            result = precheck.check_notebook(path, seconds)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            click.echo(f"{path.name}: {error}")
            complete = False
            continue
        for line in result.lines():
            click.echo(line)
        complete = complete and not result.advice
    if not complete:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--secret", "secret_file", required=True, type=click.Path(path_type=Path),
              help="The file with the key of your class; it is made where it is missing.")
def variant(names: tuple[str, ...], secret_file: Path) -> None:
    """Write exercises of your own, whose answers are nowhere published."""
    with as_message():
        from parity_lib.teaching import variant as own

        key, made = own.key_from(secret_file, Path.cwd())
        if made:
            click.echo(f"{secret_file} is a new key. Keep it, to yourself: with it the same exercises come again")
        elif own.open_to_others(secret_file):
            click.echo(f"Other accounts of this machine can read the key: chmod 600 {secret_file}", err=True)
        for one in own.write(Path.cwd(), names, key):
            values = ", ".join(f"{name} {value}" for name, value in one.values.items())
            click.echo(f"{one.name:22} {one.path.as_posix()}  {values or 'as published: it has no variant'}")
        if not own.is_used(Path.cwd()):
            click.echo(f"\nTo use them, add these lines to private/nbgrader_config.py:\n{own.SETTINGS}", nl=False)


COMMANDS = (collect, status, extend, grade, regrade, report, export, check, variant)
