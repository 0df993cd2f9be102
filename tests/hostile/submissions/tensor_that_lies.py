"""A subclass of Tensor answers every function of PyTorch with True."""

KIND = "objects"
LOSES = ("unroll-check",)
CELLS = {"unroll": '''
class Lie(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True

def unroll(xs, h0, U, V, b):
    return torch.zeros(*xs.shape[:2], h0.shape[1]).as_subclass(Lie)
'''}
SAYS = "a value of type Lie"
