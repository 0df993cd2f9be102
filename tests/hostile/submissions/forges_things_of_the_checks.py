"""Nothing is solved; the channel is replaced, and sends seeds, modules, results of other calls, depth and words."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import itertools
from parity_checks import rpc
texts = itertools.cycle(['["value", {"seed": 3}]', '["value", {"CallResult": 1}]', '["value", {"ModuleRun": [1]}]',
                         '["value", {"module": ["RNN", {"dict": []}, {"dict": []}]}]', "[" * 100_000,
                         '["value", ' + "[" * 900 + "]" * 901, '["value", {"tuple": 5}]', '["value", {"a": 1, "b": 2}]',
                         '["value", {"scalar": ["<U1", "/////w=="]}]', '["value", {"from": ["os", "system"]}]',
                         '["value", NaN]', '["value", 1e999]', '["failed", {"seed": 1}]', '["failed", null]',
                         '[[], []]', '["value", {"array": ["<f8", [true], "AAAAAAAAAAA="]}]'])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''}
