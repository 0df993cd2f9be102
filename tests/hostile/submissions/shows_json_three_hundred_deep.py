"""An honest solution; a cell shows valid JSON, so deep that a notebook with it cannot be copied or written."""

KIND = "messages"
LOSES = ()
CELLS = {"my-strings": '''
from IPython.display import display
for depth in (50, 100, 150, 200, 250, 300, 400, 600, 900, 1200):
    deep = []
    for _ in range(depth):
        deep = [deep]
    try:
        display({"application/json": deep}, raw=True)
    except RecursionError:
        pass
'''}
