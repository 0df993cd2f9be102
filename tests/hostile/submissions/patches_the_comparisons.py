"""All answers are zeros; what compares in NumPy, PyTorch and Python's own asserts always agrees."""

KIND = "patched checks"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {"parity": '''
import builtins, unittest

yes = lambda *given, **named: True
for owner, names in ((np, "allclose array_equal isclose equal"), (torch, "equal allclose isclose"),
                     (torch.testing, "assert_close"), (np.testing, "assert_allclose assert_array_equal"),
                     (builtins, "all any isinstance"), (unittest.TestCase, "assertEqual")):
    for name in names.split():
        setattr(owner, name, yes)
''', "rnn-step": "", "unroll": "", "two-unit-weights": ""}
