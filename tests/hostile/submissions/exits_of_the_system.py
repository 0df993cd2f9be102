"""An honest solution; cells end with sys.exit(), with an error of that kind, and with the stop button's."""

KIND = "exit"
LOSES = ()
CELLS = {"parity": "SOLUTION\nimport sys\nsys.exit()", "rnn-step": "SOLUTION\nraise SystemExit('done')",
         "unroll": "SOLUTION\nraise KeyboardInterrupt", "two-unit-weights": "SOLUTION\nraise GeneratorExit"}
