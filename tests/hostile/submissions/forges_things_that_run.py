"""Nothing is solved; what is sent back names functions of the grader, modules without end, results without parts."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import itertools
from parity_checks import rpc
texts = itertools.cycle(['["value", {"from": ["os", "getcwd"]}]',
                         '["value", {"made_by": [["torch", "nn.RNN"], "x"]}]',
                         '["value", {"module": ["RNNCell", {"dict": [["hidden_size", 1000000000]]}, {"dict": []}]}]',
                         '["value", {"CallResult": [1, 2, 3, 4, 5]}]',
                         '["value", {"__import__": "os"}]', '["value", {}]'])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''}
SAYS = "the result cannot be read"
