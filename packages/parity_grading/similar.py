"""Answers of a class that are the same as each other, or as the model answer, apart from details.

Chapter: *For instructors*. In code, the details are layout, comments, docstrings and the names that the answer itself
defines; in words, they are layout, case, numbers and a few words. A match is a hint for a person, who compares the
answers: students who solve a task in the shortest way write the same.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST_NODES = 60        # nodes of a syntax tree, about five lines; shorter code is often the same by chance
LEAST_WORDS = 20
LEAST_SHARED = 0.5      # the share of three-word sequences that two similar texts have in common
MODEL = ""              # stands among the students' ids for the model answer


@dataclass(frozen=True)
class SimilarAnswers:
    """Students with the same answer to a task, and its length in syntax nodes or in words."""

    task: str
    students: tuple[str, ...]
    size: int
    unit: str
    same_as_model: bool


def similar_code(task: str, sources: Mapping[str, str], model: str, released: str) -> list[SimilarAnswers]:
    """Return the groups of students whose code is the same, from the sources by student.

    A group has two members, of which one may be the model answer. Code that is short, unchanged since its release or
    impossible to parse belongs to no group.
    """
    groups, unchanged = defaultdict(list), normalised_code(released)
    for student, source in {**sources, MODEL: model}.items():
        code = normalised_code(source)
        if code != unchanged and _nodes(code) >= LEAST_NODES:
            groups[code].append(student)
    return _groups(task, ((members, _nodes(code)) for code, members in groups.items()), "nodes")


def similar_words(task: str, texts: Mapping[str, str], model: str) -> list[SimilarAnswers]:
    """Return the groups of students whose answers in words are nearly the same, from the texts by student.

    Each member of a group shares half of its three-word sequences with another one, which may be the model answer.
    """
    sequences: dict[str, set[tuple[str, ...]]] = {}
    groups: list[list[str]] = []
    for student, text in {MODEL: model, **texts}.items():
        words = re.sub(r"\d+", "#", text).casefold().split()
        if len(words) < LEAST_WORDS:
            continue
        own = sequences[student] = set(zip(words, words[1:], words[2:], strict=False))
        for group in groups:
            if any(len(own & sequences[member]) >= LEAST_SHARED * len(own | sequences[member]) for member in group):
                group.append(student)
                break
        else:
            groups.append([student])
    return _groups(task, ((group, len(texts.get(group[-1], model).split())) for group in groups), "words")


def _groups(task: str, groups: Iterable[tuple[list[str], int]], unit: str) -> list[SimilarAnswers]:
    """Return the groups of at least two members, the longest answers first."""
    return sorted((SimilarAnswers(task, tuple(sorted(set(members) - {MODEL})), size, unit, MODEL in members)
                   for members, size in groups if len(members) > 1), key=lambda group: -group.size)


def normalised_code(source: str) -> str:
    """Return the syntax tree of code as text, without docstrings and with numbers for the names that the code defines.

    Return "" for code that is empty or cannot be parsed.

    >>> normalised_code("def f(x):\\n    'Twice.'\\n    y = x+x  # so\\n    return y") == normalised_code(
    ...     "def f(bits): z = (bits + bits); return z")
    True
    """
    try:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(body := getattr(node, "body", None), list):
                node.body = [statement for statement in body if not (
                    isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str))]
        for statement in tree.body:     # a name may have another meaning in the next function
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                _number_names(statement)
        _number_names(tree)
        return re.sub(r", ctx=(Load|Store|Del)\(\)", "", ast.dump(tree)) if tree.body else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _number_names(tree: ast.AST) -> None:
    """Replace the names that are defined inside a module, function or class with numbers, in order of occurrence."""
    nodes = [node for node in ast.walk(tree) if node is not tree and not isinstance(node, ast.keyword | ast.alias)]
    defined = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | {
        node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    numbers: dict[str, str] = {}
    for node in nodes:
        for key in ("id", "arg", "name"):
            if (name := getattr(node, key, None)) in defined:
                setattr(node, key, numbers.setdefault(name, f"name {len(numbers)}"))


def _nodes(code: str) -> int:
    return code.count("(")
