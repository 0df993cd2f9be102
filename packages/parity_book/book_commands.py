"""The `parity book` and `parity pdf` commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

import parity_lib

LIBRARY = Path(parity_lib.__file__).parent
JUPYTER_BOOK = "1.0.4.post1"


@click.command()
@click.option("--runtime", is_flag=True,
              help="Include Python, so that readers can do the exercises that need no PyTorch in their pages.")
def book(runtime: bool) -> None:
    """Execute every page and build the HTML version of the book.

    The result is in _build/html. Any warning or failing cell is an error.
    """
    root = book_folder()
    if runtime:
        from parity_book.runtime import prepare

        click.echo("Collecting the files that run Python in a page")
        prepare(root)
    page = build(root, *["--runtime"] * runtime)
    click.echo(f"The book is ready. Open {page.as_uri()}")


@click.command()
def pdf() -> None:
    """Build the book and print it to a PDF with Chromium.

    The PDF is _build/one-bit-of-memory.pdf.
    """
    from parity_book.browser import launch
    from parity_book.pdf import print_book

    root = book_folder()
    with launch() as browser:       # a missing browser is reported before the build, which takes minutes
        build(root)
        click.echo("Printing every page, which takes about a minute")
        file = print_book(browser, root)
    click.echo(f"The PDF is ready: {file.as_uri()}")


def book_folder() -> Path:
    """Return the root folder of the book.

    This is the current folder or one above it, and contains _config.yml and _toc.yml.
    """
    current = Path.cwd()
    for folder in (current, *current.parents):
        if (folder / "_config.yml").is_file() and (folder / "_toc.yml").is_file():
            return folder
    raise click.ClickException(f"neither {current} nor a folder above it contains _config.yml and _toc.yml. Run the "
                               "command in the folder of the book.")


def build(root: Path, *options: str) -> Path:
    """Build the book and return the path of its first page.

    `root` is the folder of the book, and `options` are those of build_book.py. Raises ClickException if the build
    fails.
    """
    from importlib.metadata import version

    if version("jupyter-book") != JUPYTER_BOOK:
        raise click.ClickException(
            f"Jupyter Book {version('jupyter-book')} is installed, which cannot read this book's _config.yml. "
            f"Install the version that can read it: pip install jupyter-book=={JUPYTER_BOOK}")
    if LIBRARY.parent != root and (root / "parity_lib").is_dir():
        click.echo(f"Building {root} with the library in {LIBRARY.parent}, to which this parity command belongs.",
                   err=True)
    # The build runs in a process of its own, because Sphinx changes the global state of its process.
    status = subprocess.run([sys.executable, root / "book" / "_ext" / "build_book.py", *options], cwd=root).returncode
    page = root / "_build" / "html" / "index.html"
    if status or not page.is_file():
        raise click.ClickException("the book was not built. The first warning or error above explains why.")
    return page
