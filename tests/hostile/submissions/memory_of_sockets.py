"""A cell puts three gigabytes into sockets, where they are the memory of no process, and then into pipes."""

KIND = "memory"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import contextlib, ctypes, fcntl, os, resource, socket

def filled(file, write):
    """Write into a file until it takes no more, and return the number of bytes."""
    os.set_blocking(file, False)
    size = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            size += write(b"x" * 65536)
    return size

libc, left, size = ctypes.CDLL(None), [], 0
with contextlib.suppress(OSError, ValueError):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
with contextlib.suppress(OSError):
    while size < 3_000_000_000:
        left += (pair := socket.socketpair())
        for end in pair:
            value = ctypes.c_int(10**7)
            libc.setsockopt(end.fileno(), 1, 7, ctypes.byref(value), 4)
            libc.syscall(54, end.fileno(), 1, ctypes.c_long(2**32 + 7), ctypes.byref(value), 4)
            size += filled(end.fileno(), end.send)
for end in left[-10:]:
    end.close()
with contextlib.suppress(OSError):
    while size < 3_000_000_000:
        left += (ends := os.pipe())
        with contextlib.suppress(OSError):
            fcntl.fcntl(ends[1], 1031, 1 << 20)
        size += filled(ends[1], lambda part: os.write(ends[1], part))
print("a process can put away", "less" if size < 300_000_000 else "more", "than 300 MB")
for end in left:
    os.close(end) if isinstance(end, int) else end.close()
'''}
SAYS = "can put away less than"
