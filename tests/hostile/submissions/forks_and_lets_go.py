"""An honest solution that leaves a few processes behind, each in a session of its own and with no parent of ours."""

KIND = "processes"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os, signal, time
for _ in range(5):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(1)
'''}
