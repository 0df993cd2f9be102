"""Seven processes take a quarter of the allowed memory each, which together is too much."""

KIND = "memory"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, time
for _ in range(7):
    if not os.fork():
        kept = np.ones(62_500_000)
        time.sleep(1000)
time.sleep(20)
'''}
SAYS = "MB of memory"
