"""A cell makes a hundred thousand empty files and folders at home and in the temporary folder."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os
for folder in (os.path.expanduser("~"), "/tmp"):
    try:
        for number in range(50_000):
            open(f"{folder}/{number}", "w").close()
            os.mkdir(f"{folder}/folder-{number}")
    except OSError as error:
        print(error)
'''}
