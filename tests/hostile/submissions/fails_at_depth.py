"""One function calls itself without end, another does so after the limit that Python has for it was lifted."""

KIND = "endless"
LOSES = ("rnn-step-check", "unroll-check")
CELLS = {"rnn-step": "def rnn_step(*given):\n    return rnn_step(*given)", "unroll": '''
import sys

def unroll(*given):
    sys.setrecursionlimit(10**8)
    return unroll(*given)
'''}
SAYS = "the kernel stopped while `unroll` was called"
