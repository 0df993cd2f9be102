"""Nothing is solved; the checks' own ways to replace a function and to send calls are used from inside."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "patched checks"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
from parity_lib.checks import core
parity = rnn_step = unroll = two_unit_weights = None
for name in ("parity", "rnn_step", "unroll", "two_unit_weights"):
    core.replace(name, "numpy:zeros")
core.remote_calls(lambda *given: 0).__enter__()
core.bind({name: lambda *given: 0 for name in ("parity", "rnn_step", "unroll", "two_unit_weights")})
'''}
