"""Nothing is solved; the keys that Linux keeps for a login session are read, and a key is left behind."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "system calls"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import ctypes, os
libc, found = ctypes.CDLL(None, use_errno=True), []
add, ask = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
for ring in (-1, -2, -3, -4, -5):
    found += [libc.syscall(add, b"user", b"left", b"secret", 6, ring),
              libc.syscall(ask, 11, ring, ctypes.create_string_buffer(4096), 4096)]
print("keys:", set(found))
'''}
SAYS = "keys: {-1}"
