"""Do suite and book pass with other instructions, other versions, other last digits? `python -m tests.anywhere`

Each setting runs its parts in a copy of the repository, and what has passed is not run again while the sources
stay as they are: a run that was stopped goes on. All of it takes about three hours on two idle cores, an estimate
from its parts.

``suite`` is every test but those that open a browser, which would show the same pages, and those about the built
book, which is built by itself (``book``: every page executed, any warning an error). ``numbers`` leaves out the
class that nbgrader's commands grade, too: where only instructions change, what they compute is in the bank of
hand-ins. ``pages`` runs the pages' cells without building them, ``quick`` the quick runs of all experiments.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "_build" / "anywhere"
LEFT_BEHIND = (".git", "_build", "__pycache__", ".*_cache", ".hypothesis", "unfinished")
NUDGES = 20
INSTALLING = threading.Lock()      # two parts of a setting may want its environment at once
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
PARTS = {
    "suite": [*PYTEST, "-m", "not slow and not browser and not book"],
    "numbers": [*PYTEST, "-m", "not slow and not browser and not book", "--ignore=tests/exercises"],
    "book": ["-c", "from parity_lib.cli import main; main()", "book"],
    "pages": ["-m", "tests.anywhere.pages"],
    "quick": [*PYTEST, "tests/experiments", "-k", "quick_run"],
}


@dataclass(frozen=True)
class Setting:
    """A name, what runs in it, its environment variables, and the Python and packages if they are not these."""

    name: str
    parts: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    python: str = ""
    oldest: bool = False


def settings() -> list[Setting]:
    """Everything that is tried, the quickest to fail first."""
    instructions = {
        "as it is": {},
        "ATen default": {"ATEN_CPU_CAPABILITY": "default"},
        "ATen AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},
        "NumPy narrow": {"NPY_DISABLE_CPU_FEATURES": numpy_features()},
        "oneDNN SSE4.1": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
        "OpenBLAS Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
        "MKL SSE4.2": {"MKL_ENABLE_INSTRUCTIONS": "SSE4_2"},
        "MKL compatible": {"MKL_CBWR": "COMPATIBLE"},
    }
    return [
        *(Setting(f"nudge {n}", ("pages", "quick"), {"PARITY_NUDGE": str(n)}) for n in range(1, NUDGES + 1)),
        *(Setting(name, ("numbers", "book"), variables) for name, variables in instructions.items()),
        *(Setting(f"{python} {age}", ("suite", "book"), python=f"python{python}", oldest=age == "oldest")
          for python in ("3.11", "3.13") for age in ("oldest", "newest")),
    ]


def numpy_features() -> str:
    """All instructions that NumPy would choose here and can do without."""
    from numpy._core import _multiarray_umath as compiled

    return " ".join(name for name in compiled.__cpu_dispatch__ if compiled.__cpu_features__.get(name))


def oldest_versions() -> list[str]:
    """The lower bounds of pyproject.toml as constraints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for many in project["optional-dependencies"].values() for one in many)]
    bounds = [re.match(r"([\w.-]+)>=([\w.]+)", one) for one in wanted]
    return sorted({f"{bound[1]}=={bound[2]}" for bound in bounds if bound})


def interpreter(setting: Setting) -> str:
    """The Python of a setting; its environment is made where there is none."""
    if not setting.python:
        return sys.executable
    folder = PLACE / setting.name.replace(" ", "-")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    with INSTALLING:
        return install(setting, folder, python)


def install(setting: Setting, folder: Path, python: Path) -> str:
    """Make the environment of a setting, unless it is there."""
    ready = folder / "ready"
    if ready.exists():
        return str(python)
    if (found := shutil.which(setting.python)) is None:
        raise FileNotFoundError(f"{setting.python} is not installed here")
    constraints = PLACE / "oldest.txt"
    constraints.write_text("\n".join(oldest_versions()) if setting.oldest else "", encoding="utf-8")
    subprocess.run([found, "-m", "venv", "--clear", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *shlex.split(os.environ.get("PIP_ARGS", "")),
                    "-c", constraints, f"{ROOT}[test]"], check=True)
    ready.touch()
    return str(python)


