"""The ``parity`` command: everything that make does, on every system."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from parity_book.book_commands import book, book_folder, doctor, pdf
from parity_grading.grading_commands import COMMANDS, as_message
from parity_lib import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """One Bit of Memory: build the book, run its experiments, measure its speed."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file differs from what the sources make.")
def exercises(check: bool) -> None:
    """Write the exercise notebooks, and whatever repeats their points and minutes, from solutions/*.md."""
    if importlib.util.find_spec("nbgrader") is None:
        raise click.ClickException('nbgrader is missing: pip install -c constraints.txt -e ".[course]"')
    from parity_grading import manifest

    root = book_folder()
    with as_message():
        files = manifest.generated(root)
    stale = [path for path, content in files.items()
             if not (root / path).is_file() or (root / path).read_bytes() != content]
    orphans = [path for path in manifest.notebooks(root) if path not in files]
    if check and (stale or orphans):
        raise click.ClickException("\n".join(
            [*(f"{path} differs from what the sources make" for path in stale),
             *(f"{path} has no source in solutions/" for path in orphans),
             "Edit solutions/NAME.md, not the files that are made from it, then run: parity exercises"]))
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(files[path])
    for path in orphans:
        click.echo(f"{path} has no source in solutions/; delete it if you have removed the exercise")
    click.echo(f"{len(files)} files, " + (f"{len(stale)} of them rewritten" if stale else "all up to date"))


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Run every experiment; this takes several hours.")
@click.option("--quick", is_flag=True, help="Run for seconds, with meaningless numbers, as a test; needs --out.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="The folder of the result files [the book's].")
@click.option("--list", "listing", is_flag=True, help="List the experiments with the dates of their result files.")
@click.option("--recheck", is_flag=True,
              help="Derive a sample of the results again, and say whether the book's claims on them still hold.")
@click.option("--jobs", type=click.IntRange(min=1), help="The number of processes for a series [one per core].")
@click.option("--scheduler", metavar="ADDRESS", help="Run a series on a Dask cluster, such as tcp://host:8786.")
def experiment(names: tuple[str, ...], everything: bool, quick: bool, out: Path | None, listing: bool, recheck: bool,
               jobs: int | None, scheduler: str | None) -> None:
    """Run experiments by name, and write the results to NAME.json, from which the pages load them.

    If an experiment that trains a series of conditions was stopped, it continues where it was.
    """
    from parity_study import experiments

    known = experiments.names()
    if listing:
        for name in known:
            click.echo(f"{name:22} {_made_on(name, out):10} {experiments.question(name)}")
        return
    names = known if everything else names
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        wrong = f"there is no experiment {unknown[0]!r}" if unknown else "name an experiment, or give --all"
        raise click.UsageError(f"{wrong}; the experiments are: {', '.join(known)}")
    if quick and recheck:
        raise click.UsageError("--quick and --recheck exclude each other, because the numbers of --quick are "
                               "meaningless")
    if quick and out is None:
        raise click.UsageError("--quick needs --out FOLDER, because its numbers must not replace the book's results")
    failed = False
    for name in names:
        with as_message():
            folder = out or experiments.writable_folder()
            if recheck:
                failed |= not _recheck(name, folder, scheduler, jobs or -1)
                continue
            path = experiments.run(name, folder, quick, scheduler, jobs or -1)
        seconds = experiments.load(name, "provenance", path.parent)["wall_seconds"]
        click.echo(f"{name}: {seconds:.0f} s, {path}")
    if failed:
        raise click.exceptions.Exit(1)


def _made_on(name: str, folder: Path | None) -> str:
    """Return the date of an experiment's results, or "missing" or "damaged"."""
    from parity_study.experiments import load

    try:
        return load(name, "provenance", folder)["date"]
    except FileNotFoundError:
        return "missing"
    except (ValueError, KeyError, TypeError):
        return "damaged"


def _recheck(name: str, folder: Path, scheduler: str | None, jobs: int) -> bool:
    """Recheck an experiment with the book's claims, print the outcome, and return whether the claims hold."""
    from parity_study.experiments.recheck import recheck

    book = str(book_folder() / "book")
    if book not in sys.path:
        sys.path.insert(0, book)
    claims = [claim for claim in importlib.import_module("claims").CLAIMS if claim.source == name]
    record = recheck(name, folder, lambda results: _failing(claims, results), scheduler, jobs)
    click.echo(f"{name}: {'holds' if record['verdict'] == 'holds' else 'DOES NOT HOLD'}. Claims evaluated with the "
               f"sample: {len(claims)}. Equal numbers in the sample: {record['equal']} of {record['numbers']}. "
               f"{folder / name}.json")
    for failure in record.get("failures", ()):
        click.echo(f"    {failure}")
    return record["verdict"] == "holds"


def _failing(claims: list, results: object) -> list[str]:
    """Return the claims that do not hold on the results, or cannot be evaluated on them."""
    failing = []
    for claim in claims:
        for condition in claim.conditions:
            try:
                reason = None if condition.holds(results) else condition.name
            except Exception as error:      # such as the median of no runs: a claim on it does not hold
                reason = f"{condition.name} ({type(error).__name__}: {error})"
            failing += [f"{claim.id}: {reason}"] if reason else []
    return failing


@main.command()
@click.option("--save", is_flag=True, help="Write the results to bench.json, which pages quote.")
@click.option("--quick", is_flag=True, help="Take seconds, with meaningless numbers, as a test.")
@click.option("--pages", is_flag=True, help="Measure the built pages instead: weight, paint, blocking, layout shift.")
def bench(save: bool, quick: bool, pages: bool) -> None:
    """Compare the library's speed with the course's notebook and bare PyTorch, in about two minutes."""
    if save and (quick or pages):
        raise click.UsageError("--save cannot be combined with --quick or --pages: it keeps the complete "
                               "measurements of the library")
    with as_message():
        if pages:
            from parity_study.benchmark.pages import measure

            measure(book_folder() / "_build" / "html", 1 if quick else 3, click.echo)
        else:
            from parity_study import benchmark
            from parity_study.experiments.result_files import writable_folder, write

            content = benchmark.run(quick, report=click.echo)
            if save:
                click.echo(write(writable_folder() / "bench.json", content))


@main.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="Processes [one a core].")
def verify(folder: Path | None, jobs: int | None) -> None:
    """Check every stored verdict with ball arithmetic, without training and without the code that found it."""
    from parity_study.certificate_store import STORE, stored

    with as_message():
        from joblib import Parallel, delayed

        from parity_study.verify import ACTIVATION_ERROR, check

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
