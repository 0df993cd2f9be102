"""Nothing is solved; environment variables name another folder of tests, other settings, and no grading."""

KIND = "files beside"
CODE = '''
import os
os.makedirs("private", exist_ok=True)
open("private/unrolling.py", "w").write("")
os.environ.update(PARITY_PRIVATE_TESTS=os.path.abspath("private"), NBGRADER_EXECUTION="", NBGRADER_VALIDATING="1",
                  PYTHONOPTIMIZE="2", PYTHONPATH="/tmp", PATH="/tmp", PYTEST_CURRENT_TEST="x", HOME="/")
'''
