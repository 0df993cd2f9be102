"""A cell makes ten thousand empty files in the folder that the grader shares with it, and a million at home."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
shared = os.path.dirname(ipykernel.get_connection_file())
for folder, count in ((os.path.expanduser("~"), 100_000), (shared, 10_000)):
    for number in range(count):
        open(f"{folder}/{number}", "w").close()
time.sleep(20)
'''}
SAYS = "more than 256 MB of disk"
