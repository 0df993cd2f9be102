"""Run notebooks without the repository.

`python -m tests.wheel [CHAPTER ...]` builds the wheel, installs it with its extra `exercises` into a new virtual
environment, and executes there the notebooks of the chapters that the built book offers for download, in a folder
outside of the repository. In :func:`colab`, notebooks install the library themselves.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "_build" / "html" / "_sources" / "book"
EXECUTE = ("import sys, nbformat; from nbclient import NotebookClient; nbformat.write(NotebookClient(nbformat.read("
           "sys.argv[1], 4), timeout=600, startup_timeout=600, kernel_name='python3').execute(), 'executed.ipynb')")
# The versions in Colab's runtime 2026.07 of what its kernels import: github.com/googlecolab/backend-info, a724079.
COLAB = ("ipython==7.34.0", "ipykernel==6.17.1", "ipywidgets==7.7.1", "jupyter_client==7.4.9", "numpy==2.0.2",
         "scipy==1.16.3", "matplotlib==3.10.0", "notebook==6.5.7")
TORCH = ("filelock", "fsspec", "jinja2", "networkx", "setuptools>=77", "sympy", "typing_extensions")   # for PyTorch


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
    return environment(folder, "-c", ROOT / "constraints.txt", f"{wheel}[exercises]")


def environment(folder: Path, *requirements: str | Path) -> Path:
    """Create a virtual environment with these requirements and return the path of its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--no-compile", *shlex.split(os.environ.get("PIP_ARGS", "")), *requirements], check=True)
    return python


def colab(folder: Path) -> Path:
    """Create a virtual environment like Colab's, without the library, and return the path of its Python.

    It has no PyTorch of its own, but uses that of this environment.
    """
    python = environment(folder, *COLAB, *TORCH, "nbclient")
    [target] = folder.glob("lib/*/site-packages")
    for path in Path(sysconfig.get_path("purelib")).glob("torch*"):
        (target / path.name).symlink_to(path)
    return python


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a ZIP archive of this repository from a folder, as GitHub does, and yield the repository's address."""
    archive = folder / "archive/refs/heads/main.zip"
    archive.parent.mkdir(parents=True)
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
                           stdout=subprocess.PIPE, check=True).stdout
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in filter(None, names.split("\0")):
            packed.write(ROOT / name, f"one-bit-of-memory-main/{name}")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


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
