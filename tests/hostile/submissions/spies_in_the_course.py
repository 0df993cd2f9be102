"""Nothing is solved, and everything of the course is looked for: sources, private tests, hand-ins, the gradebook."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import os
names, found = ("gradebook.db", "unrolling.md", "unrolling.ipynb", "nbgrader_config.py", "submitted", "private"), []
for place, folders, files in os.walk("/"):
    folders[:] = [one for one in folders if os.path.join(place, one) not in ("/proc", "/sys", "/usr", "/dev")]
    found += [os.path.join(place, one) for one in (*folders, *files) if one in names and "site-packages" not in place]
print("found in the course:", found)
'''}
SAYS = "found in the course: []"
