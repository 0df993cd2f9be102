"""Nothing is solved; processes in sessions of their own take the time of all cores, and others' cells would be late."""

KIND = "processes"
CODE = '''
import contextlib, os, signal
for _ in range(30):
    if os.fork() == 0:
        os.setsid()
        signal.alarm(60)
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, range(os.cpu_count()))
        while True:
            pass
'''
