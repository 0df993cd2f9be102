"""Nothing is solved; the homes of others, their keys, and the other hand-ins' temporary folders are looked for."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import glob, os, tempfile
found = [one for one in glob.glob("/home/*") if one != "/home/student"]
found += glob.glob(os.path.expanduser("~root/.[bcgs]*")) + glob.glob(f"{tempfile.gettempdir()}/parity-hand-in-*")
found += [one for one in ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/var/mail") if os.path.exists(one)]
print("of others:", found, "I am", os.getuid())
'''}
SAYS = "of others: [] I am 1000"
