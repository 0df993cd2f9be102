"""An honest solution that takes every signal that can be taken, and does nothing with it."""

KIND = "signals"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, lambda *given: None)
signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
'''}
