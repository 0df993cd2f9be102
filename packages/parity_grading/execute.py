"""Tools for running a submission's cells: the student's in a sandboxed kernel, and the tests in this process.

:class:`Execute` takes the place of nbgrader's preprocessor of this name, and has the limits as its settings. Test cells
reach the student's functions through :mod:`parity_checks.rpc` only, so no code of a student ever runs in this process.
A kernel that dies costs the cell in which it died: a new kernel runs the cells that had worked, and then the rest of
the notebook. If it dies before any code of the student has run, the submission is not graded.
"""

import ast
import contextlib
import io
import re
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib.machinery import all_suffixes
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets import Bool, Float, Integer, List, Unicode

from parity_checks import core, rpc
from parity_checks.core import Nowhere
from parity_checks.plain_data import OWN_ERROR, CheckFailed, NotChecked
from parity_grading import sandbox
from parity_grading.kernel import Kernel, KernelNotStarted, KernelStopped, TooLong, remove_leftovers
from parity_grading.untrusted import storable, valid_output

ANSWER_CALL = "__import__('parity_checks.rpc', fromlist=['answer']).answer({!r})"
SHOWN = ("stream", "display_data", "execute_result", "error")
NOT_AS_ROOT = ("submissions never run with root's rights, and root cannot give them up without a sandbox ({}). Use "
               "an ordinary account, or allow namespaces; in Docker, with --cap-add=SYS_ADMIN --cap-add=NET_ADMIN "
               "--security-opt seccomp=unconfined --security-opt apparmor=unconfined")
MISSING_MODULE = ("\nThis module is not on the machine on which your notebook was graded. If you have written it "
                  "yourself, let a cell of the notebook write it, with %%writefile.\n")
LEAST_SIZE = 1000   # characters that each output counts for, even an empty one
LONGEST_ERROR = 200  # characters of it in a message
RESTARTS = 6        # how often a new kernel is started after one has died
FULL_CELLS = 5      # a notebook may show as much as this number of cells, each of which shows as much as it may


