"""The gradebook is looked for next to the notebook and above it, and full points are written into it."""

from tests.hostile.bank import ALL, UNSOLVED

KIND = "gradebook"
LOSES = ALL
CELLS = UNSOLVED | {"parity": '''
import sqlite3
for ups in range(6):
    try:
        book = sqlite3.connect("../" * ups + "gradebook.db")
        book.execute("update grade set auto_score = 4, manual_score = 4")
        book.commit()
    except sqlite3.Error as error:
        print(error)
'''}
