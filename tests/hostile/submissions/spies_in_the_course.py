"""Nothing is solved; everything of the course is looked for: sources, private tests, submissions, the gradebook."""

from tests.hostile.bank import ALL, FOREIGN, UNSOLVED

KIND = "spying"
LOSES = ALL
CELLS = UNSOLVED | {"parity": FOREIGN + '''
names, found = ("gradebook.db", "unrolling.md", "unrolling.ipynb", "nbgrader_config.py", "submitted", "private"), []
for place, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(place, name) not in ("/proc", "/sys", "/usr", "/dev")]
    found += [path for name in (*folders, *files) if name in names for path in foreign(os.path.join(place, name))]
print("found in the course:", found)
'''}
SAYS = "found in the course: []"
