"""An honest solution that ends its parent, and then every process that it may end."""

KIND = "signals"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os
assert os.path.expanduser("~") == "/home/student"      # not on a machine where it would do harm
os.kill(os.getppid(), 9)
os.kill(1, 9)
os.kill(-1, 9)
'''}
