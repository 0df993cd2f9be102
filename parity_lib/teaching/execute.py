"""Run a hand-in: the student's cells in their kernel, the tests here, where no code of a student's ever runs.

Chapter: *For instructors*. :class:`Execute` takes the place of nbgrader's preprocessor of that name in
nbgrader_config.py. A test cell runs in this process, and reaches the student's functions through
:mod:`parity_lib.checks.door` alone. A kernel that dies costs the cell in which it died: it is started again, what had
worked before is run once more, and the notebook goes on.
"""

from __future__ import annotations

import ast
import contextlib
import io
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Float, Integer

from parity_lib.checks import core, door
from parity_lib.checks.core import Nowhere
from parity_lib.checks.plain import CheckFailed
from parity_lib.teaching import private_tests, sandbox
from parity_lib.teaching.clock import stopped_after
from parity_lib.teaching.kernel import Died, Kernel, Stopped, TooLong, remove_leftovers
from parity_lib.teaching.rebuild import storable

ASK = "__import__('parity_lib.checks.door', fromlist=['answer']).answer({!r})"
OUTPUTS = ("stream", "display_data", "execute_result", "error")
LEAST = 200     # characters that an output counts for, and be it empty: it is an entry of the notebook
NO_TIME = "there was no time left for this cell: the cells before it took all that a notebook has"


class Execute(NbGraderPreprocessor):
    """Fill in the outputs of a hand-in's code cells, as nbgrader's own ``Execute`` does, with a wall in between."""

    timeout = Float(60, help="Seconds that one cell may take").tag(config=True)
    notebook_timeout = Float(600, help="Seconds that all cells of a hand-in may take together").tag(config=True)
    output_limit = Integer(1_000_000, help="Characters of output that are kept of one cell").tag(config=True)
    restarts = Integer(6, help="How often a hand-in's kernel is started again after it died").tag(config=True)
    require_containment = Bool(False, help="Refuse to run a hand-in that cannot be contained").tag(config=True)
    address_space = Integer(sandbox.Limits.address_space, help="MB of addresses of one process").tag(config=True)
    memory = Integer(sandbox.Limits.memory, help="MB of memory of all processes of a hand-in").tag(config=True)
    processes = Integer(sandbox.Limits.processes, help="Processes of a hand-in at one time").tag(config=True)
    disk = Integer(sandbox.Limits.disk, help="MB that a hand-in may write").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Run all code cells; whatever happens in them is in their outputs, and nothing is raised for it."""
        self.contain = self._containment()
        if about := resources.get("nbgrader"):
            private_tests.tried(self.parent.parent.coursedir, about["assignment"])
        remove_leftovers()
        self.handed_in = Path(resources.get("metadata", {}).get("path") or ".").resolve()
        self.until = time.monotonic() + self.notebook_timeout
        self.kernel, self.started, self.worked = None, 0, []
        try:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
                    if is_grade(cell) and not is_solution(cell):
                        self._test(cell)
                    elif cell.source.strip():
                        self._run(cell)
        finally:
            self._close()
        return nb, resources

    def _containment(self) -> bool:
        why = sandbox.missing()
        if why and self.require_containment:
            raise RuntimeError(f"Execute.require_containment is set, and {why}")
        if why:
            self.log.warning("Submissions run with your own rights, and can read and change what you can: %s", why)
        return not why

    # ------------------------------------------------------------ the student's cells

    def _run(self, cell: NotebookNode) -> None:
        heard = Heard(cell, self.output_limit)
        try:
            reply = self._asked(cell.source, self._seconds, heard)
        except TooLong:
            cell.outputs.append(_error("Timeout", self._too_long()))
        except Stopped as why:
            cell.outputs.append(_error("KernelStopped", f"The kernel stopped in this cell: {why}. What came before "
                                       "it counts; the cells after it ran in a new kernel without this cell."))
        else:
            self.worked.append(cell.source)
            heard.finish(reply)
        heard.close()

    def _asked(self, source: str, seconds: Callable[[], float], hear: Heard, **options: Any) -> dict:
        """Run code in the kernel. One that died gets a second chance: it may have been killed from outside."""
        try:
            return self._alive().run(source, seconds(), hear, **options)
        except Stopped as why:
            self._close()
            if not isinstance(why, Died):
                raise
        hear.forget()
        try:
            return self._alive().run(source, seconds(), hear, **options)
        except Stopped:
            self._close()
            raise

    def _alive(self) -> Kernel:
        """The kernel; a new one has first run what had worked in the one before."""
        if self.kernel is None:
            if self.started > self.restarts:
                raise Stopped(f"it has stopped {self.started} times in this notebook, and is not started again")
            self.started += 1
            limits = sandbox.Limits(self.address_space, self.memory, self.processes, self.disk)
            try:
                self.kernel = Kernel(self.handed_in, Path.cwd(), limits, self.contain)
            except OSError as error:
                raise Died(f"it did not start ({error})") from None
            for source in self.worked:
                with contextlib.suppress(TooLong):
                    self.kernel.run(source, self._seconds(), silent=True)
        return self.kernel

    def _seconds(self) -> float:
        """What is left for a cell."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Stopped(NO_TIME)
        return min(self.timeout, left)

    def _too_long(self) -> str:
        if time.monotonic() >= self.until:
            return f"The cells of this notebook took more than {self.notebook_timeout:.0f} seconds together."
        return (f"This cell ran for more than {self.timeout:.0f} seconds and was stopped. Is there a loop that never "
                "ends, or one over more than it needs?")

    def _close(self) -> None:
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    # ------------------------------------------------------------ the tests

    def _test(self, cell: NotebookNode) -> None:
        """Run a test cell in this process, whose calls of the student's functions are asked of the kernel."""
        printed = io.StringIO()
        until = time.monotonic() + self.timeout
        with core.elsewhere(partial(self._ask, until)), contextlib.redirect_stdout(printed), \
                contextlib.redirect_stderr(Nowhere()), stopped_after(2 * self.timeout):
            outputs = _outcome(cell.source)
        if printed.getvalue():
            outputs.insert(0, new_output("stream", text=printed.getvalue()))
        cell.outputs = outputs

    def _ask(self, until: float, name: str, args: tuple, kwargs: dict) -> Any:
        """One call on the other side of the wall: a value, or a CheckFailed with words for the student."""
        def seconds() -> float:
            left = min(self._seconds(), until - time.monotonic())
            if left <= 0:
                raise TooLong
            return left

        source = ASK.format(door.request(name, args, kwargs))
        asked = f"`{args[0]}`" if args else name
        try:
            reply = self._asked("", seconds, Heard(NotebookNode(outputs=[]), 0), silent=True,
                                user_expressions={"answer": source})
        except TooLong:
            words = self._too_long()
            message = f"{asked} does not end: {words[0].lower()}{words[1:]}"
        except Stopped as why:
            message = f"the kernel stopped while {asked} was asked: {why}"
        else:
            return door.read(_answer(reply))
        raise CheckFailed(message)


