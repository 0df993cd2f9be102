"""Nothing is solved; devices and folders are looked for that show memory, disks, typed keys or other users."""

from tests.hostile.bank import ALL, FOREIGN, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": FOREIGN + '''
known = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts", "shm", "fd", "core",
         "stdin", "stdout", "stderr"}
others = sorted(set(os.listdir("/dev")) - known)
places = [name for place in ("/sys/kernel", "/sys/firmware", "/run/user", "/var/log", "/boot", "/etc/shadow",
                             "/etc/ssh", "/etc/jupyter", "/mnt", "/media", "/srv", "/opt") for name in foreign(place)]
print("devices:", others, "places:", places)
'''}
SAYS = "devices: [] places: []"
