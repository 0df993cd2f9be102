"""Nothing is solved; a session's keys, memory of no process and the second numbers of calls on x86 are tried."""

KIND = "system calls"
CODE = '''
import ctypes, os
libc, found = ctypes.CDLL(None, use_errno=True), []
add, ask = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
for ring in (-1, -2, -3, -4, -5):
    found += [libc.syscall(add, b"user", b"left", b"secret", 6, ring),
              libc.syscall(ask, 11, ring, ctypes.create_string_buffer(4096), 4096)]
found += [libc.syscall(0x40000000 + number, b"user", b"left", b"secret", 6, -3) for number in (39, 248, 250, 319)]
found += [libc.memfd_create(b"memory", 0), libc.shmget(0, 500 << 20, 0o1600), libc.semget(0, 1, 0o1600)]
found += [libc.setxattr(b"/tmp", b"user.a", b"1", 1, 0)]
print("calls:", set(found))
'''
SAYS = "calls: {-1}"
