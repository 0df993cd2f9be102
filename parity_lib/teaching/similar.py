"""Hand-ins that are equal to each other or to the model answer, once what tells nothing is taken away.

Chapter: *For instructors*. Of code, that is layout, comments and docstrings; of words, layout, case and numbers. It is
a hint for a person who then looks, never a verdict: short answers are equal by chance, and a class may have been told
the same.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

LEAST_NODES = 60        # of a syntax tree: a loop of five lines; whoever solves a one-liner writes the same
LEAST_WORDS = 20
COMPARED = 500          # words of an answer: for hostile ones, the time grows with the cube of it
NEAR = 0.85             # share of words in the same order


@dataclass(frozen=True)
class Alike:
    """Students with one answer to a task. ``size`` counts nodes or words, ``near`` means not quite the same."""

    task: str
    students: tuple[str, ...]
    size: int
    kind: str = "code"
    model: bool = False
    near: bool = False

    @property
    def telling(self) -> bool:
        """Whether the answer is long enough for a person to look."""
        return self.size >= (LEAST_NODES if self.kind == "code" else LEAST_WORDS)


def code(task: str, sources: Mapping[str, str], model: str = "", released: str = "") -> list[Alike]:
    """Groups of equal code among ``sources``, by student; a group of one is there where it is the model answer.

    What cannot be parsed, and what is still as it was ``released``, is left out.
    """
    trees = {student: tree(source) for student, source in sources.items()}
    own, as_released = tree(model), tree(released)
    return _groups(task, {student: one for student, one in trees.items() if one not in (None, as_released)},
                   own, "code", nodes)


def tree(source: str) -> str | None:
    """Code without layout, comments and docstrings; None where it cannot be parsed or there is none.

    >>> tree("def f(x):\\n    'twice'\\n    return x+x  # so") == tree("def f(x): return (x + x)")
    True
    """
    try:
        parsed = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(parsed):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
                                                     and isinstance(one.value.value, str))]
    try:
        return ast.dump(parsed) if parsed.body else None
    except RecursionError:
        return None


def nodes(dumped: str) -> int:
    """How long code is: the nodes of its tree, without those that only say whether a name is read or set.

    >>> nodes(tree("x = y + 1"))
    7
    """
    return dumped.count("(") - len(re.findall(r"\b(?:Load|Store|Del)\(\)", dumped))


def words(task: str, texts: Mapping[str, str], model: str = "") -> list[Alike]:
    """Groups of equal answers in words, and of nearly equal ones, each of which is near to another of its group."""
    plain = {student: bare(text) for student, text in texts.items()}
    plain = {student: text for student, text in plain.items() if text}
    groups = _groups(task, plain, bare(model), "words", lambda one: len(one.split()))
    groups += [Alike(task, (student,), len(text.split()), "words", model=True, near=True)
               for student, text in plain.items() if text != bare(model) and nearly(text, bare(model))]
    family = {text: {text} for text in plain.values()}
    for first, second in combinations(family, 2):
        if family[first] is not family[second] and nearly(first, second):
            family[first] |= family[second]
            for one in family[second]:
                family[one] = family[first]
    near = {id(texts): texts for texts in family.values() if len(texts) > 1}.values()
    return groups + [Alike(task, tuple(sorted(student for student, text in plain.items() if text in texts)),
                           min(len(text.split()) for text in texts), "words", near=True) for texts in near]


def bare(text: str) -> str:
    """Words without case, layout and numbers, which are each student's own.

    >>> bare("My seed is 17,\\n  and  I counted 31.")
    'my seed is #, and i counted #.'
    """
    return " ".join(re.sub(r"\d+", "#", text).casefold().split())


def nearly(first: str, second: str) -> bool:
    """Whether two bare texts, long enough both, share most of their first words in the same order."""
    one, other = first.split()[:COMPARED], second.split()[:COMPARED]
    if min(len(one), len(other)) < LEAST_WORDS:
        return False
    match = SequenceMatcher(None, one, other, autojunk=False)
    return match.real_quick_ratio() >= NEAR and match.quick_ratio() >= NEAR and match.ratio() >= NEAR


def _groups(task: str, keys: Mapping[str, str], model: str | None, kind: str, size) -> list[Alike]:
    found: dict[str, list[str]] = defaultdict(list)
    for student, key in sorted(keys.items()):
        found[key].append(student)
    groups = [Alike(task, tuple(students), size(key), kind, model=key == model)
              for key, students in found.items() if len(students) > 1 or key == model]
    return sorted(groups, key=lambda one: -len(one.students))
