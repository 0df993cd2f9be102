"""Nothing is solved; what is sent back is no text, no JSON, too deep, or an answer whose state is an array."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import itertools
from parity_checks import rpc
array = '{"array": ["<i8", [2], "AAAAAAAAAAAAAAAAAAAAAA=="]}'
texts = itertools.cycle(["[" * 100_000, f"[{array}, {array}]", '["value", ' + "[" * 400 + "]" * 400 + "]", "✓",
                         f'["failed", {array}]', "NaN", '["value", 1' + "0" * 4000 + "]", '["value"]'])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''}
SAYS = "it is not an answer to this call"
