"""Nothing is solved; the channel is replaced, and sends arrays with bad base64, without their numbers, of objects."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import itertools
from parity_checks import rpc
texts = itertools.cycle(['["value", {"array": ["<i8", [4], "%%%%"]}]',
                         '["value", {"array": ["<i8", [1000000000000], ""]}]',
                         '["value", {"array": ["|O", [1], "AAAAAAAAAAA="]}]',
                         '["value", {"array": ["<i8", [-1, -8], "AA=="]}]',
                         '["value", {"array": ["<U99999", [0, 4611686018427387904], ""]}]',
                         '["value", {"tensor": ["void", [], ""]}]'])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''}
SAYS = "the result cannot be read"
