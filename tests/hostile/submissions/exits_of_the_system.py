"""An honest solution; cells end with sys.exit(), as a script would with quit(), and with the stop button's error."""

KIND = "exit"
LOSES = ()
CELLS = {"parity": "SOLUTION\nimport sys\nsys.exit()", "rnn-step": "SOLUTION\nquit()",
         "unroll": "SOLUTION\nraise KeyboardInterrupt", "two-unit-weights": "SOLUTION\nraise GeneratorExit"}
