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


@click.command()
@click.argument("name")
@click.argument("archives", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--from", "platform", required=True, metavar="moodle|canvas|PATTERN",
              help="Where the archive comes from; or a regular expression of file names, with (?P<student_id>...).")
def collect(name: str, archives: tuple[Path, ...], platform: str) -> None:
    """Put the hand-ins of a platform's archive where grading finds them."""
    raise NotImplementedError


@click.command()
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Say what is missing, collected, failed, half graded, to be read, read, changed since: a row a student."""
    raise NotImplementedError


@click.command()
@click.argument("student")
@click.argument("name")
@click.argument("days", type=float)
def extend(student: str, name: str, days: float) -> None:
    """Give a student more days for an exercise."""
    raise NotImplementedError


@click.command()
@click.argument("name")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student; repeatable.")
@click.option("--force", is_flag=True, help="Grade again what was graded and has not changed.")
def grade(name: str, students: tuple[str, ...], force: bool) -> None:
    """Grade every hand-in of an exercise, one at a time; go on where a run was stopped."""
    with as_message():
        from parity_lib.teaching import sandbox
        from parity_lib.teaching.grade import grade as rows

        if why := sandbox.missing():
            click.echo(f"Submissions run with your own rights, and can read and change what you can: {why}", err=True)
        done = []
        for row in rows(Path.cwd(), name, students, force):
            points = "" if row.points is None else f"{row.points:g} of {row.most:g}"
            click.echo(f"{row.student:20} {row.state:7} {points:>10} {row.seconds:6.1f} s  {'; '.join(row.notes)}")
            done.append(row)
    states = [row.state for row in done]
    click.echo(f"{len(done)} hand-ins: " + ", ".join(
        f"{states.count(state)} {state}" for state in ("graded", "kept", "failed")))
    if "failed" in states:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("name")
def regrade(name: str) -> None:
    """After a changed check, changed points or a dropped task: list what would change, and then change it."""
    raise NotImplementedError


@click.command()
@click.argument("name")
@click.option("--as", "reader", metavar="READER", help="Make a gradebook for a second reader.")
def reading(name: str, reader: str | None) -> None:
    """Have answers in words read by two people, and say how far they agree."""
    raise NotImplementedError


@click.command()
@click.argument("name")
def report(name: str) -> None:
    """Write a page about the class: what was hard, what was misunderstood, what deserves a look."""
    raise NotImplementedError


@click.command()
@click.argument("name")
@click.option("--to", "platform", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option("--feedback", is_flag=True, help="Make an archive of the feedback pages, too.")
def export(name: str, platform: str, feedback: bool) -> None:
    """Write the grades of an exercise as the platform imports them."""
    raise NotImplementedError


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Look at notebooks before they are handed in: the right file, no missing cell, the points of the public checks."""
    raise NotImplementedError


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
