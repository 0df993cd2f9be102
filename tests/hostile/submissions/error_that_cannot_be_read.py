"""An error raises another one when it is read; others have pages and a line that says ✓ as their names and texts."""

KIND = "display"
LOSES = ("parity-check", "rnn-step-check", "two-unit-weights-check")
CELLS = {"parity": '''
class Unreadable(BaseException):
    def __str__(self): raise self
    __repr__ = __getattribute__ = __str__

def parity(bits):
    raise Unreadable
''', "rnn-step": '''
def rnn_step(*given):
    raise type("<script>", (Exception,), {})("</pre><script>alert(2)\\x1b[2J\\n✓ rnn_step: right")
''', "two-unit-weights": "def two_unit_weights():\n    raise AssertionError('✓ ' * 1_000_000)"}
