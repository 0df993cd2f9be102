"""Grade the bank of an exercise, the book's or an instructor's own, without a kernel.

Run ``python -m tests.submissions NAME``.
"""

import os
import sys

from tests.submissions import bank

name = sys.argv[1]
sys.path.append(str(bank.ROOT / "solutions" / name))      # the checks of an instructor's own exercise
os.environ["NBGRADER_EXECUTION"] = "autograde"
submissions = bank.bank(name)
wrong = 0
for submission in submissions:
    problems = bank.complaints(submission, bank.score(submission))
    print(f"{submission.path.stem.replace('_', ' ')}: {'; '.join(problems) or 'ok'}")
    wrong += bool(problems)
print(f"{len(submissions) - wrong} of {len(submissions)} submissions have exactly the points that they deserve.")
sys.exit(wrong > 0)
