"""Whether `pip install "one-bit-of-memory[exercises]"` is enough: `python -m tests.wheel`.

Builds the sdist and the wheel, installs the wheel into a new virtual environment, and runs the notebook of every
chapter there, or those that are named, in a folder that knows nothing of the repository. The notebooks are those of
the built book.
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
from pathlib import Path

from packaging.metadata import Metadata

import parity_lib

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "_build" / "html" / "_sources" / "book"
NOT_THE_LIBRARY = {"tests", "book", "solutions", "exercises"}
SECONDS_A_CELL = 600      # a busy machine is no error


def build(folder: Path) -> tuple[Path, Path]:
    """The sdist and the wheel, made in ``folder``; the tree must be afterwards as it was before."""
    before = _tree()
    subprocess.run([sys.executable, "-m", "build", "--sdist", "--wheel", "--outdir", folder, ROOT], check=True)
    if left := _tree() - before:
        raise SystemExit(f"packing left {sorted(map(str, left))} in the tree")
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def _tree() -> set[Path]:
    return {*ROOT.iterdir(), *(path for path in (ROOT / "parity_lib").rglob("*") if "__pycache__" not in path.parts)}


def contents(sdist: Path, wheel: Path) -> list[str]:
    """What is wrong with what they hold."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        info = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = Metadata.from_email(packed.read(info), validate=True)
    with tarfile.open(sdist) as packed:
        sources = [name.partition("/")[2] for name in packed.getnames()]
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / "parity_lib").rglob("*")
              if path.is_file() and "__pycache__" not in path.parts}
    return [
        *(f"the wheel lacks {name}" for name in sorted(wanted - set(names))),
        *(f"the sdist lacks {name}" for name in sorted(wanted | {"LICENSE", "LICENSE-TEXT", "CHANGELOG.md"})
          if name not in sources),
        *(f"{name} is no part of the library" for name in names + sources if name.split("/")[0] in NOT_THE_LIBRARY),
        *([f"the wheel says {about.version}, the library {parity_lib.__version__}"]
          if str(about.version) != parity_lib.__version__ else []),
    ]


def install(folder: Path, wheel: Path) -> Path:
    """The programs of a new virtual environment with the wheel in it."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    *shlex.split(os.environ.get("PIP_ARGS", "")), "-c", ROOT / "constraints.txt",
                    f"{wheel}[exercises]"], check=True)
    return programs


def run(programs: Path, notebook: Path, folder: Path) -> bool:
    """Whether a notebook runs in an environment whose programs are given; its errors are printed."""
    folder.mkdir()
    # Nothing of this repository, and none of the user's settings.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"JUPYTER_DATA_DIR": str(folder / "data"), "JUPYTER_CONFIG_DIR": str(folder / "config"),
                    "IPYTHONDIR": str(folder / "ipython"), "MPLBACKEND": "agg", "PARITY_PROGRESS": "0"}
    # Not `jupyter execute`: it would find another environment's command where this one has none.
    code = ("import sys, nbformat; from nbclient import NotebookClient; "
            f"NotebookClient(nbformat.read(sys.argv[1], 4), timeout={SECONDS_A_CELL}, "
            f"startup_timeout={SECONDS_A_CELL}, kernel_name='python3').execute()")
    began = time.monotonic()
    done = subprocess.run([programs / "python", "-c", code, notebook], cwd=folder, env=environment, text=True,
                          encoding="utf-8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    took = f"{time.monotonic() - began:4.0f} s"
    print(f"{notebook.stem:20} {took}  {'runs' if done.returncode == 0 else 'FAILS'}", flush=True)
    if done.returncode:
        print(done.stdout[-2500:], flush=True)
    return done.returncode == 0


def main(names: list[str]) -> int:
    """0 where everything holds."""
    there = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"), reverse=True)}
    if not there:
        print("The chapters' notebooks come from the built book: run `parity book` first.", file=sys.stderr)
        return 1
    if unknown := sorted(set(names) - set(there)):
        print(f"{', '.join(unknown)}: no chapter with a notebook. There are: {', '.join(sorted(there))}",
              file=sys.stderr)
        return 1
    notebooks = [path for name, path in there.items() if not names or name in names]
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        folder = Path(name)
        sdist, wheel = build(folder)
        if wrong := contents(sdist, wheel):
            print(*wrong, sep="\n", file=sys.stderr)
            return 1
        programs = install(folder / "environment", wheel)
        with ThreadPoolExecutor(os.cpu_count()) as several:     # each notebook has a process of its own
            passed = [*several.map(lambda notebook: run(programs, notebook, folder / notebook.stem), notebooks)]
    print(f"{sum(passed)} of {len(passed)} notebooks run with {wheel.name}[exercises] alone")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
