"""A function takes memory without end in a process whose files in /proc only root may read (PR_SET_DUMPABLE is 0)."""

KIND = "memory"
LOSES = ("unroll-check",)
CELLS = {"unroll": '''
def unroll(*given):
    import ctypes
    assert ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0
    kept = []
    while True:
        kept.append(np.ones(10_000_000))
'''}
