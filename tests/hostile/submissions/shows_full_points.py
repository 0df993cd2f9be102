"""Nothing is solved; whatever is shown in this kernel becomes a number, as partial points are one."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "transformers"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import sys
sys.displayhook = lambda value: print(4)
get_ipython().display_formatter.format = lambda *given, **named: ({"text/plain": "4"}, {})
get_ipython().events.register("post_run_cell", lambda result: sys.displayhook(4))
'''}
