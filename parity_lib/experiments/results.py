"""The files of results: one JSON file an experiment, in the folder ``results`` of this package.

A block ``results`` is the same on the same type of CPU with one torch thread;
a block ``provenance`` says how it came about.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent / "results"
CHECKOUT = FOLDER.parents[2] / "pyproject.toml"


def results_folder() -> Path:
    """The folder that holds the book's results, wherever the library is installed."""
    return FOLDER


def writable_folder() -> Path:
    """The same folder, to write to: only in a checkout of the book. Raises FileNotFoundError elsewhere."""
    if not CHECKOUT.is_file():
        raise FileNotFoundError(f"{FOLDER} belongs to an installed package; give a folder of your own: --out FOLDER")
    return FOLDER


def load(name: str, block: str = "results", folder: Path | None = None) -> Any:
    """A block of ``NAME.json``: what an experiment found, unless another block is asked for.

    Raises FileNotFoundError where there is no such file, and ValueError where it
    is damaged or lacks the block; either names the file and the command that
    makes it.
    """
    path = (folder or results_folder()) / f"{name}.json"
    command = "parity bench --save" if name == "bench" else f"parity experiment {name}"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; make it with: {command}")
    try:
        return json.loads(path.read_text(encoding="utf-8"))[block]
    except (ValueError, KeyError, TypeError) as error:
        wrong = f"it has no block {block!r}" if isinstance(error, KeyError) else error
        raise ValueError(f"{path} is damaged ({wrong}); make it again with: {command}") from None


def write(path: Path, content: dict[str, Any]) -> Path:
    """Write JSON whole or not at all; lists of plain values stand on one line."""
    text = json.dumps(content, indent=1, allow_nan=False)
    text = re.sub(r"\[\s[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found.group()), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, path)
    return path


def provenance(settings: dict[str, Any], sources: str, seconds: float) -> dict[str, Any]:
    """How results came about: settings, versions, sources, processor, date and wall time in seconds."""
    return {
        "settings": settings,
        "versions": versions(),
        "torch_threads": 1,
        "sources": sources,
        "cpu": cpu_model(),
        "date": today(),
        "wall_seconds": round(seconds, 1),
    }


def versions() -> dict[str, str]:
    """What figures depend on, beside our own code."""
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


def today() -> str:
    """The date, in the form of ISO 8601, in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def cpu_model() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.is_file() else None
    return found.group(1).strip() if found else platform.processor() or platform.machine()
