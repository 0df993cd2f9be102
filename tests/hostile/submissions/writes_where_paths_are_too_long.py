"""A cell fills the folder that the grader shares with it, at paths that are longer than a path may be."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
os.chdir(os.path.dirname(ipykernel.get_connection_file()))
for _ in range(20):
    os.mkdir("a" * 250)
    os.chdir("a" * 250)
for number in range(4):
    with open(str(number), "wb") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
print("SEEN wrote")
time.sleep(2)
'''}
SAYS = "more than 256 MB of disk"
