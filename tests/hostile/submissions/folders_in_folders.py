"""A cell makes folders in folders, five thousand deep, where the grader has to clear up, and then ends its process."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel
os.chdir(os.path.dirname(ipykernel.get_connection_file()))
for _ in range(5000):
    os.mkdir("a")
    os.chdir("a")
os._exit(1)
'''}
