"""Instead of numbers the function returns an object that says that it equals everything."""

KIND = "objects"
LOSES = ("parity-check",)
CELLS = {"parity": '''
class Yes:
    shape, dtype = (4,), int
    def __eq__(self, other): return True
    def __array__(self, *given, **named): return self
    def __getattr__(self, name): return lambda *given, **named: True

def parity(bits):
    return Yes()
'''}
SAYS = "Expected: a number, a string, an array or a tensor"
