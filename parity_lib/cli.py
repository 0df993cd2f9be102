"""The ``parity`` command: everything that make does, on every system."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

import click

from parity_lib import __version__
from parity_lib.book_commands import book, book_folder, doctor, pdf
from parity_lib.teaching.commands import COMMANDS, as_message


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """One Bit of Memory: build the book, run its experiments, measure its speed."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not what the sources make.")
def exercises(check: bool) -> None:
    """Write the exercises' notebooks, and what says their points and minutes, from their sources, solutions/*.md."""
    for module in ("nbgrader", "jupytext"):
        if importlib.util.find_spec(module) is None:
            raise click.ClickException(f'{module} is missing: pip install -c constraints.txt -e ".[course]"')
    root = book_folder()
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
@click.option("--grading", is_flag=True, help="Measure the grading of hand-ins instead, with and without the wall.")
def bench(save: bool, quick: bool, pages: bool, before: Path | None, grading: bool) -> None:
    """Measure the library's speed beside the course's notebook and bare PyTorch: three to ten minutes."""
    if save and (pages or before or grading):
        raise click.UsageError("--save keeps the library's figures, not those of --pages or --grading")
    if grading:
        return _bench_grading(quick)
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


def _bench_grading(quick: bool) -> None:
    """Hand-ins of every exercise: by nbgrader alone, contained, contained and warm, and so with two jobs."""
    from parity_lib.bench import grading
    from parity_lib.checks.points import POINTS

    with as_message():
        click.echo(grading.heading())
        grading.run(book_folder(), [grading.EXERCISE] if quick else list(POINTS), quick, click.echo)


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


for command in (book, pdf, doctor, *COMMANDS):
    main.add_command(command)
