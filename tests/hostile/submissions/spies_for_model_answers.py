"""Nothing is solved; the model answers are read from the library, and from wherever the environment points to."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import os, pathlib, parity_checks
try:
    text = (pathlib.Path(parity_checks.__file__).parent / "model_answers.json").read_text()
except OSError:
    text = ""
named = [value for name, value in os.environ.items() if "PRIVATE" in name or "TOKEN" in name or "SECRET" in name]
print("model answers:", len(text), "characters; named:", named)
'''}
SAYS = "model answers: 0 characters; named: []"
