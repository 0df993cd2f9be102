"""An honest solution; a copy of the kernel's process goes on with the same sockets, and is in the same loop."""

KIND = "processes"
LOSES = ()
CELLS = {"my-strings": "import os, time\nif not os.fork():\n    time.sleep(2)\n    raise SystemExit"}
