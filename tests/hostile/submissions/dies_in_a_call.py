"""The function ends the process when a test calls it; the tasks before and after it are right."""

KIND = "dead kernel"
LOSES = ("unroll-check",)
CELLS = {"unroll": "import os\n\ndef unroll(*given):\n    os._exit(1)"}
SAYS = "the kernel stopped while `unroll` was called"
