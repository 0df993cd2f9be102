"""The results of the experiments, with functions that read and write them.

The results are JSON files in this folder. Pages, figures and claims read them with :func:`load`, so none of these needs
the code that made them. The block ``results`` of a file contains the
measured values. The block ``provenance`` contains the version of the book, the settings, the versions of the libraries,
the processor, the date, the wall time, and all later rechecks.
"""

import datetime
import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from parity_lib.version import __version__

FOLDER = Path(__file__).resolve().parent


def writable_folder() -> Path:
    """Return the folder with the book's results. Raises FileNotFoundError if the folder must not be changed."""
    # A virtual environment may lie inside the repository.
    if "site-packages" in FOLDER.parts or not any((folder / "_config.yml").is_file() for folder in FOLDER.parents):
        raise FileNotFoundError(f"{FOLDER} belongs to an installed package and must not be changed; choose another "
                                "folder with --out FOLDER")
    return FOLDER


def load(name: str, block: str = "results", folder: Path | None = None) -> Any:
    """Load a block of an experiment's result file.

    The file is ``NAME.json`` in ``folder``, by default the folder of the book's results. Raises FileNotFoundError if
    the file does not exist, and ValueError if it is damaged or has no such block. The message names the file and the
    command that makes it.
    """
    path = (folder or FOLDER) / f"{name}.json"
    command = "python -m parity_study.claims" if name == "claims" else f"parity experiment {name}"
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; make it with: {command}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))[block]
    except (ValueError, KeyError, TypeError) as error:
        reason = f"it has no block {block!r}" if isinstance(error, KeyError) else error
        raise ValueError(f"{path} is damaged ({reason}); make it again with: {command}") from None


def write(path: Path, content: dict[str, Any]) -> Path:
    """Write ``content`` to a JSON file and return the path.

    Each list of plain values is on one line. The file is replaced only when it is complete.
    """
    text = json.dumps(content, indent=1, allow_nan=False)
    text = re.sub(r"\[\s[^\[\]{}]*\]", lambda match: re.sub(r"\s+", " ", match.group()), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, path)
    return path


def provenance(settings: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return a record of how a set of results was obtained."""
    return {**made_with(), "settings": settings, "torch_threads": 1, "wall_seconds": round(seconds, 1)}


def made_with() -> dict[str, Any]:
    """Return the current date, the software versions and the processor name."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    versions = {"python": platform.python_version()} | {name: version(name) for name in ("torch", "numpy")}
    return {"date": today, "version": __version__, "versions": versions, "cpu": cpu_model()}


def cpu_model() -> str:
    """Return the model name of the processor."""
    info = Path("/proc/cpuinfo")
    match = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.is_file() else None
    return match.group(1).strip() if match else platform.processor() or platform.machine()
