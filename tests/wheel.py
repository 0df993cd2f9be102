"""Run the chapters' notebooks with the installed library alone: `python -m tests.wheel [CHAPTER ...]`.

Builds the sdist and the wheel, installs the wheel with its extra `exercises` into a new virtual environment, and
executes there the notebooks that the built book offers for download, in a folder outside of the repository.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import parity_lib

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "_build" / "html" / "_sources" / "book"
NOT_PACKED = {"tests", "book", "solutions", "exercises"}
EXECUTE = ("import sys, nbformat; from nbclient import NotebookClient; NotebookClient(nbformat.read(sys.argv[1], 4), "
           "timeout=600, startup_timeout=600, kernel_name='python3').execute()")


def build(folder: Path) -> tuple[Path, Path]:
    """Build the sdist and the wheel in a folder and return their paths."""
    subprocess.run([sys.executable, "-m", "build", "--sdist", "--wheel", "--outdir", folder, ROOT], check=True)
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def problems(sdist: Path, wheel: Path) -> list[str]:
    """Return what is missing from the packages or should not be in them."""
    wanted = {path.relative_to(ROOT).as_posix() for folder in ("parity_lib", "packages")
              for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    importable = {name.removeprefix("packages/") for name in wanted}     # each package is at the top of a wheel
    return [
        *(f"the wheel lacks {name}" for name in sorted(importable - in_wheel)),
        *(f"the sdist lacks {name}" for name in sorted(wanted | {"LICENSE", "LICENSE-TEXT", "CHANGELOG.md"})
          if name not in in_sdist),
        *(f"{name} should not be packed" for name in sorted(in_wheel | in_sdist) if name.split("/")[0] in NOT_PACKED),
    ] + [f"{wheel.name} is not version {parity_lib.__version__}"] * (parity_lib.__version__ not in wheel.name)


def install(folder: Path, wheel: Path) -> Path:
    """Install the wheel into a new virtual environment and return the path of its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    *shlex.split(os.environ.get("PIP_ARGS", "")), "-c", ROOT / "constraints.txt",
                    f"{wheel}[exercises]"], check=True)
    return python


def runs(python: Path, folder: Path, notebook: Path) -> bool:
    """Execute a notebook in a new folder, without this repository or the user's settings; print the result."""
    folder = folder / notebook.stem
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"JUPYTER_DATA_DIR": str(folder / "data"), "JUPYTER_CONFIG_DIR": str(folder / "config"),
                    "IPYTHONDIR": str(folder / "ipython"), "MPLBACKEND": "agg", "PARITY_PROGRESS": "0"}
    began = time.monotonic()
    done = subprocess.run([python, "-c", EXECUTE, notebook], cwd=folder, env=environment, text=True,
                          encoding="utf8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    result = "FAILED" if done.returncode else "runs"
    print(f"{notebook.stem:20} {time.monotonic() - began:4.0f} s  {result}", flush=True)
    if done.returncode:
        print(done.stdout[-2500:], flush=True)
    return not done.returncode


def main(names: list[str]) -> int:
    """Run the notebooks of the named chapters, or of all; return 0 if all of them run."""
    notebooks = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    if not notebooks:
        print("There are no notebooks, because the book is not built. Run `parity book` first.", file=sys.stderr)
        return 2
    if unknown := set(names) - set(notebooks):
        print(f"There is no notebook {', '.join(sorted(unknown))}. There are: {', '.join(notebooks)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        folder = Path(name)
        sdist, wheel = build(folder)
        if found := problems(sdist, wheel):
            print(*found, sep="\n", file=sys.stderr)
            return 1
        python = install(folder / "environment", wheel)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            passed = list(pool.map(partial(runs, python, folder), [notebooks[name] for name in names or notebooks]))
    print(f"{sum(passed)} of {len(passed)} notebooks run with {wheel.name}[exercises] alone")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
