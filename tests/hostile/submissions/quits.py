"""An honest solution; a cell ends with quit(), another with exit(), as a script would."""

KIND = "exit"
LOSES = ()
CELLS = {"parity": "SOLUTION\nquit()", "unroll": "SOLUTION\nexit()"}
