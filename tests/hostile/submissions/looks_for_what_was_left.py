"""Nothing is solved; it looks for the file and socket that ``leaves_something_for_the_next.py`` may have left."""

KIND = "neighbours"
CODE = '''
import os, socket
found = [folder for folder, _, names in os.walk("/") if "left-by-a-hand-in" in names]
try:
    socket.socket(socket.AF_UNIX).connect(chr(0) + "left-by-a-hand-in")
    found.append("socket")
except OSError:
    pass
print("found:", found)
'''
SAYS = "found: []"
