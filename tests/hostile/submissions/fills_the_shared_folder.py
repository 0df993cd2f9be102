"""A cell fills the one folder that the grader shares with it, where the sockets are."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
shared = os.path.dirname(ipykernel.get_connection_file())
for number in range(2):
    with open(f"{shared}/{number}", "wb") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
time.sleep(20)
'''}
SAYS = "more than 256 MB of disk"
