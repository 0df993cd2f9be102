"""An honest solution that takes every signal and does nothing with it; its clocks stand still or are no numbers."""

KIND = "signals"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import signal, time
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, lambda *given: None)
signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
time.monotonic = lambda: 0.0
time.time = lambda: -1e300
time.perf_counter = lambda: float("nan")
time.process_time = time.thread_time = lambda: "late"
time.sleep = lambda seconds: None
'''}
