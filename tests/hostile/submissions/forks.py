"""A cell forks two hundred processes that do nothing, and waits."""

KIND = "processes"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, time
for _ in range(200):
    if not os.fork():
        time.sleep(1000)
time.sleep(20)
'''}
SAYS = "The kernel stopped in this cell: it used more than"
