"""Mutations of a program: small changes, made one at a time, that a check has to notice.

Each operator takes a node of the syntax tree and yields changed copies of it, each with the kind of the change.
Docstrings and annotations do not change.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A changed source, with a description of the change that is the same in every run."""

    says: str
    source: str


def changes(source: str) -> list[Change]:
    """Return the changes that all operators make, in the order of the source and without duplicates."""
    tree = ast.parse(source)
    _note_neighbours(tree)
    nodes, made, seen = list(_nodes(tree)), [], {ast.unparse(tree)}
    for index, node in enumerate(nodes):
        for kind, replacement in _replacements(node):
            copied = copy.deepcopy(tree)
            text = _replace(copied, list(_nodes(copied))[index], replacement)
            if text is None or text in seen:
                continue
            seen.add(text)
            made.append(Change(f"{kind}: {_short(node)} -> {_short(replacement)}", text))
    return made


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes except docstrings and annotations, outermost first."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.arguments):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            continue
        yield node
        yield from _nodes(node)


def _note_neighbours(tree: ast.AST) -> None:
    """Store the name of the next argument of the function, which could be confused with it, with each use of one."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            following = dict(zip(names, [*names[1:], *names[:1]], strict=True))
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(names) > 1:
                    node.neighbour = following.get(node.id)


def _replace(tree: ast.AST, target: ast.AST, replacement: ast.AST | None) -> str | None:
    """Return the source with a replacement for the node, or without the node; return None if it has a syntax error."""
    class Put(ast.NodeTransformer):
        def generic_visit(self, node):
            if node is target:
                return ast.Pass() if replacement is None else copy.deepcopy(replacement)
            return super().generic_visit(node)

        visit = generic_visit

    text = ast.unparse(ast.fix_missing_locations(Put().visit(tree)))
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def _short(node: ast.AST | None) -> str:
    text = "nothing" if node is None else " ".join(ast.unparse(node).split())
    return text if len(text) < 70 else text[:67] + "..."


def _with(node: ast.AST, **fields) -> ast.AST:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, copy.deepcopy(value))
    return changed


# ---------------------------------------------------------------- the operators

SWAPPED = {ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,),
           ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.FloorDiv: (ast.Div,)}
COMPARED = {ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE), ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt,),
            ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)}
NAMES = {"tanh": ("sin", "exp"), "sum": ("mean", "prod"), "mean": ("sum",), "min": ("max",), "max": ("min",),
         "sqrt": ("abs",), "LSTM": ("GRU", "RNN"), "GRU": ("RNN",), "Adam": ("SGD", "AdamW"), "median": ("mean",),
         "exp": ("exp2",), "norm": ("sum",), "argsort": ("sort",), "arange": ("ones",), "isfinite": ("isnan",),
         "ones_like": ("zeros_like",), "zero_grad": ("zero",), "clip_grad_norm_": ("clip_grad_value_",)}


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    for operator in (_arithmetic, _comparison, _constant, _name, _call, _order, _statement, _part):
        yield from operator(node)


def _arithmetic(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.BinOp):
        for kind in SWAPPED.get(type(node.op), ()):
            yield "another operation", _with(node, op=kind())
        yield "dropped term", node.left
        yield "dropped term", node.right
        if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Mod)):
            yield "swapped operands", _with(node, left=node.right, right=node.left)
    if isinstance(node, ast.UnaryOp):
        yield "sign dropped", node.operand


def _comparison(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare):
        for kind in COMPARED.get(type(node.ops[0]), ()):
            yield "another comparison", _with(node, ops=[kind(), *node.ops[1:]])
    if isinstance(node, ast.IfExp):
        yield "branches swapped", _with(node, body=node.orelse, orelse=node.body)
        yield "one branch", node.body
        yield "one branch", node.orelse
    if isinstance(node, ast.If):
        yield "condition turned", _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _constant(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield from (("off by one", ast.Constant(changed)) for changed in (value + 1, value - 1))
    elif isinstance(value, float):
        yield from (("constant", ast.Constant(changed)) for changed in (2 * value, value / 2, value + 0.05))
    elif value is None:
        yield "constant", ast.Constant(0)


def _name(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Attribute):
        for name in NAMES.get(node.attr, ()):
            yield "another function", _with(node, attr=name)
        if node.attr == "T":
            yield "not transposed", node.value
    if isinstance(node, ast.Name):
        if getattr(node, "neighbour", None):
            yield "another argument", _with(node, id=node.neighbour)
        for name in NAMES.get(node.id, ()):
            yield "another function", _with(node, id=name)


def _call(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.Call):
        return
    if len(node.args) > 1:
        yield "swapped arguments", _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    for i, keyword in enumerate(node.keywords):
        if keyword.arg:
            yield f"without {keyword.arg}", _with(node, keywords=node.keywords[:i] + node.keywords[i + 1:])
    if len(node.args) == 1 and not node.keywords:
        yield "without the call", node.args[0]
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Attribute):
        yield "without the method", node.func.value
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield "without the method", node.func.value


def _order(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1:
        for i in range(len(node.elts) - 1):
            elts = [*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2:]]
            yield "order", _with(node, elts=elts)
        for i in range(len(node.elts)):
            if isinstance(node.ctx, ast.Load) and len(node.elts) > 2:
                yield "one less", _with(node, elts=[*node.elts[:i], *node.elts[i + 1:]])


def _statement(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    if isinstance(node, (ast.Expr, ast.AugAssign)):
        yield "statement missing", None
    if isinstance(node, ast.For):
        yield "one step less", _with(node, iter=ast.Subscript(
            ast.Call(ast.Name("list", ast.Load()), [node.iter], []), ast.Slice(ast.Constant(1), None), ast.Load()))
        yield "first step alone", _with(node, body=[*node.body, ast.Break()])


def _part(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield "without the index", node.value
        if isinstance(node.slice, ast.Tuple):
            yield "first index alone", _with(node, slice=node.slice.elts[0])