class Execute(NbGraderPreprocessor):
    """A replacement for nbgrader's ``Execute`` that runs the code cells of a submission in the sandbox."""

    timeout = Float(60, help="Seconds that one cell may take").tag(config=True)
    notebook_timeout = Float(600, help="Seconds that all cells of a submission may take together").tag(config=True)
    output_limit = Integer(1_000_000, help="Characters of output that are kept for one cell").tag(config=True)
    trust_submissions = Bool(False, help="Run submissions with your own rights where there is no sandbox").tag(
        config=True)
    memory = Integer(sandbox.Limits.memory, help="MB of memory for all processes of a submission").tag(config=True)
    processes = Integer(sandbox.Limits.processes, help="Processes that a submission may have").tag(config=True)
    disk = Integer(sandbox.Limits.disk, help="MB that a submission may write to each folder").tag(config=True)
    packages = List(Unicode(), help="Packages of the course that a submission may import").tag(config=True)
    hidden_files = List(Unicode(), help="PACKAGE/FILE that a submission cannot read").tag(config=True)
    kernel: Kernel | None
    failure: KernelNotStarted | None

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Run all code cells. Raise KernelNotStarted if a kernel cannot start, or dies before the student's code."""
        reason = sandbox.missing()
        if reason and sandbox.is_root():
            raise KernelNotStarted(NOT_AS_ROOT.format(reason))
        if reason and not self.trust_submissions:
            raise KernelNotStarted(f"there is no sandbox: {reason}. If you trust every submission with all of your "
                                   "files, set c.Execute.trust_submissions = True")
        if reason:
            warnings.warn(f"Submissions run with your own rights and can read and change your files: {reason}",
                          stacklevel=1)
        if not sandbox.terminals_left():    # before the student's code, which can use or claim anything
            raise KernelNotStarted("this machine is out of pty devices; grade this submission again, with one job")
        remove_leftovers()
        self.sandboxed = not reason
        self.submission = Path(resources["metadata"]["path"]).resolve()
        self.spent = 0.0        # seconds that the student's code has run, without waiting for a processor
        self.output_left = FULL_CELLS * self.output_limit
        self.kernel, self.starts, self.completed, self.failure = None, 0, [], None
        self.stopped: list[tuple[str, NotebookNode]] = []       # cells that stopped, each with its error
        self.student_code_ran = any(path.suffix in all_suffixes() for path in self.submission.rglob("*"))
        try:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
                    if is_grade(cell) and not is_solution(cell):
                        self._run_test_cell(cell)
                    elif cell.source.strip():
                        self._run_student_cell(cell)
        finally:
            self._close_kernel()
        return nb, resources

    def _run_student_cell(self, cell: NotebookNode) -> None:
        outputs = CellOutputs(cell, min(self.output_limit, self.output_left))
        self.student_code_ran |= not is_locked(cell)
        try:
            reply = self._run_in_kernel(cell.source, self._seconds_left, outputs)
        except TooLong:
            cell.outputs.append(error_output("Timeout", self._timeout_message()))
        except KernelStopped as reason:
            if not self.student_code_ran:
                raise KernelNotStarted("the kernel stopped in a cell of the exercise, before any code of the student "
                                       f"had run: {reason}") from reason
            cell.outputs.append(error_output("KernelStopped", (
                f"The kernel stopped in this cell: {reason}. The cells before this one count; the cells after it ran "
                "in a new kernel, without this cell.")))
        else:
            self.completed.append(cell.source)
            outputs.add_missing_error(reply)
        self.stopped += [(cell.source, output) for output in cell.outputs if output.output_type == "error"]
        outputs.add_note()
        self.output_left -= min(outputs.size, outputs.limit)

    def _run_test_cell(self, cell: NotebookNode) -> None:
        """Run a test cell in this process. Calls to the student's functions are sent to the kernel."""
        printed = io.StringIO()
        call = partial(self._call_student, self.spent + self.timeout)
        with core.remote_calls(call), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(Nowhere()), \
                stopped_after(2 * self.timeout):
            outputs = run_test_source(cell.source)
        if self.failure:        # the test has taken it for a mistake in the student's function
            raise self.failure
        if printed.getvalue():
            outputs.insert(0, new_output("stream", text=printed.getvalue()))
        cell.outputs = from_dict(storable(outputs))

    def _call_student(self, limit: float, name: str, args: tuple, kwargs: dict) -> Any:
        """Send a call to the kernel and return the result. Raise CheckFailed if the call fails."""
        def seconds() -> float:
            left = min(self._seconds_left(), limit - self.spent)
            if left <= 0:
                raise TooLong
            return left

        function = f"`{args[0]}`" if args else name
        expression = ANSWER_CALL.format(rpc.request(name, args, kwargs))
        outputs = CellOutputs(NotebookNode(outputs=[]), 0)
        try:
            reply = self._run_in_kernel("", seconds, outputs, silent=True, user_expressions={"answer": expression})
        except TooLong:
            message = self._timeout_message()
            raise CheckFailed(f"{function} does not finish: {message[0].lower()}{message[1:]}") from None
        except KernelStopped as reason:
            raise CheckFailed(f"the kernel stopped while {function} was called: {reason}") from None
        try:
            answer = reply["user_expressions"]["answer"]["data"][rpc.KIND]
        except (KeyError, TypeError, IndexError):
            answer = None
        try:
            return rpc.read(answer)
        except CheckFailed as failure:
            error = next((error for source, error in self.stopped if failure.cause == "not-written"
                          and re.search(rf"\b{re.escape(function.strip('`'))}\b", source)), None)
            if error is None:
                raise
            words = " ".join(f"{error.ename}: {error.evalue}".split())[:LONGEST_ERROR]
            raise CheckFailed(f"{failure} A cell with this name stopped with {words}", failure.cause) from None

    def _run_in_kernel(self, source: str, seconds: Callable[[], float], outputs: "CellOutputs", again: bool = True,
                       **options: Any) -> dict:
        """Run code in the kernel, and once more if ``again`` is true and the kernel process was killed."""
        try:
            kernel = self._current_kernel()
            try:
                return kernel.run(source, seconds(), outputs, **options)
            finally:
                self.spent += kernel.spent
        except KernelNotStarted as error:
            self.failure = error
            raise
        except KernelStopped as reason:
            self._close_kernel()
            if not (again and reason.died):
                raise
        outputs.clear()
        return self._run_in_kernel(source, seconds, outputs, again=False, **options)

    def _current_kernel(self) -> Kernel:
        """Return the running kernel, or start a new one and rerun the completed cells in it."""
        if self.kernel is None:
            if self.starts > RESTARTS:
                raise KernelStopped(f"it has stopped {self.starts} times in this notebook and is not started again")
            self.starts += 1
            limits = sandbox.Limits(memory=self.memory, processes=self.processes, disk=self.disk,
                                    packages=tuple(self.packages), hidden_files=tuple(self.hidden_files))
            self.kernel = Kernel(self.submission, Path.cwd(), limits, self.sandboxed)
            for source in self.completed:
                with contextlib.suppress(TooLong):
                    self.kernel.run(source, self._seconds_left(), silent=True)
                self.spent += self.kernel.spent
        return self.kernel

    def _close_kernel(self) -> None:
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None

    def _seconds_left(self) -> float:
        """Return the number of seconds left for the next piece of code. Raise KernelStopped if no time is left."""
        left = self.notebook_timeout - self.spent
        if left <= 0:
            raise KernelStopped("the cells before this one took all the time that a notebook has")
        return min(self.timeout, left)

    def _timeout_message(self) -> str:
        if self.spent >= self.notebook_timeout:
            return f"The cells of this notebook took more than {self.notebook_timeout:.0f} seconds together."
        return (f"This cell ran for more than {self.timeout:.0f} seconds and was stopped. Does it contain a loop that "
                "never ends, or does it compute more than it needs?")


