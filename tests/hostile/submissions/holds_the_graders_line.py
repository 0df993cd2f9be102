"""A kernel looks for sockets inherited from the grading process, and tries to make the other end wait for ever."""

KIND = "inherited"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os, socket, stat, struct
found = []
for number in range(3, 512):
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            continue
        line = socket.socket(fileno=os.dup(number))
        pid, _, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if not pid and not line.getsockname():      # of a world above, and none that the kernel itself has opened
            found.append(number)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1 << 20)
            line.setblocking(False)
    except OSError:
        continue
print("lines to others:", found)
'''}
SAYS = "lines to others: []"
