"""IPython settings for the kernels that execute the pages of the book.

They keep the log quiet and record the files that a page uses.

IPython executes this file when such a kernel starts. It appends the path of every file of the repository that the
kernel imports or reads to the file named by PARITY_USED_FILES, one path in each line, and every pattern that the
kernel passes to `Path.glob`. Kernels and processes that a page starts append to the same file.
"""

import logging
import os
import sys
from importlib.util import source_from_cache

c = get_config()  # noqa: F821 (IPython defines it)
# Each kernel would log a warning that its sockets are not encrypted, although they never leave this machine.
c.IPKernelApp.log_level = "ERROR"
# A kernel that is told to stop may close a socket that another of its threads is about to use.
logging.getLogger("tornado.general").setLevel(logging.CRITICAL)


def record_used_files(record: str, root: str) -> None:
    """Record the paths of all files below `root` that this process reads from now on.

    They are appended to the file `record`, together with the patterns that are passed to `Path.glob`.
    """
    lines = open(record, "a", buffering=1, encoding="utf8")    # open until the kernel ends

    def note(path: str) -> None:
        if "__pycache__" in path:
            path = source_from_cache(path)
        name = path.removeprefix(root + os.sep).replace(os.sep, "/")
        if name != path and not name.startswith("_build/") and "site-packages" not in name:
            lines.write(name + "\n")

    def audit(event: str, arguments: tuple) -> None:
        try:
            if event == "open" and arguments[1] in ("r", "rb", "rt"):
                note(os.path.realpath(os.fsdecode(arguments[0])))
            elif event == "pathlib.Path.glob":
                note(os.path.join(os.path.realpath(arguments[0]), arguments[1]))
        except (TypeError, ValueError):    # a file descriptor, or a compiled file that belongs to no source
            pass

    sys.addaudithook(audit)


if "PARITY_USED_FILES" in os.environ:
    record_used_files(os.environ["PARITY_USED_FILES"], os.environ["PARITY_ROOT"])
