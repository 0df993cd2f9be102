"""An honest solution; it closes and replaces the streams on which things are printed, in each call again."""

KIND = "output"
LOSES = ()
CELLS = {"parity": '''
import io, sys

def parity(bits):
    sys.stdout.close()
    sys.stdout = sys.stderr = None
    return bits.sum(axis=1) % 2
'''}
