"""An honest solution that shows nothing, but that six thousand times: each would be an entry in the notebook."""

KIND = "output"
LOSES = ()
CELLS = {"my-strings": '''
from IPython.display import display
for number in range(6000):
    display({"text/plain": ""}, raw=True)
'''}
