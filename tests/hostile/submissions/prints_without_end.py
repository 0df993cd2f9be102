"""An honest solution that prints a line two hundred thousand times."""

KIND = "output"
LOSES = ()
CELLS = {"my-strings": "for number in range(200_000):\n    print('step', number)"}
SAYS = "Output truncated"