def copy(folder: Path) -> str:
    """Copy the sources into ``folder`` and return a hash of them."""
    def leave(place, names):
        environments = {name for name in names if (Path(place) / name / "pyvenv.cfg").is_file()}
        return shutil.ignore_patterns(*LEFT_BEHIND)(place, names) | environments
    shutil.copytree(ROOT, folder, ignore=leave)
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def run(setting: Setting, part: str) -> dict:
    """Run a part: whether it passed, seconds, the hash of its sources; what it said is in a file beside the results."""
    log = PLACE / f"{setting.name} {part}.log".replace(" ", "-")
    with tempfile.TemporaryDirectory(prefix="anywhere-") as name:
        folder = Path(name) / "copy"
        sources = copy(folder)
        paths = [str(folder), str(folder / "tests" / "anywhere" / "site")]
        environment = os.environ | {"PARITY_PROGRESS": "0", "OMP_NUM_THREADS": "1", "CI": ""} | setting.variables
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        began = time.perf_counter()
        with log.open("w", encoding="utf-8") as out:
            try:
                code = subprocess.run([interpreter(setting), *PARTS[part]], cwd=folder, env=environment, stdout=out,
                                      stderr=subprocess.STDOUT).returncode
            except (OSError, subprocess.CalledProcessError) as error:
                code = 1
                print(error, file=out)
    return {"passed": code == 0, "seconds": round(time.perf_counter() - began), "sources": sources, "log": str(log)}


def main() -> int:
    """Run what is asked for, print the table; 0 where all of it passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.anywhere", description=__doc__.split("\n")[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="a setting, or how some begin; repeatable")
    parser.add_argument("--part", choices=PARTS, help="one part of each")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many parts at once [1]")
    parser.add_argument("--list", action="store_true", help="name the settings")
    asked = parser.parse_args()
    known = {one.name: one for one in settings()}
    chosen = [one for name, one in known.items() if not asked.only or any(
        name == wanted or (wanted not in known and name.startswith(wanted)) for wanted in asked.only)]
    jobs = [(one, part) for one in chosen for part in one.parts if asked.part in (None, part)]
    if asked.list or not jobs:
        print(*(f"{one.name:20} {', '.join(one.parts)}" for one in known.values()), sep="\n")
        return int(not asked.list)
    PLACE.mkdir(parents=True, exist_ok=True)
    store = PLACE / "results.json"
    with tempfile.TemporaryDirectory() as name:
        sources = copy(Path(name) / "copy")
    results = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {}
    print(f"NumPy {np.__version__}, Python {sys.version.split()[0]}\n{'setting':20} {'part':7} result  seconds")
    keys = [f"{setting.name}: {part}" for setting, part in jobs]
    passed = {key for key in keys if results.get(key, {}).get("passed") and results[key]["sources"] == sources}
    for key in sorted(passed, key=keys.index):
        show(key, results[key])
    with ThreadPoolExecutor(asked.jobs) as workers:
        running = {workers.submit(run, *job): key for key, job in zip(keys, jobs, strict=True) if key not in passed}
        try:
            for future in as_completed(running):
                key = running[future]
                results[key] = future.result()
                store.write_text(json.dumps(results, indent=1), encoding="utf-8")
                show(key, results[key])
        except KeyboardInterrupt:
            workers.shutdown(cancel_futures=True)
            raise
    return int(not all(results[key]["passed"] for key in keys))


def show(key: str, result: dict) -> None:
    """Print a row of the table."""
    setting, part = key.split(": ")
    print(f"{setting:20} {part:7} {'passed' if result['passed'] else 'FAILED'} {result['seconds']:8}"
          + ("" if result["passed"] else f"  see {result['log']}"), flush=True)


if __name__ == "__main__":
    sys.exit(main())
