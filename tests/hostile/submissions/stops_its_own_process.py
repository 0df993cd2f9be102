"""A function stops its process, as Ctrl-Z does, so that it neither ends nor hears anything."""

KIND = "signals"
LOSES = ("unroll-check",)
CELLS = {"compare-with-pytorch": "", "unroll": '''
import os, signal

def unroll(xs, h0, U, V, b):
    os.kill(os.getpid(), signal.SIGSTOP)
    return xs
'''}
