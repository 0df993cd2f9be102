"""A cell would fill segments of System V's shared memory, and let go of each, so that they are no process's."""

KIND = "system calls"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype, libc.shmdt.argtypes, got = ctypes.c_void_p, [ctypes.c_void_p], 0
for _ in range(12):
    segment = libc.shmget(0, 500 << 20, 0o1600)
    if segment < 0:
        continue
    place = libc.shmat(segment, None, 0)
    ctypes.memset(place, 1, 500 << 20)
    libc.shmdt(place)
    got += 1
print("segments:", got)
'''}
SAYS = "segments: 0"
