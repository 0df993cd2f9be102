"""Nothing is solved; the channel sends broken arrays, functions and modules of the grader, no JSON, deep lists."""

KIND = "channel"
CODE = '''
import itertools
from parity_checks import rpc
texts = itertools.cycle(['["value", {"array": ["<i8", [1000000000000], ""]}]', '["value", {"from": ["os", "system"]}]',
                         '["value", {"array": ["|O", [1], "AAAAAAAAAAA="]}]', "[" * 100_000,
                         '["value", {"module": ["RNNCell", {"dict": [["hidden_size", 1000000000]]}, {"dict": []}]}]',
                         '["failed", {"array": ["<i8", [2], "AAAAAAAAAAAAAAAAAAAAAA=="]}]',
                         '["value", {"array": ["<U99999", [0, 4611686018427387904], ""]}]', '["value"]'])
rpc.answer = lambda text: rpc.Answer(next(texts))
'''
SAYS = "the result cannot be read"
