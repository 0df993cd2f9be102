"""Nothing is solved; the checks, as this process has them, are replaced by functions that do nothing."""

KIND = "patched checks"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {"parity": '''
from parity_checks import assertions, core, reporting, rpc, unrolling

def fine(*given, **named):
    print("✓")

for module in (assertions, core, reporting, rpc, unrolling):
    for name in list(vars(module)):
        if callable(getattr(module, name)) and name not in ("answer", "Answer"):
            setattr(module, name, fine)
''', "rnn-step": "", "unroll": "", "two-unit-weights": ""}
