"""What ``parity`` does for a class, from the platform's download to grades in the platform; a command a step.

Chapter: *For instructors*. The commands only read their arguments and print rows; what they do stands in the module
of the same name. Their libraries are imported inside of them: a reader's installation has none of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option("--from", "source", required=True, metavar="moodle|canvas|PATTERN",
              help="The platform, or a regular expression for the file names with a group (?P<student_id>...).")
@click.option("--list", "list_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="The platform's list of students as a CSV file: Moodle's grading worksheet or Canvas's gradebook.")
@click.option("--keep", type=click.Choice(["last", "on-time"]), default="last", show_default=True,
              help="Which submission of a student counts: the last one, or the last one on time.")
@click.option("--force", multiple=True, metavar="STUDENT",
              help="Replace the file that somebody placed by hand for this student. May be repeated.")
@click.option("--dry-run", is_flag=True, help="Report what would be done, but write nothing.")
def collect(name: str, archive: Path, source: str, list_path: Path | None, keep: str, force: tuple[str, ...],
            dry_run: bool) -> None:
    """Collect the submissions of exercise NAME from ARCHIVE, a platform's download.

    Every file that is not collected is listed with the reason. The exit status is 1 if something is left for you to do.
    """
    with as_message():
        from parity_lib.teaching.collect import Collector
        from parity_lib.teaching.course import load_course

        collector = Collector(load_course(Path.cwd()), name, source, keep)
        if list_path:
            collector.read_list(list_path)
        collector.collect(archive, force, dry_run)
    for line in collector.format_lines():
        click.echo(line)
    if dry_run:
        click.echo("This was a dry run: nothing was written.")
    if collector.needs_attention():
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Show where every student stands in exercise NAME, or a summary of every exercise.

    The exit status is 1 if a submission is waiting to be graded, read or repaired.
    """
    with as_message():
        from parity_lib.teaching import status as statuses
        from parity_lib.teaching.course import load_course

        app = load_course(Path.cwd())
        rows = {item: statuses.read_statuses(app, item) for item in ([name] if name else statuses.exercise_names(app))}
    for line in (statuses.format_rows(rows[name]) if name
                 else (f"{item:24} {statuses.summarise(rows[item])}" for item in rows)):
        click.echo(line)
    if not rows:
        click.echo("There is no exercise in the gradebook yet: nbgrader generate_assignment NAME")
    if any(row.state not in statuses.SETTLED for item in rows.values() for row in item):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("student")
