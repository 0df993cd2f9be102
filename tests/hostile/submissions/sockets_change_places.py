"""A cell removes the sockets of the kernel, and puts links to other places there."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import glob, os, ipykernel
for path in glob.glob(ipykernel.get_connection_info(unpack=True)["ip"] + "-*"):
    os.remove(path)
    os.symlink("/etc/passwd", path)
    print("replaced")
'''}
SAYS = "replaced"
