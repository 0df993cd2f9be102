"""Nothing is solved; the checks' own functions that replace a function and redirect calls are called."""

KIND = "patched checks"
CODE = '''
from parity_checks import core
parity = rnn_step = unroll = two_unit_weights = None
for name in ("parity", "rnn_step", "unroll", "two_unit_weights"):
    core.replace(name, "builtins:len")
core.remote_calls(lambda *given: 0).__enter__()
core.bind({name: lambda *given: 0 for name in ("parity", "rnn_step", "unroll", "two_unit_weights")})
'''
