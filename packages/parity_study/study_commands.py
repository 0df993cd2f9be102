"""The commands `parity experiment` and `parity verify`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click


@click.command()
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
    from parity_study.experiments.result_files import repository

    root = repository()
    if root is None:
        raise FileNotFoundError("--recheck needs a clone of the book's repository, because the claims are in its "
                                "folder book/claims")
    if str(root / "book") not in sys.path:
        sys.path.insert(0, str(root / "book"))
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


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="The number of processes [one per core].")
def verify(folder: Path | None, jobs: int | None) -> None:
    """Verify every stored certificate in FOLDER [the book's], using only exact and ball arithmetic.

    The check neither trains a network nor uses the code that found the certificates.
    """
    from joblib import Parallel, delayed

    from parity_study.certificate_store import STORE, stored
    from parity_study.verify import ACTIVATION_ERROR, check

    certificates = list(stored(folder or STORE))
    problems = Parallel(n_jobs=jobs or -1)(delayed(check)(certificate) for certificate in certificates)
    for kind in dict.fromkeys(certificate.kind for certificate in certificates):
        verdicts = [certificate.verdict for certificate, problem in zip(certificates, problems)
                    if certificate.kind == kind and not problem]
        click.echo(f"{kind:17} " + ", ".join(f"{verdicts.count(verdict)} {verdict}"
                                             for verdict in ("certified", "refuted", "undecided")))
    if any(problems):
        raise click.ClickException("\n".join(["these certificates do not hold:", *(
            f"{certificate.kind}, seed {certificate.seed}: {problem}"
            for certificate, problem in zip(certificates, problems) if problem)]))
    click.echo("Every certified network is correct after every bit of every string, in float32 on a CPU, if its tanh\n"
               f"and sigmoid have an error of at most {ACTIVATION_ERROR} units of 2^-24. Every refuted network is "
               "wrong\n after the last bit of its string, in float32, float64 and exact arithmetic.")
