"""An honest solution that prints one line of sixty megabytes, in a cell of its own and in each call."""

KIND = "output"
LOSES = ()
CELLS = {"parity": '''
def parity(bits):
    print("x" * 60_000_000)
    return bits.sum(axis=1) % 2
''', "my-strings": "print('x' * 60_000_000)"}
