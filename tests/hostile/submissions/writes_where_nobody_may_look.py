"""A cell fills the folder that the grader shares with it, inside a folder that it closes before."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
os.chdir(os.path.dirname(ipykernel.get_connection_file()))
os.mkdir("closed")
os.chdir("closed")
files = [open(str(number), "wb") for number in range(4)]
os.chmod(".", 0)
for file in files:
    for _ in range(200):
        file.write(bytes(1 << 20))
    file.close()
time.sleep(2)
'''}
SAYS = "more than 256 MB of disk"
