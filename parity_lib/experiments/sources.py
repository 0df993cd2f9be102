"""Which code made a result: a hash of the experiment's file and of all of this library that it imports."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def source_hash(module: str) -> str:
    """A hash of the text of a module, such as ``parity_lib.experiments.recipes``, and of those behind it."""
    texts = [f"{name}\n{read(name)}" for name in sorted(modules_behind(module))]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def modules_behind(module: str) -> set[str]:
    """The module and every module of this library that it imports, and that these import.

    >>> sorted(modules_behind("parity_lib.padding"))
    ['parity_lib.errors', 'parity_lib.padding']
    """
    found, queue = set(), [module]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += imported(read(name))
    return found


@cache
def imported(source: str) -> tuple[str, ...]:
    """The modules of this library that a source imports; of a package what is named, not all that it holds."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [part if path_of(part) else node.module for part in parts]
    return tuple(name for name in names if path_of(name))


def path_of(module: str) -> Path | None:
    """The file of a module of this library, or None."""
    first, *parts = module.split(".")
    place = PACKAGE.joinpath(*parts)
    files = (place.with_suffix(".py"), place / "__init__.py") if parts else (place / "__init__.py",)
    return next((file for file in files if first == PACKAGE.name and file.is_file()), None)


@cache
def read(module: str) -> str:
    """A module's text, read once: what runs is what is hashed, even where a file is edited meanwhile."""
    path = path_of(module)
    if path is None:
        raise ModuleNotFoundError(f"{module} is no module of {PACKAGE.name}")
    return path.read_text(encoding="utf-8")
