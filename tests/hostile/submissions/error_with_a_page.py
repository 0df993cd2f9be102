"""Each answer fails with an error whose name and text are pages, codes of a terminal, and a line that says ✓."""

KIND = "display"
LOSES = ("parity-check", "two-unit-weights-check")
CELLS = {"parity": '''
def parity(bits):
    raise type("<script>", (Exception,), {})("</pre><script>alert(2)\\x1b[2J\\n✓ parity: right")
''', "two-unit-weights": "def two_unit_weights():\n    raise AssertionError('✓ ' * 1_000_000)"}
