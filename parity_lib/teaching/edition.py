"""A hand-in that was made with another release of the exercise is noticed, and what differs is named.

Chapter: *For instructors*. nbgrader notes in each cell that it releases a checksum of what it released; a student who
changes the cell's text, by accident or not, leaves that note alone. So a note that is not this release's comes from
another one. Nothing is concluded from a cell that was deleted or changed: :mod:`parity_lib.teaching.rebuild` puts it
back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MOST = 6        # names in a note
LONGEST = 40    # characters of a name or a version


def notes(handed_in: Path, release: Path, notebooks: list[str]) -> list[str]:
    """What is to be said of a hand-in with these notebooks beside the exercise as it is released now."""
    return [said for name in notebooks for said in note(handed_in / f"{name}.ipynb", release / f"{name}.ipynb")]


def note(handed_in: Path, release: Path) -> list[str]:
    """Nothing, or one sentence."""
    theirs, ours = _notebook(handed_in), _notebook(release)
    had, has = _checksums(theirs), _checksums(ours)
    versions = [_version(one) for one in (theirs, ours)]
    changed = [name for name in has if name in had and had[name] != has[name]]
    dropped = [name for name in had if name not in has]
    added = [name for name in has if name not in had]
    if not has or not had or not (changed or dropped or (added and len({*versions} - {""}) == 2)):
        return []
    of_theirs, of_ours = ((f"version {one}" if one else "") for one in versions)
    if of_theirs == of_ours or not of_theirs:
        of_theirs, of_ours = "another release", "this one"
    parts = [f"{what}: {_names(names, notebook)}" for what, names, notebook in (
        ("other there", changed, ours), ("new since", added, ours), ("no longer asked", dropped, theirs)) if names]
    return [f"made with {of_theirs} of the exercise, graded with {of_ours}; {'; '.join(parts)}"]


def _notebook(path: Path) -> dict[str, Any]:
    """A notebook as it stands in its file; an empty one where there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _cells(notebook: dict[str, Any]) -> list[tuple[dict, dict]]:
    """A stranger's cells that are objects, each with what nbgrader has noted in it."""
    cells = notebook.get("cells")
    found = []
    for cell in cells if isinstance(cells, list) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(cell, dict):
            found.append((cell, marks if isinstance(marks, dict) else {}))
    return found


def _checksums(notebook: dict[str, Any]) -> dict[str, str]:
    """What was released, by the cell's name."""
    return {marks["grade_id"]: marks["checksum"] for _, marks in _cells(notebook)
            if all(isinstance(marks.get(key), str) for key in ("grade_id", "checksum"))}


def _version(notebook: dict[str, Any]) -> str:
    """The version of the exercise that a notebook says it is, or ""."""
    metadata = notebook.get("metadata")
    own = metadata.get("one_bit_of_memory") if isinstance(metadata, dict) else None
    version = own.get("version") if isinstance(own, dict) else None
    return version[:LONGEST] if isinstance(version, str) else ""


def _names(names: list[str], notebook: dict[str, Any]) -> str:
    """Names of cells, each with the task under whose heading it stands."""
    task, tasks = "", {}
    for cell, marks in _cells(notebook):
        source = cell.get("source")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        for line in text.splitlines() if cell.get("cell_type") == "markdown" else []:
            if line.startswith("## "):
                task = line[3:].partition(":")[0] if line.startswith("## Task") else ""
        if isinstance(marks.get("grade_id"), str):
            tasks[marks["grade_id"]] = task
    said = [f"{name[:LONGEST]} ({tasks[name][:LONGEST]})" if tasks.get(name) else name[:LONGEST] for name in names]
    more = f" and {len(said) - MOST} more" if len(said) > MOST else ""
    return ", ".join(said[:MOST]) + more
