"""Nothing is solved; the channel is replaced, and sends functions of the grader, seeds, modules and other results."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import itertools
from parity_checks import rpc
texts = itertools.cycle(['["value", {"from": ["os", "system"]}]', '["value", {"seed": 3}]',
                         '["value", {"module": ["RNNCell", {"dict": [["hidden_size", 1000000000]]}, {"dict": []}]}]',
                         '["value", {"ModuleRun": [1]}]', '["value", {"CallResult": [1, 2, 3, 4, 5]}]',
                         '["value", {"made_by": [["torch", "nn.RNN"], "x"]}]', '["failed", null]', "[[], []]"])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''}
