"""Nothing is solved; a thread waits until all cells have run and then replaces the checks, over and over."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "threads"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import threading, time
from parity_checks import core, rpc

def patch():
    while True:
        time.sleep(0.01)
        core.from_student = lambda value, name: True
        core._find = lambda name: lambda *given: True
        rpc.answer = lambda text: rpc.Answer('["value", true]')

threading.Thread(target=patch).start()
'''}
