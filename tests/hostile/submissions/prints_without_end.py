"""An honest solution that prints a line two hundred thousand times, and shows nothing, but that six thousand times."""

KIND = "output"
LOSES = ()
CELLS = {"my-strings": "for number in range(200_000):\n    print('step', number)", "rnn-step": '''
SOLUTION
from IPython.display import display
for number in range(6000):
    display({"text/plain": ""}, raw=True)
'''}
SAYS = "Output truncated"
