"""The channel is replaced, and sends a module with arguments that ask for forty gigabytes where the reader is."""

KIND = "channel"
CODE = '''
import json
from parity_checks import rpc
asked = [["in_features", 100_000], ["out_features", 100_000], ["device", "cpu"]]
rpc.answer = lambda text: rpc.Answer(json.dumps(["value", {"module": ["Linear", {"dict": asked}, {"dict": []}]}]))
'''
SAYS = "the result cannot be read"
