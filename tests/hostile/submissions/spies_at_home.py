"""Nothing is solved; the homes of others, their keys, and the temporary folders of other submissions are looked for."""

from tests.hostile.bank import ALL, FOREIGN, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": FOREIGN + '''
import glob, ipykernel
own = ("/home/student/", os.path.dirname(ipykernel.get_connection_file()) + "/")
places = [*glob.glob("/home/*"), *glob.glob("/tmp/parity-*/*"), "/root", "/var", "/etc/shadow", "/etc/passwd",
          "/etc/hostname"]
found = [name for place in places for name in foreign(place) if not (name + "/").startswith(own)]
print("of others:", found, "as root:", 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()))
'''}
SAYS = "of others: [] as root: False"