def _answer(reply: dict) -> Any:
    """What a kernel's reply has in the place of an answer."""
    try:
        return reply["user_expressions"]["answer"]["data"][door.KIND]
    except (KeyError, TypeError, IndexError):
        return None


def _outcome(source: str) -> list[NotebookNode]:
    """The outputs of a test cell: none, the value of its last line (a part of the points), or an error."""
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<test>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<test>", "eval"), names) if last else None
    except CheckFailed as failure:
        return [_error("CheckFailed", str(failure))]
    except Exception as error:
        lines = traceback.format_exception(error)
        return [new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines)]
    return [] if value is None else [new_output("execute_result", data={"text/plain": repr(value)})]


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"✗ {text}"])


class Heard:
    """What a kernel says while a cell runs, as the cell's outputs: valid ones only, and not without end."""

    def __init__(self, cell: NotebookNode, most: int) -> None:
        self.cell, self.most, self.size = cell, most, 0

    def __call__(self, message: dict) -> None:
        """Add one message of the kernel."""
        if message["msg_type"] == "clear_output":
            self.cell.outputs = []
        if message["msg_type"] not in OUTPUTS:
            return
        self.size += max(message["size"], LEAST)
        if self.size > self.most:
            return
        try:
            output = nbformat.from_dict(storable(output_from_msg(message)))
            nbformat.validate(output, ref="output", version=4)
        except Exception:       # a stranger's message: one that is no output is none
            return
        before = self.cell.outputs[-1] if self.cell.outputs else None
        if before and output.output_type == before.output_type == "stream" and output.name == before.name:
            before.text += output.text
        else:
            self.cell.outputs.append(output)

    def forget(self) -> None:
        """Begin anew."""
        self.cell.outputs, self.size = [], 0

    def finish(self, reply: dict) -> None:
        """Note an error of which no output told."""
        failed = reply.get("status") == "error"
        if failed and not any(one.output_type == "error" for one in self.cell.outputs):
            name = storable(str(reply.get("ename"))[:LEAST])
            self.cell.outputs.append(_error("Error", f"This cell stopped with {name}."))

    def close(self) -> None:
        """Say what was left out."""
        if self.size > self.most:
            self.cell.outputs.append(new_output("stream", text=f"\n(left out: what was printed after "
                                                f"{self.most:,} characters; {self.size:,} came)\n"))
