"""The channel is replaced, and sends a module with arguments that ask for forty gigabytes where the reader is."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "channel"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import json
from parity_checks import rpc
asked = [["in_features", 100_000], ["out_features", 100_000], ["device", "cpu"]]
rpc.answer = lambda text: rpc.Answer(json.dumps(["value", {"module": ["Linear", {"dict": asked}, {"dict": []}]}]))
'''}
SAYS = "the result cannot be read"
