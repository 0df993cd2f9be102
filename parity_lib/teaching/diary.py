"""What each grading took and what it put in order, kept beside the gradebook for the report.

Chapter: *For instructors*. nbgrader has no place for it. The file is ``private/graded/NAME.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parity_lib.teaching.grade import Row


def place(root: Path, name: str) -> Path:
    """The file for an exercise."""
    return root / "private" / "graded" / f"{name}.json"


def remember(root: Path, name: str, rows: Iterable[Row]) -> None:
    """Keep the seconds and the notes of a grading; one that kept what was there leaves what is known."""
    known = recall(root, name)
    known |= {row.student: {"seconds": round(row.seconds, 1), "notes": row.notes}
              for row in rows if row.state != "kept"}
    path = place(root, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    new.touch(0o600)
    new.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")
    new.replace(path)


def recall(root: Path, name: str) -> dict[str, dict[str, Any]]:
    """By student: ``seconds`` and ``notes`` of the last grading; nothing where no grading left any."""
    try:
        found = json.loads(place(root, name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
