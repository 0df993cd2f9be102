"""Nothing is solved; the checks, NumPy, Python and programs are changed where they lie."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "rights"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import os, pathlib, sys, numpy, parity_lib
changed = []
for place in (parity_lib.__file__, numpy.__file__, os.__file__, sys.executable, "/usr/bin/env", "/etc/passwd", "/new"):
    for attempt in (lambda: open(place, "r+b"), lambda: os.chmod(place, 0o777), lambda: os.unlink(place),
                    lambda: os.rename(place, place + "2"),
                    lambda: pathlib.Path(place).with_name("sitecustomize.py").write_text("1")):
        try:
            attempt()
            changed.append(place)
        except OSError:
            pass
print("changed:", changed)
'''}
SAYS = "changed: []"
