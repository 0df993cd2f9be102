"""Nothing is solved; sockets of all kinds are opened, of which some lead from a virtual machine to its host."""

KIND = "spying"
CODE = '''
import contextlib, ctypes, socket
opened, libc = set(), ctypes.CDLL(None)
for family in range(64):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        with contextlib.suppress(OSError):
            socket.socket(family, kind).close()
            opened.add(family)
# Linux looks at the lower half of the number only, and 41 is the call that opens a socket.
opened |= {family + 100 for family in (2, 10, 40) if libc.syscall(41, ctypes.c_long(2**32 + family), 1, 0) >= 0}
print("families:", sorted(opened))
'''
SAYS = "families: [1, 16]"
