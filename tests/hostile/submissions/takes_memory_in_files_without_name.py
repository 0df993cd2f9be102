"""A cell would put ten gigabytes into files that have no name, that no folder holds and that no process has mapped."""

KIND = "system calls"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os
kept = []
for number in range(50):
    kept.append(os.memfd_create(str(number)))
    for _ in range(200):
        os.write(kept[-1], bytes(1 << 20))
'''}
SAYS = "Function not implemented"
