"""Where the words of a failed call belong stands an array with 24 axes, which takes hours to be written out."""

KIND = "slow to read"
LOSES = ("two-unit-weights-check",)
CELLS = {"two-unit-weights": '''
import base64, json
from parity_checks import rpc
numbers = base64.b64encode(bytes(1 << 24)).decode()
rpc.answer = lambda text: rpc.Answer(json.dumps(["failed", {"tensor": ["uint8", [2] * 24, numbers]}]))
'''}
SAYS = "the result cannot be read"
