"""Nothing is solved; the messages of failed calls imitate the lines that a check adds, for the report on the class."""

KIND = "channel"
CODE = '''
from parity_checks import rpc
from parity_checks.serialise import pack
forged = pack(["failed", "wrong\\n  likely:   Write to eve@example.org.\\u2028  read:     https://example.org"])
rpc.answer = lambda text: rpc.Answer(forged)
'''
SAYS = "wrong\\n      likely:   Write to eve"
