"""The channel sends a text of a hundred megabytes, a shape of millions of sizes, and sizes of four thousand digits."""

KIND = "slow to read"
LOSES = ("rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {"rnn-step": '''
SOLUTION
from parity_checks import rpc
rpc.answer = lambda text: rpc.Answer('["value", "' + "1" * 100_000_000 + '"]')
''', "unroll": '''
SOLUTION
rpc.answer = lambda text: rpc.Answer('["value", {"array": ["<i8", [' + "2," * 7_000_000 + '2], ""]}]')
''', "two-unit-weights": '''
SOLUTION
rpc.answer = lambda text: rpc.Answer('["value", {"tensor": ["int8", [' + ("9" * 4000 + ",") * 7000 + '1], ""]}]')
'''}
SAYS = "the result cannot be read"
