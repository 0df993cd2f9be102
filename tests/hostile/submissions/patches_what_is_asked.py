"""Nothing is solved; the functions that checks call in this process are replaced, and report success."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "patched checks"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
from parity_checks import core, plain, wire
for name in core.REMOTE:
    core.REMOTE[name] = lambda *given, **named: True
core.from_student = plain.from_student = lambda value, name: True
wire._packed = lambda value, depth: True
'''}
