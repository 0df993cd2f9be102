"""Nothing is solved; other processes are looked at, with their commands, folders, files and memory."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import glob, os
found = []
for folder in glob.glob("/proc/[0-9]*"):
    command = open(folder + "/cmdline").read()
    if not any(own in command for own in ("bwrap", "ipykernel_launcher")):
        found.append(command)
print("other processes:", found, "but few:", len(glob.glob("/proc/[0-9]*")) < 10)
'''}
SAYS = "other processes: [] but few: True"
