"""`parity variant`: exercises of a class's own, from the published sources and a key that stays with the instructor.

Chapter: *For instructors*. For each group of constants in :mod:`parity_lib.teaching.variants` the key chooses one of
the pool's values, none of them published. The source is edited, and its test cells begin with the values, which the
checks take in the place of the published ones (:mod:`parity_lib.checks.constants`). One key always gives the same
files, and nothing in them tells the key.

What this is for: an answer that was published, or handed in last year, loses its points. It is no secret how a variant
is made: the values stand in the notebook that students get, and whoever runs this module with them has the answers.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import math
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from parity_lib.checks.constants import PUBLISHED
from parity_lib.errors import require
from parity_lib.teaching import authoring

FOLDER = Path("private/variants")
FEWEST = 16         # characters of a key
NOTE = ("**A variant of the published exercise.** Numbers, codings and orders are other ones here, so read each task "
        "as it stands.\n\n**Goal.**")
SETTINGS = f"""c.CourseDirectory.source_directory = "{FOLDER.as_posix()}/solutions"
c.CourseDirectory.release_directory = "{FOLDER.as_posix()}/exercises"
"""


@dataclass(frozen=True)
class Written:
    """An exercise of the class, and the constants that were drawn for it: none where it is as published."""

    name: str
    path: Path
    values: dict[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- the key


def key_from(path: Path, root: Path) -> tuple[bytes, bool]:
    """The key in a file, which is made where it is missing; and whether it was made.

    Raises ValueError for a place that git would take in, and for a file without a key.
    """
    place, own = path.resolve(), root.resolve()
    require(not place.is_relative_to(own) or place.is_relative_to(own / "private"), "--secret", str(path),
            "a file in private/, which git ignores, or outside of the course")
    if not path.exists():
        if place.is_relative_to(own):
            (own / "private").mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        return key_from(path, root)[0], True
    require(path.is_file(), "--secret", str(path), "a file")
    key = path.read_bytes().strip()
    if len(key) < FEWEST:
        raise ValueError(f"--secret must be a file with a key of at least {FEWEST} characters, but {path} has "
                         f"{len(key)}; name a file that is not there yet, and it is made")
    return key, False


def open_to_others(path: Path) -> bool:
    """Whether other accounts of this machine can read the file."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


# ---------------------------------------------------------------- one exercise


def variable() -> list[str]:
    """The exercises that have variants."""
    return list(PUBLISHED)


def drawn(name: str, key: bytes) -> dict[str, Any]:
    """The constants that the key chooses for an exercise.

    >>> drawn("unrolling", b"a key") == drawn("unrolling", b"a key")
    True
    """
    found: dict[str, Any] = {}
    for group, pool in _changes(name).POOLS.items():
        told = hmac.new(key, f"{name}: {', '.join(group)}".encode(), hashlib.sha256).digest()
        found |= zip(group, pool[int.from_bytes(told, "big") % len(pool)], strict=True)
    return found


def variants_of(name: str) -> int:
    """How many variants of an exercise there are.

    >>> variants_of("unrolling")
    600
    """
    return math.prod(map(len, _changes(name).POOLS.values()))


def _changes(name: str) -> ModuleType:
    return importlib.import_module(f"parity_lib.teaching.variants.{name}")


def edited(name: str, text: str, values: dict[str, Any]) -> str:
    """A published source with these constants in it. Raises ValueError where it is not the source that was meant."""
    text = replaced(text, [("**Goal.**", NOTE), *_changes(name).edits(SimpleNamespace(**values))])
    arguments = ", ".join(f"{key}={value!r}" for key, value in values.items())
    published = f"from parity_lib.checks import {name} as check\n"
    own = f'from parity_lib.checks import variant\ncheck = variant("{name}", {arguments})\n'
    require(published in text, f"{name}.md", published, "imported in each test cell")
    return text.replace(published, own)


def replaced(text: str, edits: list[tuple]) -> str:
    """The text with each first part replaced by the second; a third says how often it is there, if not once.

    Raises ValueError where it is there another number of times.
    """
    for old, new, *times in edits:
        count, most = text.count(old), (times or [1])[0]
        if count != most:
            raise ValueError(f"a part that a variant changes is there {count} times, and not {most}: {old[:80]!r}. "
                             "Was the source changed? parity_lib/teaching/variants/ has to follow")
        text = text.replace(old, new)
    return text


def source(root: Path, name: str, values: dict[str, Any]) -> tuple[str, authoring.Source]:
    """The edited text of an exercise, and its cells: without those that show the published model answers."""
    path = root / "solutions" / f"{name}.md"
    text = edited(name, path.read_text(encoding="utf-8"), values)
    parsed = authoring.read(path, text)
    return text, authoring.Source(name, parsed.settings, [
        cell for cell in parsed.cells if not re.fullmatch(r'checks\.model_answer\("\w+"\)', cell["source"])])


# ---------------------------------------------------------------- the files


def write(root: Path, names: tuple[str, ...], key: bytes) -> Iterator[Written]:
    """Write the variants of these exercises, or of all, below :data:`FOLDER`; of all, what has none as published.

    Raises ValueError for a name that is no exercise with variants, and where other files would be overwritten.
    """
    known = authoring.names(root)
    require(bool(known), "the folder", str(root), "a course, with solutions/*.md")
    for name in names:
        require(name in known and name in variable(), "NAME", name,
                f"out of {', '.join(one for one in known if one in variable())}")
    with tempfile.TemporaryDirectory() as place:
        made, values = Path(place), {name: drawn(name, key) if name in variable() else {} for name in names or known}
        for name, own in values.items():
            _solution(root, made, name, own)
        authoring.write_exercises(made / "solutions", made / "exercises")
        files = sorted(path for path in made.rglob("*") if path.is_file())
        _nothing_else_there(files, made, root / FOLDER)
        _own(root / FOLDER)
        for path in files:
            target = root / FOLDER / path.relative_to(made)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    for name, own in values.items():
        yield Written(name, FOLDER / "exercises" / name / f"{name}.ipynb", own)


def _solution(root: Path, made: Path, name: str, values: dict[str, Any]) -> None:
    path = root / "solutions" / f"{name}.md"
    text, parsed = source(root, name, values) if values else (path.read_text(encoding="utf-8"), authoring.read(path))
    (made / "solutions" / name).mkdir(parents=True)
    (made / "solutions" / f"{name}.md").write_text(text, encoding="utf-8")
    (made / "solutions" / name / f"{name}.ipynb").write_text(authoring.as_file(authoring.notebook(parsed)),
                                                             encoding="utf-8")


def _own(folder: Path) -> None:
    """Make the folder, and close it to others: model answers are in it."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)


def _nothing_else_there(files: list[Path], made: Path, target: Path) -> None:
    """ValueError where a file of another key, or of another version of the sources, stands in a place."""
    for path in files:
        there = target / path.relative_to(made)
        if there.is_file() and there.read_bytes() != path.read_bytes():
            raise ValueError(f"{there} is there with other contents: of another key, or of other sources. Students "
                             "may have it; if none has, delete the folder and run this again")


def is_used(root: Path) -> bool:
    """Whether the class's settings name the folder of the variants."""
    settings = root / "private" / "nbgrader_config.py"
    return settings.is_file() and f"{FOLDER.as_posix()}/solutions" in settings.read_text(encoding="utf-8")
