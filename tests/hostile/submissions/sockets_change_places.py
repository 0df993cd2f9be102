"""A cell removes the sockets and the file that describes them, and puts links to other places there."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import glob, os, ipykernel
for path in glob.glob(os.path.dirname(ipykernel.get_connection_file()) + "/*"):
    if not os.path.isdir(path):
        os.remove(path)
        os.symlink("/etc/passwd", path)
'''}
