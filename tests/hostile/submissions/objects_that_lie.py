"""An object and an array of own classes say that they equal everything; a list has itself as its only entry."""

KIND = "objects"
LOSES = ("parity-check", "unroll-check", "two-unit-weights-check")
CELLS = {"parity": '''
class Yes:
    shape, dtype = (4,), int
    def __eq__(self, other): return True
    def __array__(self, *given, **named): return self
    def __getattr__(self, name): return lambda *given, **named: True

def parity(bits):
    return Yes()
''', "unroll": '''
class Lie(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, dtype=bool)
    def astype(self, *given, **named): return self
    copy = view = __array__ = astype
    def __array_function__(self, *given): return True

def unroll(xs, h0, *weights):
    return np.zeros((*xs.shape[:2], h0.shape[1])).view(Lie)
''', "two-unit-weights": '''
def two_unit_weights():
    endless = []
    endless.append({"more": endless})
    return endless
'''}
SAYS = "Does a list contain itself?"
