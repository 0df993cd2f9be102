"""A note about a submission that was made from another release of the exercise.

In each cell that nbgrader releases it writes a checksum, which a student who edits the cell leaves alone. So a checksum
that this release does not have comes from another release. A cell that was deleted or edited proves nothing, and
:mod:`parity_grading.rebuild` restores it.

Chapter: *For instructors*.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MOST_NAMES = 6
LONGEST = 40    # characters of a name or a version


def notes(submission: Path, release: Path, notebooks: list[str]) -> list[str]:
    """Return a note for each of these notebooks that was made from another release than the one in ``release``."""
    return [text for name in notebooks if (text := note(submission / f"{name}.ipynb", release / f"{name}.ipynb"))]


def note(submission: Path, release: Path) -> str:
    """Return a note about one notebook, or ""."""
    (old_version, old), (version, new) = _read(submission), _read(release)
    changed = [name for name in new if name in old and old[name] != new[name]]
    removed = [name for name in old if name not in new]
    added = [name for name in new if name not in old]       # or the student has deleted them
    two_versions = bool(old_version and version) and old_version != version
    if not old or not new or not (changed or removed or (added and two_versions)):
        return ""
    versions = ((f"version {old_version}", f"version {version or 'unknown'}")
                if old_version and old_version != version else ("another release", "this one"))
    parts = [f"{word}: {_listed(names)}" for word, names in (("changed", changed), ("new", added), ("removed", removed))
             if names]
    return f"made from {versions[0]} of the exercise, graded with {versions[1]}; {'; '.join(parts)}"


def _read(path: Path) -> tuple[str, dict[str, str]]:
    """Return the version that a notebook names, or "", and the checksums of its cells. Anything may be in the file."""
    try:
        notebook = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return "", {}
    cells, version = _get(notebook, "cells"), _get(notebook, "metadata", "one_bit_of_memory", "version")
    marks = [(_get(cell, "metadata", "nbgrader", "grade_id"), _get(cell, "metadata", "nbgrader", "checksum"))
             for cell in (cells if isinstance(cells, list) else [])]
    return (version[:LONGEST] if isinstance(version, str) else "",
            {name: checksum for name, checksum in marks if isinstance(name, str) and isinstance(checksum, str)})


def _get(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(name[:LONGEST] for name in names[:MOST_NAMES]) + more
