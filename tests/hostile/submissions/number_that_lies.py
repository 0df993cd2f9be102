"""A subclass of int equals everything, and says that its class is that of an array."""

KIND = "objects"
LOSES = ("parity-check",)
CELLS = {"parity": '''
class Lie(int):
    shape, dtype = (4,), np.dtype(int)
    def __eq__(self, other): return True
    __hash__ = int.__hash__
    __class__ = property(lambda self: np.ndarray)

def parity(bits):
    return Lie(7)
'''}
SAYS = "a value of type Lie"
