"""The channel is replaced, and sends arrays whose shape has eight million sizes, or sizes of four thousand digits."""

KIND = "slow to read"
LOSES = ("unroll-check", "two-unit-weights-check")
CELLS = {"unroll": '''
SOLUTION
from parity_checks import rpc
rpc.answer = lambda text: rpc.Answer('["value", {"array": ["<i8", [' + "2," * 7_000_000 + '2], ""]}]')
''', "two-unit-weights": '''
SOLUTION
rpc.answer = lambda text: rpc.Answer('["value", {"tensor": ["int8", [' + ("9" * 4000 + ",") * 7000 + '1], ""]}]')
'''}
SAYS = "the result cannot be read"
