"""Nothing is solved; devices are looked for that show memory, disks, keys that are typed, or the graphics card."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import os
known = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts", "shm", "fd", "core",
         "stdin", "stdout", "stderr"}
others = sorted(set(os.listdir("/dev")) - known)
places = [place for place in ("/sys/kernel", "/sys/firmware", "/run/user", "/var/log", "/boot", "/etc/shadow",
                              "/etc/ssh", "/etc/jupyter", "/mnt", "/media", "/srv", "/opt") if os.path.exists(place)]
print("devices:", others, "places:", places)
'''}
SAYS = "devices: [] places: []"
