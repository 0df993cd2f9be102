"""The ``parity`` command: everything that make does, on every system."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from parity_lib import __version__
from parity_lib.teaching.commands import COMMANDS, as_message

JUPYTER_BOOK = "1.0.4.post1"
NOT_BEGUN = 2     # the status of book/_ext/build_book.py when it has said in a line why it built nothing


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
    click.echo(f"The book is ready. Open {_built(_root()).as_uri()}")


@main.command()
def pdf() -> None:
    """Build the book, then print all of it into _build/one-bit-of-memory.pdf with a Chromium."""
    root = _root()
    missing = [name for module, name in (("playwright", "playwright"), ("bs4", "beautifulsoup4"), ("pypdf", "pypdf"))
               if importlib.util.find_spec(module) is None]
    if missing:
        raise click.ClickException(f'{" and ".join(missing)} missing: pip install -c constraints.txt -e ".[pdf]"')
    from parity_lib.browser import launch
    from parity_lib.pdf import print_book

    with as_message(), launch() as browser:    # a missing browser is named before the minutes of a build
        _built(root)                            # each time: paper is never stale, and what has not changed is not run
        click.echo("Printing every page: about a minute")
        file = print_book(browser, root)
    click.echo(f"The book on paper is ready: {file.as_uri()}")


def _built(root: Path) -> Path:
    """Build the book; its front door."""
    _require_jupyter_book()
    if (other := Path(__file__).resolve().parents[1]) != root and (root / "parity_lib").is_dir():
        click.echo(f"This is the parity command of {other}, and it builds {root} with that library.", err=True)
    # A process of its own, because Sphinx changes much of the one that it runs in.
    done = subprocess.run([sys.executable, root / "book" / "_ext" / "build_book.py"], cwd=root)
    page = root / "_build" / "html" / "index.html"
    if done.returncode == NOT_BEGUN:
        raise click.exceptions.Exit(1)
    if done.returncode or not page.is_file():
        raise click.ClickException("the book was not built; the first warning or error above says why")
    return page


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not what the sources make.")
def exercises(check: bool) -> None:
    """Write the exercises' notebooks, and what says their points and minutes, from their sources, solutions/*.md."""
    for module in ("nbgrader", "jupytext"):
        if importlib.util.find_spec(module) is None:
            raise click.ClickException(f'{module} is missing: pip install -c constraints.txt -e ".[course]"')
    root = _root()
    with tempfile.TemporaryDirectory() as folder:
        made = _make_exercises(root, Path(folder))
        stale = _differences(root, made)
    orphans = _orphans(root, made)
    if check and (stale or orphans):
        raise click.ClickException("\n".join(
            [*(f"{path} is not what {'its source makes' if path.endswith('.ipynb') else 'the sources make'}"
               for path in stale),
             *(f"{path} has no source in solutions/" for path in orphans),
             "Edit solutions/NAME.md, never what is made from it, then run: parity exercises"]))
    for path, content in made.items():
        if path in stale:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
    for path in orphans:
        click.echo(f"{path} has no source in solutions/; delete it if the exercise is gone")
    click.echo(f"{len(made)} files, {len(stale)} of them written anew" if stale else
               f"{len(made)} files, all as the sources make them")


