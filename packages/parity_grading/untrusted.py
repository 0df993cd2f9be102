"""Tools for handling untrusted files and names from students."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

ADDED_BY_SYSTEMS = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints)(/|$)|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
MOST_VALUES = 8_000_000     # of JSON; Python needs about 64 bytes for each, even for an empty list
# What a reader of rendered Markdown does not see: comments, and definitions of links.
INVISIBLE = re.compile(r"<!--.*?(?:-->|\Z)|^ {0,3}\[[^\]\n]*\]:[^\n]*", re.DOTALL | re.MULTILINE)
# A string that has no end reaches to the end of the data, so that no part of it is searched a second time.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
MOST_KINDS = 100            # of data in an output
MOST_LEVELS = 100           # of folders within folders, and of lists within lists
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)    # browsers add the second ending


@dataclass(frozen=True)
class NotebookCell:
    """A cell of a notebook file. ``name`` is nbgrader's name for the cell, or "" if it has none."""

    name: str
    cell_type: str
    source: str
    marks: dict[str, Any] = field(default_factory=dict)     # nbgrader's metadata
    outputs: list[dict[str, Any]] = field(default_factory=list)


def read_json(data: bytes) -> Any:
    """Parse JSON in any Unicode encoding. Raise ValueError if it is invalid or would need too much memory."""
    if len(data) > MOST_VALUES // 8:
        structure = STRING.sub(b"", data)
        if sum(map(structure.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise ValueError(f"it holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(data.decode(json.detect_encoding(data), errors="replace"))
    except RecursionError:
        raise ValueError("its lists are nested too deep") from None


def read_cells(data: bytes) -> list[NotebookCell]:
    """Parse the cells of a notebook. Raise ValueError if ``data`` is not a notebook."""
    try:
        cells = []
        for cell in read_json(data)["cells"]:
            marks = cell.get("metadata", {}).get("nbgrader")
            marks = marks if isinstance(marks, dict) else {}
            name = marks.get("grade_id")
            outputs = [output for output in cell.get("outputs") or [] if isinstance(output, dict)]
            cells.append(NotebookCell(name if isinstance(name, str) else "", str(cell.get("cell_type")),
                                      "".join(cell["source"]), marks, outputs))
        return cells
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it cannot be read as a notebook ({type(error).__name__})") from None


def named_cells(path: Path) -> dict[str, NotebookCell]:
    """Return the cells of a notebook file, keyed by nbgrader name, or {} if the file cannot be read."""
    try:
        return {cell.name: cell for cell in read_cells(path.read_bytes()) if cell.name}
    except (OSError, ValueError):
        return {}


def paths_below(folder: Path) -> list[Path]:
    """Return what lies in a folder, to a depth of :data:`MOST_LEVELS`. Links are not followed."""
    found = []
    for parent, folders, files in os.walk(folder):
        found += filter(os.path.lexists, [Path(parent, name) for name in (*folders, *files)])
        if len(Path(parent).relative_to(folder).parts) == MOST_LEVELS - 1:
            folders.clear()
    return sorted(found)


def resembles(path: str, exercise: str) -> bool:
    """Return True if a file name contains the name of an exercise, as ``Unrolling (1).ipynb`` does."""
    return exercise.lower() in re.sub(r"[ -]", "_", PurePosixPath(path).name.lower())


def printable(text: str) -> str:
    """Replace line breaks and control characters, which a terminal would interpret."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def storable(value: Any, levels: int = MOST_LEVELS) -> Any:
    """Return a copy of JSON data without surrogate characters, which cannot be written to a UTF-8 file.

    Raise ValueError if lists and dicts are nested more than ``levels`` deep.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (list, dict)) and not levels:
        raise ValueError("its lists are nested too deep")
    if isinstance(value, dict):
        return {storable(str(key)): storable(part, levels - 1) for key, part in value.items()}
    return [storable(part, levels - 1) for part in value] if isinstance(value, list) else value


def valid_output(value: Any, convert: Callable[[Any], dict] = dict) -> NotebookNode | None:
    """Return a valid output of a cell, which ``convert`` makes from a value, or None."""
    try:
        output = nbformat.from_dict(storable(convert(value)))
        if isinstance(output.get("text"), list):
            output.text = "".join(output.text)
        if "data" in output:
            if len(output.data) > MOST_KINDS:
                return None
            output.data = {kind: part if kind == "application/json" or not isinstance(part, list) else "".join(part)
                           for kind, part in output.data.items()}
        nbformat.validate(output, ref="output", version=4)
    except Exception:       # nobody can list everything that may be wrong with it
        return None
    return output


def visible(answer: str) -> str:
    """Return the part of a Markdown answer that is visible to its readers."""
    return INVISIBLE.sub("", answer)
