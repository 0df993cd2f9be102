"""A cell makes three thousand folders, and no file, in the folder that the grader shares with it."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, sys, time
shared = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
for number in range(3000):
    os.mkdir(f"{shared}/{number}")
time.sleep(20)
'''}
SAYS = "more than 256 MB of disk"