def _make_exercises(root: Path, folder: Path) -> dict[str, bytes]:
    """Every file that the sources make, by its path within the repository."""
    from parity_lib.teaching import authoring, manifest

    try:
        authoring.write_solutions(root, folder / "solutions")
        authoring.write_exercises(folder / "solutions", folder / "exercises")
        derived = manifest.derived(root)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    return {path: text.encode() for path, text in derived.items()} | {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.ipynb"))}


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
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder of the files [the book's].")
@click.option("--list", "listing", is_flag=True, help="List the experiments and whether their files are current.")
@click.option("--recheck", is_flag=True, help="Derive a part of each file again; where it is equal, mark it current.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes for a series [one a core].")
@click.option("--scheduler", metavar="ADDRESS", help="Run a series on a Dask cluster, such as tcp://host:8786.")
def experiment(names: tuple[str, ...], everything: bool, quick: bool, out: Path | None, listing: bool, recheck: bool,
               jobs: int | None, scheduler: str | None) -> None:
    """Run named experiments, many seeds each, and write NAME.json for the pages to load (all: four hours).

    A series, which trains a grid of settings, goes on where it was stopped.
    """
    from parity_lib import experiments

    known = experiments.names()
    if listing:
        for name in known:
            click.echo(f"{name:22} {experiments.state(name, out):18} {experiments.question(name)}")
        return
    names = known if everything else names
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        wrong = f"no experiment is called {unknown[0]}" if unknown else "name an experiment, or give --all"
        raise click.UsageError(f"{wrong}; there are: {', '.join(known)}")
    if quick and recheck:
        raise click.UsageError("--quick and --recheck exclude each other: quick figures mean nothing")
    if quick and out is None:
        raise click.UsageError("--quick needs --out FOLDER: its figures must not replace the book's")
    for name in names:
        with as_message():
            folder = out or experiments.writable_folder()
            if recheck:
                click.echo(_rechecked(name, folder))
                continue
            path = experiments.run(name, folder, quick, scheduler, jobs or -1)
        seconds = experiments.load(name, "provenance", path.parent)["wall_seconds"]
        click.echo(f"{name}: {seconds:.0f} s, {path}")


def _rechecked(name: str, folder: Path) -> str:
    from parity_lib.experiments.recheck import recheck

    return f"{name}: {recheck(name, folder)['numbers']} numbers derived again and equal, {folder / name}.json"


@main.command()
@click.option("--save", is_flag=True, help="Write bench.json, from which pages quote.")
@click.option("--quick", is_flag=True, help="At once, with figures that mean nothing.")
@click.option("--pages", is_flag=True, help="Measure the built pages instead: weight, paint, blocking, shift.")
@click.option("--before", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="With --pages, the _build/html of an earlier build to stand beside.")
def bench(save: bool, quick: bool, pages: bool, before: Path | None) -> None:
    """Measure the library's speed beside the course's notebook and bare PyTorch: three to ten minutes."""
    if save and (pages or before):
        raise click.UsageError("--save keeps the library's figures, not those of --pages")
    if pages or before:
        return _bench_pages(quick, before)
    from parity_lib import bench as benches
    from parity_lib.experiments.results import writable_folder, write

    if save and quick:
        raise click.UsageError("--save and --quick exclude each other: quick figures mean nothing")
    content = benches.run(quick, report=lambda line: click.echo(line, err=True))
    click.echo(benches.table(content))
    if save:
        with as_message():
            click.echo(write(writable_folder() / "bench.json", content))


def _bench_pages(quick: bool, before: Path | None) -> None:
    """The built pages, alone or beside an earlier build."""
    from parity_lib.bench import pages

    with as_message():
        click.echo(pages.heading())
        pages.compare([*([before] if before else []), Path("_build/html")], 1 if quick else 3, click.echo)


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Processes [one a core].")
def verify(folder: Path | None, jobs: int | None) -> None:
    """Check every stored verdict with ball arithmetic, without training and without the code that found it."""
    from parity_lib.certificates import STORE, stored

    with as_message():
        from joblib import Parallel, delayed

        from parity_lib.verify import ACTIVATION_ERROR, check

        nets = list(stored(folder or STORE))
        wrong = Parallel(n_jobs=jobs or -1)(delayed(check)(each) for each in nets)
    for kind in dict.fromkeys(each.kind for each in nets):
        verdicts = [each.verdict for each, found in zip(nets, wrong) if each.kind == kind and not found]
        click.echo(f"{kind:17} " + ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in
                                             ("certified", "refuted", "undecided")))
    failed = [f"{each.kind}, seed {each.seed}: {found}" for each, found in zip(nets, wrong) if found]
    if failed:
        raise click.ClickException("\n".join(["these verdicts do not hold:", *failed]))
    click.echo("Every certified net is right after every bit of every string, in float32 on a CPU, if its tanh and\n"
               f"sigmoid are off by at most {ACTIVATION_ERROR} units of 2^-24. Every refuted net is wrong after the\n"
               "last bit of its string, in float32, float64 and exact arithmetic.")


@main.command()
def doctor() -> None:
    """Say what is installed here, for whom it is enough, and what is missing."""
    import platform
    from importlib.metadata import metadata, requires, version

    from packaging.requirements import Requirement

    click.echo(f"One Bit of Memory {__version__} in {Path(__file__).parent}\n"
               f"Python {platform.python_version()} on {platform.platform()}, {platform.machine()}")
    wanted = [Requirement(one) for one in requires("one-bit-of-memory") or []]
    for extra in ("", *metadata("one-bit-of-memory").get_all("Provides-Extra", [])):
        wrong = []
        for one in wanted:
            if one.name == "one-bit-of-memory" or (one.marker and not one.marker.evaluate({"extra": extra})):
                continue
            if not extra or (one.marker and not one.marker.evaluate({"extra": ""})):
                try:
                    if not one.specifier.contains(version(one.name), prereleases=True):
                        wrong.append(f"{one.name} is {version(one.name)}, not {one.specifier}")
                except importlib.metadata.PackageNotFoundError:
                    wrong.append(f"{one.name} is missing")
        click.echo(f"{extra or 'the library':12} {'; '.join(wrong) or 'complete'}")


for command in COMMANDS:
    main.add_command(command)
