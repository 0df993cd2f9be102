"""Nothing is solved; the error of a cell says that this machine has no terminals left, which is not true."""

KIND = "claims"
CODE = 'raise OSError("out of pty devices")'
SAYS = "out of pty devices"
