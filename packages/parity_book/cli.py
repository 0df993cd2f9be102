"""The ``parity`` command-line interface.

The code of a subcommand is imported only when it is called.
"""

from __future__ import annotations

import io
import sys
from importlib import import_module

import click

from parity_lib.version import __version__

# The sections of the help text. For each subcommand: the module that defines it, and a line of help.
SECTIONS = {
    "The book": {
        "book": ("parity_book.book_commands", "Execute every page and build the book in _build/html."),
        "pdf": ("parity_book.book_commands", "Build the book and print it to a PDF."),
    },
    "Exercises": {
        "exercises": ("parity_teaching.grading_commands", "Generate the exercise notebooks from their sources."),
    },
    "A class": {
        "rehearse": ("parity_teaching.rehearsal", "Rehearse the grading of an exercise with made-up students."),
        "collect": ("parity_teaching.grading_commands", "Collect submissions from a learning platform's archive."),
        "status": ("parity_teaching.grading_commands", "Show which submissions are missing, graded or unread."),
        "grade": ("parity_teaching.grading_commands", "Grade every submission for an exercise."),
        "report": ("parity_teaching.grading_commands", "Write an HTML report on the results of the class."),
        "export": ("parity_teaching.grading_commands", "Export grades for a learning platform."),
    },
    "The results": {
        "experiment": ("parity_study.study_commands", "Run experiments, or recheck their results."),
        "verify": ("parity_study.study_commands", "Verify every stored certificate."),
        "bench": ("parity_study.study_commands", "Measure the speed of packing."),
    },
}
# The extra that installs a package without which some subcommands do not work.
EXTRAS = {"nbgrader": "course", "jupyter-book": "book", "playwright": "pdf", "pypdf": "pdf"}
COMMANDS = {name: entry for commands in SECTIONS.values() for name, entry in commands.items()}


class LazyGroup(click.Group):
    """A click group that imports its subcommands only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all subcommands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the named subcommand, or return None if it does not exist."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        return getattr(import_module(module), cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run a subcommand and show a short message for any error that the user can fix."""
        try:
            return super().invoke(ctx)
        except (ImportError, OSError, ValueError) as error:
            extra = EXTRAS.get(str(getattr(error, "name", "")).partition(".")[0])
            hint = f"; install it with: pip install -c constraints.txt -e '.[{extra}]'" if extra else ""
            raise click.ClickException(f"{error}{hint}") from None
        except Exception as error:
            if type(error).__name__ != "OperationalError":      # SQLAlchemy's, which may not be installed
                raise
            raise click.ClickException(f"the gradebook cannot be used now: {getattr(error, 'orig', error)}. If another "
                                       "command is writing to it, try again later.") from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries of all subcommands, grouped by section, without importing the subcommands."""
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, summary) for name, (_, summary) in commands.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Build the book, grade a class and reproduce the results."""
    if isinstance(sys.stdout, io.TextIOWrapper):        # Windows encodes redirected output as cp1252
        sys.stdout.reconfigure(errors="backslashreplace")