@click.argument("name")
@click.argument("days", type=float)
def extend(student: str, name: str, days: float) -> None:
    """Give STUDENT an extension of DAYS for exercise NAME, which replaces an earlier extension.

    It can be given before the student hands in. 0 takes the extension away.
    """
    with as_message():
        from parity_lib.teaching.course import load_course
        from parity_lib.teaching.extension import extend as grant

        due, graded = grant(load_course(Path.cwd()), student, name, days)
    local, utc = f"{due.astimezone():%Y-%m-%d %H:%M %Z}", f"{due:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{student} may hand in {name} until {', '.join(dict.fromkeys([local, utc]))}.")
    if graded:
        click.echo("The submission was graded before. To update the penalty for lateness, run: "
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
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--drop", multiple=True, metavar="TASK", help="Leave out a task: 0 points of 0, for all; repeatable.")
@click.option("--restore", multiple=True, metavar="TASK", help="Take a dropped task in again; repeatable.")
@click.option("--forget-manual", is_flag=True, help="Where a person changed the points of a test, take the test's.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Hand-ins at a time [1]; each takes a core.")
@click.option("--apply", is_flag=True, help="Put it in place; without this, nothing is changed.")
def regrade(name: str, students: tuple[str, ...], drop: tuple[str, ...], restore: tuple[str, ...],
            forget_manual: bool, jobs: int, apply: bool) -> None:
    """After a changed check, changed points or a dropped task: list what would change, and then change it."""
    with as_message():
        from parity_lib.teaching.regrade import regrade as again

        done = again(Path.cwd(), name, students, drop, restore, forget_manual=forget_manual, apply=apply,
                     jobs=jobs)
    for line in done.points:
        click.echo(line)
    for row in done.rows:
        if row.state != "same" or row.notes or row.look:
            said = [*row.tasks, *row.notes, *(f"LOOK: {one}" for one in row.look)]
            points = f"{row.before:g} of {row.most[0]:g} → {row.after:g} of {row.most[1]:g}"
            click.echo(f"{row.student:20} {row.state:8} {points if row.state != 'new' else '':24} {'; '.join(said)}")
    states = [row.state for row in done.rows]
    click.echo(f"{len(states)} hand-ins: {states.count('changes')} {'changed' if done.applied else 'would change'}, "
               f"{states.count('same')} same, {states.count('failed')} failed, {states.count('new')} not graded yet")
    if done.applied:
        click.echo(f"In place. The earlier gradebook is {done.backup}; pages of feedback are the earlier ones, too, "
                   f"until `nbgrader generate_feedback {name} --force`.")
    elif done.points or "changes" in states:
        click.echo("Nothing is changed yet: the same command with --apply does it.")
    if any(row.needs_a_person for row in done.rows):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@click.option("--as", "reader", metavar="READER", help="Make a folder for one more reader, who sees no names.")
@click.option("--settle", "rule", metavar="agreed|mean|READER",
              help="Bring points on which the readers agree into the gradebook. Others wait for you (agreed), get the "
                   "mean, or that reader's points.")
def reading(name: str, reader: str | None, rule: str | None) -> None:
    """Have answers in words read by two people, and say how far they agree."""
    with as_message():
        from parity_lib.errors import require
        from parity_lib.teaching import reading as read
        from parity_lib.teaching import second_reader, settling
        from parity_lib.teaching.grade import printable

        require(not (reader and rule), "--settle", rule, "given without --as")
        if reader:
            made = second_reader.make(Path.cwd(), name, reader)
            for line in made.lines():
                click.echo(printable(line))
            needed = bool(made.missing)
        else:
            for change in settling.settle(Path.cwd(), name, rule) if rule else ():
                click.echo(printable(settling.said(change)))
            found = read.answers(Path.cwd(), name)
            for line in read.lines(found):
                click.echo(printable(line))
            needed = read.needs_a_person(found)
    if needed:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
@click.option("--names", is_flag=True, help="Your own copy: with names, and with what deserves a look.")
def report(name: str, names: bool) -> None:
    """Write a page about the class: what was hard, what was misunderstood, what deserves a look."""
    with as_message():
        from parity_lib.teaching import report as counting
        from parity_lib.teaching import report_page

        found = counting.report(Path.cwd(), name)
        before = report_page.place(Path.cwd(), name, names).is_file()
        click.echo(f"{report_page.write(Path.cwd(), found, names)}{', written anew' * before}")
    if not names and found.telling:
        click.echo(f"{len(found.telling)} answers that are alike deserve a look: parity report {name} --names")


@click.command()
@click.argument("name")
@click.option("--to", "target", required=True, metavar="moodle|canvas|csv", help="The platform, or a plain table.")
@click.option("--list", "list_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="The platform's list of students as a CSV file: Moodle's grading worksheet or Canvas's gradebook.")
@click.option("--column", metavar="HEADING", help="The column of the list for the grades, if it is not found.")
@click.option("--scale", is_flag=True, help="Convert the points if the platform has another maximum.")
def export(name: str, target: str, list_path: Path | None, column: str | None, scale: bool) -> None:
    """Write the grades and feedback pages of exercise NAME to private/export, ready for the platform.

    The exit status is 1 if something is left for you to do.
    """
    with as_message():
        from parity_lib.teaching import export as exporting
        from parity_lib.teaching.course import load_course

        result = exporting.export(load_course(Path.cwd()), name, target, list_path, column, scale)
    for line in exporting.format_lines(result):
        click.echo(line)
    if result.todo:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="The longest for a cell.")
def check(files: tuple[Path, ...], seconds: float) -> None:
    """Look at notebooks before they are handed in: the right file, no missing cell, the points of the public checks."""
    from parity_lib.teaching import precheck

    complete = True
    for path in files:
        try:
            found = precheck.check(path, seconds)
        except (ImportError, OSError, ValueError) as error:
            click.echo(f"{path.name}: {error}")
            complete = False
            continue
        for line in precheck.lines(found):
            click.echo(line)
        complete = complete and found.complete
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


COMMANDS = (collect, status, extend, grade, regrade, reading, report, export, check, variant)
