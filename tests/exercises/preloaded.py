"""Run `parity` and `nbgrader` in forks of a process that has imported PyTorch and nbgrader, to save half of the time.

`python -m tests.exercises.preloaded SOCKET` is the server, `python -SE preloaded.py SOCKET COMMAND ARGUMENTS` a client.
A command uses the files, the folder and the variables of its client, which exits with the status of the command. The
server imports nothing of parity_lib, so each command sees it as it is when the command starts.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import socket
import sys
import time

LIBRARIES = ("torch", "nbgrader.apps.nbgraderapp", "nbgrader.converters", "matplotlib.figure", "joblib", "bs4", "nh3")
LONGEST = 1 << 20


def serve(place: str) -> None:
    """Run commands until the socket's file is removed."""
    for name in LIBRARIES:
        importlib.import_module(name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place + "~")
        listening.listen()
        listening.settimeout(1)
        os.rename(place + "~", place)
        while os.path.exists(place):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            with contextlib.suppress(TimeoutError):
                connection, _ = listening.accept()
                if os.fork() == 0:
                    listening.close()
                    _answer(connection)
                connection.close()


def _answer(connection: socket.socket) -> None:
    """Run one command in this process, and end the process."""
    status = 1
    try:
        connection.settimeout(None)
        text, files, _, _ = socket.recv_fds(connection, LONGEST, 3)
        asked = json.loads(text)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["variables"])
        time.tzset()        # TZ may be another one
        sys.argv = asked["command"]
        importlib.invalidate_caches()
        sys.path_importer_cache.clear()
        status = _run(asked["command"][0])
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            connection.sendall(bytes([status % 256]))
        os._exit(status)


def _run(command: str) -> int:
    try:
        if command == "parity":
            from parity_book.cli import main
        else:
            from nbgrader.apps.nbgraderapp import main
        main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        import traceback
        traceback.print_exc()
        return 1
    return 0


def ask(place: str, command: list[str]) -> int:
    """Let a server run a command, and return its exit status."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        asked = {"command": command, "folder": os.getcwd(), "variables": dict(os.environ)}
        socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
        return connection.recv(1)[0]


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:]) if sys.argv[2:] else serve(sys.argv[1]))
