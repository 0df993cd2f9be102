"""A loop without end takes up whatever stops it and goes on; its process is ended, and what it defined is lost."""

KIND = "deaf"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
'''}
SAYS = "it could not be interrupted"