class CellOutputs:
    """The valid outputs of a cell, collected from a kernel's messages, up to ``limit`` characters."""

    def __init__(self, cell: NotebookNode, limit: int) -> None:
        self.cell, self.limit, self.size = cell, limit, 0

    def __call__(self, message: dict) -> None:
        if message["msg_type"] == "clear_output":
            self.cell.outputs = []
        if message["msg_type"] not in SHOWN:
            return
        self.size += max(message["size"], LEAST_SIZE)
        if self.size > self.limit:
            return
        content = {name: part for name, part in message["content"].items() if name != "transient"}
        if (output := valid_output(content | {"output_type": message["msg_type"]})) is None:
            return
        last = self.cell.outputs[-1] if self.cell.outputs else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            self.cell.outputs.append(output)

    def clear(self) -> None:
        """Remove all outputs."""
        self.cell.outputs, self.size = [], 0

    def add_missing_error(self, reply: dict) -> None:
        """Add an error output if the kernel reported an error that is not shown yet, and advice on a missing module."""
        if reply.get("status") == "error" and all(output.output_type != "error" for output in self.cell.outputs):
            name = storable(str(reply.get("ename"))[:LEAST_SIZE])
            self.cell.outputs.append(error_output("Error", f"This cell stopped with {name}."))
        if reply.get("ename") == "ModuleNotFoundError":
            self.cell.outputs.append(new_output("stream", text=MISSING_MODULE))

    def add_note(self) -> None:
        """Add a note if some of the output was left out."""
        if self.size > self.limit:
            self.cell.outputs.append(new_output("stream", text=(
                f"\n(Only the first {self.limit:,} of {self.size:,} characters of output are shown.)\n")))


def run_test_source(source: str) -> list[NotebookNode]:
    """Run the source of a test cell and return its output: an error, or the value of the last line."""
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        tree = ast.parse(source)
        last: Any = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<test>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<test>", "eval"), names) if last else None
    except CheckFailed as failure:
        if failure.cause == OWN_ERROR:      # perhaps no mistake of the student
            raise NotChecked(str(failure)) from None
        return [error_output(f"CheckFailed: {failure.cause}" if failure.cause else "CheckFailed", str(failure))]
    except (MemoryError, NotChecked):       # what this machine lacks is not the student's fault
        raise
    except Exception as error:
        lines = traceback.format_exception(error)
        return [new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines)]
    return [] if value is None else [new_output("execute_result", data={"text/plain": repr(value)})]


class TooSlow(NotChecked):
    """An exception raised when a test exceeds its time limit. The student's code has a limit of its own."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise TooSlow after ``seconds`` of the processor, and again each second until the ``with`` block ends.

    A single call of a library is not interrupted. Outside the main thread, and on Windows, there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise TooSlow(f"a test took more than {seconds:.0f} seconds; grade this submission again")

    handler = signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 1)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)


def error_output(name: str, text: str) -> NotebookNode:
    """Create an output that shows an error as a single line."""
    return new_output("error", ename=name, evalue=text, traceback=[f"✗ {text}"])
