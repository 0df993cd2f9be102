"""The `parity experiment`, `parity verify` and `parity bench` commands."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import click

LONGEST = 600       # seconds in which the verdict on a network is checked


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "run_all", is_flag=True, help="Run every experiment, which takes several hours.")
@click.option("--quick", is_flag=True, help="Test an experiment in seconds, with meaningless numbers; requires --out.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="The folder for the result files [default: the book's].")
@click.option("--list", "list_all", is_flag=True, help="List all experiments with their questions.")
@click.option("--recheck", is_flag=True,
              help="Derive a sample of the results again, and check whether the book's claims still hold.")
@click.option("--other-seeds", is_flag=True,
              help="With --recheck: derive all results again, from seeds that no stored result has used.")
@click.option("--jobs", type=click.IntRange(min=1), help="The number of processes of a series [default: one per core].")
@click.option("--scheduler", metavar="ADDRESS", help="Run a series on a Dask cluster, such as tcp://host:8786.")
def experiment(names: tuple[str, ...], run_all: bool, quick: bool, out: Path | None, list_all: bool, recheck: bool,
               other_seeds: bool, jobs: int | None, scheduler: str | None) -> None:
    """Run experiments and write their results to JSON files.

    The pages of the book load the results from these files, which are called NAME.json. An experiment that trains a
    series of conditions continues where it left off after an interruption.
    """
    from parity_study import experiments, results

    if list_all:
        for name in experiments.names():
            click.echo(f"{name:22} {experiments.question(name)}")
        return
    names = experiments.names() if run_all else names
    if not names:
        raise click.UsageError("name an experiment, or use --all; --list lists them")
    if quick and (recheck or out is None):
        raise click.UsageError("--quick requires --out FOLDER and excludes --recheck: its numbers are meaningless")
    if other_seeds and not recheck:
        raise click.UsageError("--other-seeds requires --recheck")
    for name in names:      # a misspelt name is an error before the first experiment runs
        experiments.question(name)
    folder, all_hold = out or results.writable_folder(), True
    for name in names:
        if recheck:
            all_hold &= _recheck(name, folder, scheduler, jobs or -1, other_seeds)
            continue
        path = experiments.run(name, folder, quick, scheduler, jobs or -1)
        seconds = results.load(name, "provenance", folder)["wall_seconds"]
        click.echo(f"{name}: {seconds:.0f} s, {path}")
    if not recheck and folder == results.FOLDER:
        from parity_study.claims import publish

        publish()
    if not all_hold:
        raise click.exceptions.Exit(1)


def _recheck(name: str, folder: Path, scheduler: str | None, jobs: int, other_seeds: bool) -> bool:
    """Recheck an experiment against the book's claims, print the verdict and return True if the claims hold."""
    from parity_study.claims import CLAIMS
    from parity_study.recheck import recheck

    record = recheck(name, folder, scheduler, jobs, other_seeds)
    count = sum(claim.source == name for claim in CLAIMS)
    verdict = "holds" if record["verdict"] == "holds" else "DOES NOT HOLD"
    click.echo(f"{name}: {verdict}. Claims evaluated with the sample: {count}. {folder / name}.json")
    for failure in record.get("failures", ()):
        click.echo(f"    {failure}")
    return record["verdict"] == "holds"


def _find_problem(network: Any) -> str | None:
    """Describe what is wrong with a stored verdict. Returns None if nothing is wrong.

    A verdict whose check takes longer than :data:`LONGEST` is not proved. On Windows there is no such limit.
    """
    from parity_study.verify import check

    def stop(*ignored: Any) -> None:
        raise ValueError(f"it is not proved in time ({LONGEST} seconds)")
    limited = hasattr(signal, "setitimer")
    if limited:
        signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, LONGEST)       # of the processor, so that other programs do not matter
    try:
        return check(network)
    except ValueError as error:
        return str(error)
    finally:
        if limited:
            signal.setitimer(signal.ITIMER_PROF, 0)


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), help="The number of processes [default: one per core].")
def verify(folder: Path | None, jobs: int | None) -> None:
    """Verify the stored certificates with exact and ball arithmetic.

    FOLDER contains the certificates, by default those of the book. The verification neither trains a network nor
    uses the code that found the certificates.
    """
    from itertools import groupby

    from joblib import Parallel, delayed

    from parity_study.certificate_store import STORE, read_store
    from parity_study.verify import ACTIVATION_ERROR

    networks = list(read_store(folder or STORE))
    checks = (delayed(_find_problem)(network) for network in networks)
    problems = Parallel(n_jobs=jobs or -1, return_as="generator")(checks)
    failures: list[str] = []
    for kind, group in groupby(zip(networks, problems), key=lambda pair: pair[0].kind):
        checked = list(group)
        first, verdicts = checked[0][0], [network.verdict for network, problem in checked if not problem]
        counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("certified", "refuted", "undecided"))
        click.echo(f"{kind} ({first.cell}, {first.hidden_size} units): {counts}")
        failures += [f"{kind}, seed {network.seed}: {problem}" for network, problem in checked if problem]
    if failures:
        raise click.ClickException("\n".join(["these verdicts do not hold, or are not proved:", *failures]))
    click.echo("Every certified network is correct after every bit of every string, in float32 on a CPU, if its tanh\n"
               f"and sigmoid have an error of at most {ACTIVATION_ERROR} units of 2^-24. Every refuted network is "
               "wrong\nafter the last bit of its string, in float32 and float64 as PyTorch computes it here.")


@click.command()
def bench() -> None:
    """Measure on this machine how fast a network runs with packing and with a mask.

    The two take turns, so that a busy machine slows down both. Prints the times and their ratios as JSON.
    """
    from parity_lib.training import single_thread
    from parity_study.experiments.packing import run

    with single_thread():
        click.echo(json.dumps(run()["nets"], indent=1))
