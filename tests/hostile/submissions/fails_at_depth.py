"""One function calls itself without end, another does so after the limit that Python has for it was lifted."""

import sys

KIND = "endless"
LOSES = ("rnn-step-check", "unroll-check")
CELLS = {"rnn-step": "def rnn_step(*given):\n    return rnn_step(*given)", "unroll": '''
import sys

def unroll(*given):
    sys.setrecursionlimit(10**8)
    return unroll(*given)
'''}
# From Python 3.12 on, such a function needs no more of the stack, and its own error ends it.
SAYS = "the kernel stopped while `unroll` was called" if sys.version_info < (3, 12) else "RecursionError"
