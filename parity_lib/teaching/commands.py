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
@click.option("--force", is_flag=True, help="Also grade submissions that were graded and have not changed.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True,
              help="How many submissions are graded at the same time; each needs a core and about 2 GB of memory.")
def grade(name: str, students: tuple[str, ...], force: bool, jobs: int) -> None:
    """Grade every submission for an exercise, resuming an interrupted run where it left off.

    With several jobs, rows are printed as they are completed. The exit status is 1 if a submission could not be graded.
    """
    with as_message():
        from tqdm import tqdm

        from parity_lib.teaching import sandbox
        from parity_lib.teaching.grade import NOT_LISTED
        from parity_lib.teaching.grade import grade as rows

        if reason := sandbox.missing():
            click.echo(f"Submissions run with your own rights and can read and change your files: {reason}", err=True)
        done = []
        for row in rows(Path.cwd(), name, students, force, jobs):
            points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
            with tqdm.external_write_mode():
                click.echo(f"{row.student:20} {row.state:7} {points:>10} {row.seconds:6.1f} s  {'; '.join(row.notes)}")
            done.append(row)
    states = [row.state for row in done]
    click.echo(f"{len(done)} submissions: " + ", ".join(
        f"{states.count(state)} {state}" for state in ("graded", "kept", "failed")))
    if "failed" in states or any(NOT_LISTED in row.notes for row in done):
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
