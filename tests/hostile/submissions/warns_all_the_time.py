"""An honest solution that warns, logs and writes to stderr, to the system's own streams too."""

KIND = "output"
LOSES = ()
CELLS = {"parity": '''
import logging, os, sys, warnings

def parity(bits):
    warnings.warn("careful")
    logging.error("careful")
    print("careful", file=sys.stderr)
    sys.__stderr__.write("careful")
    os.write(2, b"careful" * 10_000)
    return bits.sum(axis=1) % 2
'''}
