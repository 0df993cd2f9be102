"""A subclass of ndarray says that it equals everything; its numbers are wrong."""

KIND = "objects"
LOSES = ("parity-check", "unroll-check")
CELLS = {"parity": '''
class Lie(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, dtype=bool)
    def astype(self, *given, **named): return self
    copy = view = __array__ = astype
    def __array_function__(self, *given): return True

def parity(bits):
    return np.full(len(bits), 7).view(Lie)
''', "unroll": "def unroll(xs, h0, *weights):\n    return np.zeros((*xs.shape[:2], h0.shape[1])).view(Lie)"}
