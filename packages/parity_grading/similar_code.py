"""Tools for finding students who submitted the same code.

Code is compared with that of other students and of the model answer, apart from layout and variable names. A match is
only a hint, because students who solve a task in the shortest way write the same code. A person has to compare the
answers.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_NODES = 60        # nodes of a syntax tree, about five lines; shorter code is often the same by chance
MODEL = ""              # used in place of a student's id for the model answer


@dataclass(frozen=True)
class SimilarAnswers:
    """A group of students with the same answer to a task, and whether it is the model answer."""

    task: str
    students: tuple[str, ...]
    same_as_model: bool


def similar_code(task: str, sources: Mapping[str, str], model: str, released: str) -> list[SimilarAnswers]:
    """Find groups of students who submitted the same code for a task.

    ``sources`` holds the code by student. The group with the longest code comes first. A group has at least two
    members, of which one may be the model answer. Code that is short, unchanged since its release or impossible to
    parse belongs to no group.
    """
    groups, unchanged = defaultdict(list), normalised_code(released)
    for student, source in {**sources, MODEL: model}.items():
        code = normalised_code(source)
        if code != unchanged and code.count("(") >= LEAST_NODES:
            groups[code].append(student)
    return [SimilarAnswers(task, tuple(sorted(set(members) - {MODEL})), MODEL in members)
            for code, members in sorted(groups.items(), key=lambda group: -len(group[0])) if len(members) > 1]


def normalised_code(source: str) -> str:
    """Convert code to a form that is independent of layout and variable names.

    Return the syntax tree as text, without docstrings and with numbers for the names that the code defines. Return ""
    for code that is empty or cannot be parsed.

    >>> normalised_code("def f(x):\\n    'Twice.'\\n    y = x+x  # so\\n    return y") == normalised_code(
    ...     "def f(bits): z = (bits + bits); return z")
    True
    """
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(body := getattr(node, "body", None), list):
                body[:] = [statement for statement in body if not (
                    isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str))]
        for statement in tree.body:     # a name may have another meaning in the next function
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                _number_names(statement)
        _number_names(tree)
        return re.sub(r", ctx=(Load|Store|Del)\(\)", "", ast.dump(tree)) if tree.body else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _number_names(tree: ast.AST) -> None:
    """Replace all locally defined names in a syntax tree with numbers.

    The names defined inside the module, function or class are numbered in order of occurrence.
    """
    nodes = [node for node in ast.walk(tree) if node is not tree and not isinstance(node, ast.keyword | ast.alias)]
    defined = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | {
        node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    numbers: dict[str, str] = {}
    for node in nodes:
        for key in ("id", "arg", "name"):
            if (name := getattr(node, key, None)) in defined:
                setattr(node, key, numbers.setdefault(name, f"name {len(numbers)}"))
