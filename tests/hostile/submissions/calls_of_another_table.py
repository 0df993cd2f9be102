"""Nothing is solved; calls that are closed are tried under the numbers that x86 has for them a second time."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "system calls"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import ctypes
libc, second = ctypes.CDLL(None, use_errno=True), 0x40000000
found = {libc.syscall(second + number, b"user", b"left", b"secret", 6, -3) for number in (39, 248, 250, 319)}
print("second table:", found)
'''}
SAYS = "second table: {-1}"
