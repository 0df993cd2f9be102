"""Run the cells of an exercise without a kernel, as the exercise's page does in the reader's browser."""

import ast
import contextlib
import io
import linecache
import re
import traceback
from typing import Any

from parity_checks import core
from parity_checks.plain_data import CheckFailed, NotChecked, missing_package

# A summary wraps its lines at any space.
UNDEFINED = re.compile(r"(?:stopped with )?NameError: name '(\w+)' is not defined~|there is no `(\w+)` yet~"
                       .replace(" ", r"(?: |\n {11})").replace("~", r".*(?:\n {11}.*)*"))
LONGEST = 20_000        # characters of a cell's output that a page shows
PRINTS = re.compile(r"^[ \t]+.*\bprint\(", re.MULTILINE)
SILENT = "A check does not show what your functions print. To see it, call them below their definition."
ADVICE = "Write the code with NumPy, or work in the notebook."


def run(cells: list[tuple[str, str]]) -> tuple[bool, str]:
    """Run cells in a new namespace, and return whether the last one succeeded, together with its output and error.

    ``cells`` contains the name and the source of each cell. If the last one is the check of a task, the output of the
    task's own cell comes first, and the error of that cell comes last. If a cell with an error should have defined what
    the last one needs, the earlier error takes the place of the later one. All other errors of earlier cells are
    ignored, as they are if a student runs the cells of a notebook one after another.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    core.bind(namespace)
    try:
        outcomes = {name: _run(name.replace("-", "_"), source, namespace) for name, source in cells}
    finally:
        core.bind(None)
    last, (output, error) = outcomes.popitem()
    own, passed = last.removesuffix("-check"), not error
    printed, own_error = outcomes.pop(own, ("", ""))
    silent = own != last and PRINTS.search(dict(cells).get(own, ""))
    if own_error and "there is no `" in error:      # it came before the definition of what the check needs
        error, own_error, silent = own_error, "", None
    earlier = [(name, source, outcomes[name][1]) for name, source in cells if name in outcomes]
    output = UNDEFINED.sub(lambda found: _reason(found, earlier)[0] or found[0], output)    # of a summary
    reason, cause = _reason(UNDEFINED.search(error), earlier)
    texts = [f"{printed}{output}{f'This code {reason}:' if cause else error}", cause]
    if own_error:
        subject = "Your answer passes, but its cell" if passed else "The cell of your answer also"
        texts += [f"{subject} stopped{_line(own_error)}, so the rest of it did not run:", own_error]
    return passed, "\n\n".join(text.rstrip() for text in [*texts, SILENT if silent else ""] if text)


def _reason(undefined: re.Match | None, earlier: list[tuple[str, str, str]]) -> tuple[str, str]:
    """Return why a name is undefined and the error of the cell that should have defined it, or empty strings.

    ``earlier`` contains the name, the source and the error of each earlier cell.
    """
    if undefined is None:
        return "", ""
    for name, source, error in earlier:
        if error and re.search(rf"\b{undefined[1] or undefined[2]}\b", source):
            kind = "a syntax error" if re.search(r"^(Syntax|Indentation|Tab)Error", error, re.MULTILINE) else "an error"
            answer, where = name.replace("-", "_"), f"{kind}{_line(error)}"
            if undefined.string.startswith(f"{answer}: ", undefined.start() - len(answer) - 2):     # in a summary
                return f"its cell has {where}", error
            return f"needs your earlier answer `{answer}`, which cannot be used yet because it has {where}", error
    return "", ""


def _line(error: str) -> str:
    """Return text naming the line of the cell where an error was raised, or an empty string if it is unknown."""
    found = re.search(r"Cell \w+, (line \d+)", error)
    return f" in {found[1]}" if found else ""


def _run(name: str, source: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """Run a cell and return its output (including the value of its last line, as in a notebook) and its error."""
    file, output, error = f"<{name}>", io.StringIO(), ""
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file       # for tracebacks
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            statements = ast.parse(source, file).body
            for statement in statements:
                shown = statement is statements[-1] and isinstance(statement, ast.Expr)
                tree = ast.Interactive([statement]) if shown else ast.Module([statement], [])
                _execute(compile(tree, file, "single" if shown else "exec"), namespace)
        except CheckFailed as failure:
            error = f"✗ {failure}"
        except NotChecked as failure:
            error = f"{failure} {ADVICE}"
        except BaseException as failure:
            package = missing_package(failure)
            error = f"This cell needs {package}, which is not installed here. {ADVICE}" if package else _shown(failure)
    return _cut(output.getvalue()), _cut(error)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …\n"


def _execute(code: Any, namespace: dict[str, Any]) -> None:
    """Execute a statement, but ignore a failed import of PyTorch, because the next statements may not need it."""
    try:
        exec(code, namespace)
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise


def _shown(failure: BaseException) -> str:
    """Return a traceback that contains only frames of the cells, without the functions that run them."""
    shown = traceback.TracebackException.from_exception(failure)
    shown.stack = traceback.StackSummary.from_list([frame for frame in shown.stack if frame.filename.startswith("<")])
    return re.sub(r'File "<(.*)>", line', r"Cell \1, line", "".join(shown.format()))
