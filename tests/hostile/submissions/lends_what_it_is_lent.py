"""Nothing is solved; the checks' own functions for lending a function and for asking elsewhere are called."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "patched checks"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
from parity_checks import core
parity = rnn_step = unroll = two_unit_weights = None
for name in ("parity", "rnn_step", "unroll", "two_unit_weights"):
    core.lend(name, lambda *given: 0)
core.elsewhere(lambda *given: 0).__enter__()
core.bind({name: lambda *given: 0 for name in ("parity", "rnn_step", "unroll", "two_unit_weights")})
'''}
