"""A function asks for memory until there is none, twice: it may fail, or the process is ended."""

KIND = "memory"
LOSES = ("unroll-check",)
CELLS = {"unroll": '''
def unroll(*given):
    kept = []
    while True:
        kept.append(np.ones(10_000_000))
'''}
