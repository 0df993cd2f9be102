"""Run the chapters' notebooks with the installed library alone: `python -m tests.wheel [CHAPTER ...]`.

Builds the wheel, installs it with its extra `exercises` into a new virtual environment, and executes there the
notebooks that the built book offers for download, in a folder outside of the repository.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "_build" / "html" / "_sources" / "book"
EXECUTE = ("import sys, nbformat; from nbclient import NotebookClient; NotebookClient(nbformat.read(sys.argv[1], 4), "
           "timeout=600, startup_timeout=600, kernel_name='python3').execute()")


def build(folder: Path) -> Path:
    """Build the wheel from an sdist and return its path. Raise ValueError unless it has the files of all packages."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    packages = [ROOT / "parity_lib", *(path for path in (ROOT / "packages").iterdir() if path.is_dir())]
    wanted = {path.relative_to(package.parent).as_posix() for package in packages for path in package.rglob("*")
              if path.is_file() and "__pycache__" not in path.parts}
    if packed != wanted:
        raise ValueError(f"the wheel and the packages must have the same files, but {sorted(packed ^ wanted)} differ")
    return wheel


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
    done = subprocess.run([python, "-c", EXECUTE, notebook], cwd=folder, env=environment, text=True,
                          encoding="utf8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"{notebook.stem:20} {'FAILED' if done.returncode else 'runs'}", flush=True)
    if done.returncode:
        print(done.stdout[-2500:], flush=True)
    return not done.returncode


def main(names: list[str]) -> int:
    """Run the notebooks of the named chapters, or of all; return 0 if all of them run."""
    notebooks = [NOTEBOOKS / f"{name}.ipynb" for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    if not notebooks or not all(path.is_file() for path in notebooks):
        print("A notebook is missing: `parity book` builds those of all chapters.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        folder = Path(name)
        python = install(folder / "environment", build(folder))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return int(not all(list(pool.map(partial(runs, python, folder), notebooks))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
