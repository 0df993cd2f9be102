"""In the place of one answer comes a text of a hundred megabytes, which no reader takes."""

KIND = "channel"
LOSES = ("two-unit-weights-check",)
CELLS = {"two-unit-weights": '''
from parity_checks import rpc
rpc.answer = lambda text: rpc.Answer('["value", "' + "1" * 100_000_000 + '"]')
'''}
