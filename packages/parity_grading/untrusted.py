"""Tools for handling untrusted files and names from students."""

import contextlib
import json
import os
import re
import uuid
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbformat.validator import get_validator

ADDED_BY_SYSTEMS = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints)(/|$)|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
MOST_VALUES = 8_000_000     # of JSON; Python needs about 64 bytes for each, even for an empty list
MOST_KEPT = 1_000_000       # values in outputs and attachments, each list as ten, because they are copied and validated
COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
# What a reader of rendered Markdown does not see: comments, and definitions of links, in which no other words stand.
INVISIBLE = re.compile(COMMENT.pattern + r"|^ {0,3}\[[\w/. -]*[\w/.-]\]:[ \t]+[^\s<>()\[\]\\]+"
                       r"""(?:[ \t]+(?:"[^"\\\n]*"|'[^'\\\n]*'|\([^()\\\n]*\)))?[ \t]*$""", re.DOTALL | re.MULTILINE)
# A string that has no end reaches to the end of the data, so that no part of it is searched a second time.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
MOST_CELLS = 2000           # a cell takes a thousand times as much memory as the two characters that it can consist of
MOST_OUTPUTS = MOST_ATTACHED = 2000     # of all cells together; an attachment and each of its types counts
NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
ID = re.compile(r"[\w-]{1,64}", re.ASCII)        # what nbformat allows
MOST_KINDS = 100            # of data in an output
MOST_LEVELS = 100           # of folders within folders, and of lists within lists
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)    # browsers add the second ending


def read_json(data: bytes) -> Any:
    """Parse JSON in any Unicode encoding. Raise ValueError if it is invalid or would need too much memory."""
    if count_values(data, list_as=1) > MOST_VALUES:
        raise ValueError(f"it holds more than {MOST_VALUES:,} values")
    try:
        return json.loads(data.decode(json.detect_encoding(data), errors="replace"))
    except RecursionError:
        raise ValueError("its lists are nested too deep") from None


def count_values(data: bytes, list_as: int = 10) -> int:
    """Return about the number of values in JSON data. A list or dict counts as ``list_as`` values."""
    structure = STRING.sub(b"", data)
    return structure.count(b",") + list_as * sum(map(structure.count, (b"[", b"{")))


def read_notebook(data: bytes) -> NotebookNode:
    """Read a student's notebook and return a valid notebook with its cells. Raise ValueError if ``data`` holds none."""
    try:
        raw = read_json(data)
    except ValueError as error:
        raise ValueError(f"it is not a notebook: it cannot be read as JSON ({error})") from None
    if not isinstance(raw, dict):
        raise ValueError("it is not a notebook: its text is JSON, but not an object with cells")
    parts = [raw, *(sheet for sheet in _list(raw.get("worksheets")) if isinstance(sheet, dict))]    # of format 3
    cells = [cell for part in parts for cell in _list(part.get("cells")) if isinstance(cell, dict)]
    if not cells:
        raise ValueError("it is not a notebook: it contains no cells")
    if len(cells) > MOST_CELLS:
        raise ValueError(f"it has {len(cells):,} cells; at most {MOST_CELLS:,} are allowed")
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    pictures = [kinds for cell in cells if isinstance(cell.get("attachments"), dict)
                for kinds in cell["attachments"].values()]
    if sum(1 + len(kinds) for kinds in pictures if isinstance(kinds, dict)) > MOST_ATTACHED:
        raise ValueError(f"its cells have more than {MOST_ATTACHED:,} attachments")
    left = MOST_OUTPUTS
    for cell in cells:
        cell["outputs"] = _list(cell.get("outputs"))[:left]
        left -= len(cell["outputs"])
    try:
        kept = json.dumps([(cell["outputs"], cell.get("attachments")) for cell in cells]).encode()
    except RecursionError:
        raise ValueError("its lists are nested too deep") from None
    if count_values(kept) > MOST_KEPT:
        raise ValueError(f"its outputs and attachments hold more than {MOST_KEPT:,} values; each list counts as ten")
    new_cells = [_cell(cell) for cell in cells]
    make_ids_unique(new_cells)      # nbformat would warn of each
    return new_notebook(cells=new_cells, metadata={"kernelspec": kernelspec})


def make_ids_unique(cells: list[NotebookNode]) -> None:
    """Give a new id to each cell that has the id of an earlier one."""
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            cell.id = uuid.uuid4().hex
        seen.add(cell.id)


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _cell(raw: dict) -> NotebookNode:
    """Create a valid cell with the source, outputs, attachments and id of a cell in a student's file."""
    new_cell = NEW.get(str(raw.get("cell_type")), new_markdown_cell)
    cell = new_cell(storable(_text(raw.get("source", raw.get("input", "")))))
    if isinstance(raw.get("id"), str) and ID.fullmatch(raw["id"]):
        cell.id = raw["id"]
    marks = raw.get("metadata", {}).get("nbgrader") if isinstance(raw.get("metadata"), dict) else None
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        cell.metadata["nbgrader"] = {"grade_id": marks["grade_id"]}
    if cell.cell_type == "code":
        # They are shown to readers, but do not affect the points.
        cell.outputs = [output for value in raw["outputs"] if (output := valid_output(value)) is not None]
    elif isinstance(raw.get("attachments"), dict):
        cell.attachments = nbformat.from_dict({
            name: {kind: _text(value) for kind, value in data.items()}
            for name, data in storable(raw["attachments"]).items() if isinstance(data, dict)})
    return cell


def _text(value: Any) -> str:
    """Convert a string or a list of lines to a single string."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def mark(cell: NotebookNode) -> str:
    """Return nbgrader's name for a cell, or "" if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def named_cells(path: Path) -> dict[str, NotebookNode]:
    """Return the cells of a graded notebook, keyed by nbgrader's name, or {} if the file cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        return {mark(cell): cell for cell in nbformat.read(path, as_version=4).cells if mark(cell)}
    return {}


def paths_below(folder: Path) -> list[Path]:
    """Return the paths below a folder, to a depth of :data:`MOST_LEVELS`. Links are not followed."""
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


def valid_output(value: Any) -> NotebookNode | None:
    """Convert a value to a cell output, or return None if the output is not valid."""
    try:
        output = nbformat.from_dict(storable(value))
        if isinstance(output.get("text"), list):
            output.text = "".join(output.text)
        if "data" in output:
            if len(output.data) > MOST_KINDS:
                return None
            output.data = {kind: part if kind == "application/json" or not isinstance(part, list) else "".join(part)
                           for kind, part in output.data.items()}
        # nbformat.validate would collect an error for each of a million wrong values; this ends at the first one.
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": None}
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell | {"outputs": [output]}]}
        get_validator(4, 5, name="fastjsonschema").validate(notebook)
    except Exception:       # nobody can list everything that may be wrong with it
        return None
    return output


def visible(answer: str) -> str:
    """Return the part of a Markdown answer that is visible to its readers."""
    return INVISIBLE.sub("", answer)
