"""Nothing is solved; the functions that checks call in this process are replaced, and report success."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "patched checks"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
from parity_checks import core, plain_data, serialise
for name in core.REMOTE:
    core.REMOTE[name] = lambda *given, **named: True
core.from_student = plain_data.from_student = lambda value, name: True
serialise._packed = lambda value, depth: True
'''}
