"""A cell leaves a word wherever it can write: folders of all kinds, names of sockets, semaphores, terminals."""

KIND = "neighbours"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import ipykernel, os, socket
left = []
for folder, _, _ in os.walk("/"):
    if folder.startswith(("/proc", "/sys")):
        continue
    try:
        open(os.path.join(folder, "left-by-a-hand-in"), "w").close()
        left.append(folder)
    except OSError:
        pass
kept = socket.socket(socket.AF_UNIX)
kept.bind(chr(0) + "left-by-a-hand-in")
kept.listen()
print("left something")
'''}
SAYS = "left something"
