"""A cell makes three thousand folders, and no file, in the folder that the grader shares with it."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
shared = os.path.dirname(ipykernel.get_connection_file())
for number in range(3000):
    os.mkdir(f"{shared}/{number}")
time.sleep(20)
'''}
SAYS = "more than 256 MB of disk"
