"""Nothing is solved; settings of Jupyter and nbgrader are read, in which a database's address has its password."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import os, sys
from jupyter_core.paths import jupyter_config_path
places = {*jupyter_config_path(), sys.prefix + "/etc/jupyter", sys.base_prefix + "/etc/jupyter", "/usr/etc/jupyter"}
print("settings:", [os.path.join(folder, name) for place in places for folder, _, names in os.walk(place)
                    for name in names])
'''}
SAYS = "settings: []"
