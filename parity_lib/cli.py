"""The ``parity`` command: everything that make does, on every system."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from parity_lib import __version__

JUPYTER_BOOK = "1.0.4.post1"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """One Bit of Memory: build the book, run its experiments, measure its speed."""


def _root() -> Path:
    """The folder with _config.yml: the current one or one above it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").is_file() and (folder / "_toc.yml").is_file():
            return folder
    raise click.ClickException(f"no _config.yml and _toc.yml in {here} or above it; go to the book's folder first")


def _require_jupyter_book() -> None:
    if importlib.util.find_spec("jupyter_book") is None:
        raise click.ClickException('Jupyter Book is missing: pip install -c constraints.txt -e ".[book]"')
    from importlib.metadata import version

    if version("jupyter-book") != JUPYTER_BOOK:
        raise click.ClickException(
            f"Jupyter Book {version('jupyter-book')} is installed, and it cannot read _config.yml as this book needs "
            f"it: pip install jupyter-book=={JUPYTER_BOOK}")


@main.command()
def book() -> None:
    """Execute and build every page into _build/html; any warning or failing cell is an error."""
    _require_jupyter_book()
    root = _root()
    # Not `-m jupyter_book`, which it does not offer, and not the command, which may be another installation's.
    start = "from jupyter_book.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", start, "build", ".", "-W", "-n", "--keep-going"], cwd=root)
    page = root / "_build" / "html" / "index.html"
    if done.returncode or not page.is_file():
        raise click.ClickException("the book was not built; the first warning or error above says why")
    click.echo(f"\nThe book is ready. Open {page.as_uri()}")


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a notebook is not what its source makes.")
def exercises(check: bool) -> None:
    """Write the exercises' notebooks, solutions/*/ and exercises/*/, from their sources, solutions/*.md."""
    for module in ("nbgrader", "yaml"):
        if importlib.util.find_spec(module) is None:
            raise click.ClickException(f'{module} is missing: pip install -c constraints.txt -e ".[course]"')
    root = _root()
    with tempfile.TemporaryDirectory() as folder:
        made = _make_exercises(root, Path(folder))
        stale = _differences(root, made)
    orphans = _orphans(root, made)
    if check and (stale or orphans):
        raise click.ClickException("\n".join(
            [*(f"{path} is not what its source makes" for path in stale),
             *(f"{path} has no source in solutions/" for path in orphans),
             "Edit solutions/NAME.md, never a notebook, then run: parity exercises"]))
    for path, content in made.items():
        if path in stale:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
    for path in orphans:
        click.echo(f"{path} has no source in solutions/; delete it if the exercise is gone")
    click.echo(f"{len(made)} notebooks, {len(stale)} of them written anew" if stale else
               f"{len(made)} notebooks, all as their sources make them")


def _make_exercises(root: Path, folder: Path) -> dict[str, bytes]:
    """Every notebook that the sources make, by its path within the repository."""
    from yaml import YAMLError

    from parity_lib.teaching import authoring

    try:
        authoring.write_solutions(root, folder / "solutions")
        authoring.write_exercises(folder / "solutions", folder / "exercises")
    except (ValueError, YAMLError) as error:
        raise click.ClickException(str(error)) from None
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.ipynb"))}


def _differences(root: Path, made: dict[str, bytes]) -> list[str]:
    return [path for path, content in made.items()
            if not (root / path).is_file() or (root / path).read_bytes() != content]


def _orphans(root: Path, made: dict[str, bytes]) -> list[str]:
    """Notebooks in their places whose source is gone. A student's own files beside them are none."""
    found = [path for tree in ("solutions", "exercises") for path in sorted((root / tree).glob("*/*.ipynb"))
             if path.stem == path.parent.name]
    return [name for path in found if (name := path.relative_to(root).as_posix()) not in made]


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Run every experiment.")
@click.option("--quick", is_flag=True, help="Seconds instead of minutes, with figures that mean nothing; needs --out.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder to write to [book/results].")
@click.option("--list", "listing", is_flag=True, help="List the experiments and whether their files are current.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes for a series [one a core].")
@click.option("--scheduler", metavar="ADDRESS", help="Run a series on a Dask cluster, such as tcp://host:8786.")
def experiment(names: tuple[str, ...], everything: bool, quick: bool, out: Path | None, listing: bool,
               jobs: int | None, scheduler: str | None) -> None:
    """Run named experiments, many seeds each, and write NAME.json for the pages to load (all: two hours).

    A series, which trains a grid of settings, goes on where it was stopped.
    """
    from parity_lib import experiment as experiments
    from parity_lib import grid

    known = experiments.EXPERIMENTS | grid.SERIES
    if listing:
        for name, function in known.items():
            state = grid.state(name) if name in grid.SERIES else experiments.state(name)
            click.echo(f"{name:22} {state:18} {_first_line(function)}")
        return
    names = tuple(known) if everything else names
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        wrong = f"no experiment is called {unknown[0]}" if unknown else "name an experiment, or give --all"
        raise click.UsageError(f"{wrong}; there are: {', '.join(known)}")
    if quick and out is None:
        raise click.UsageError("--quick needs --out FOLDER: its figures must not replace the book's")
    for name in names:
        folder = out or experiments.results_folder()
        try:
            path = (grid.run(name, folder, quick, scheduler, jobs or -1) if name in grid.SERIES
                    else experiments.run(name, folder, quick))
        except (ImportError, OSError) as error:
            raise click.ClickException(str(error)) from None
        seconds = experiments.load(name, "provenance", path.parent)["wall_seconds"]
        click.echo(f"{name}: {seconds:.0f} s, {path}")


def _first_line(function) -> str:
    return function.__doc__.strip().splitlines()[0]


@main.command()
@click.option("--save", is_flag=True, help="Write book/results/bench.json, from which pages quote.")
@click.option("--quick", is_flag=True, help="At once, with figures that mean nothing.")
def bench(save: bool, quick: bool) -> None:
    """Measure the library's speed beside the course's notebook and bare PyTorch: three to ten minutes."""
    from parity_lib import bench as benches
    from parity_lib import experiment as experiments

    if save and quick:
        raise click.UsageError("--save and --quick exclude each other: quick figures mean nothing")
    content = benches.run(quick)
    click.echo(benches.table(content))
    if save:
        click.echo(experiments.write(experiments.results_folder() / "bench.json", content))
