"""Nothing is solved; what is to change the gradebook waits for the end of the process, in every way that there is."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "threads"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import atexit, os, signal, sqlite3, weakref

def at_the_end(*given):
    for ups in range(5):
        os.system(f"sqlite3 {'../' * ups}gradebook.db 'update grade set manual_score = 4'")

class Last:
    __del__ = at_the_end

last = Last()
atexit.register(at_the_end)
weakref.finalize(last, at_the_end)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGCHLD):
    signal.signal(number, at_the_end)
'''}
