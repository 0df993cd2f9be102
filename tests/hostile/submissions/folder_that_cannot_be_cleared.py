"""A cell leaves folders that nobody may enter, links to everywhere and a pipe where the grader has to clear up."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os, sys
shared = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
for name, target in (("root", "/"), ("self", "."), ("passwd", "/etc/passwd"), ("none", "/none")):
    os.symlink(target, f"{shared}/{name}")
os.mkfifo(f"{shared}/pipe")
os.makedirs(f"{shared}/closed/inside")
os.chmod(f"{shared}/closed/inside", 0)
os.chmod(f"{shared}/closed", 0)
'''}
