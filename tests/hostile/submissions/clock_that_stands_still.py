"""An honest solution in a process whose clocks stand still, run backwards, or are no numbers."""

KIND = "time"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import time
time.monotonic = lambda: 0.0
time.time = lambda: -1e300
time.perf_counter = lambda: float("nan")
time.process_time = time.thread_time = lambda: "late"
time.sleep = lambda seconds: None
'''}
