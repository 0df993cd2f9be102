"""A cell writes files into the shared folder and removes their names while they are open: no list shows them."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
shared, kept = os.path.dirname(ipykernel.get_connection_file()), []
for number in range(3):
    kept.append(open(f"{shared}/{number}", "wb"))
    os.remove(f"{shared}/{number}")
    kept[-1].write(bytes(150 << 20))
time.sleep(10)
raise SystemExit("nobody has seen it")
'''}
SAYS = "more than 256 MB of disk"
