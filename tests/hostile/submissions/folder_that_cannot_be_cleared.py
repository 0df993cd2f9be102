"""A cell leaves folders that nobody may enter, links to everywhere and a pipe where the grader has to clear up."""

KIND = "disk"
LOSES = ("parity-check",)
CELLS = {"parity": '''
SOLUTION
import os, ipykernel, time
shared = os.path.dirname(ipykernel.get_connection_file())
for name, target in (("root", "/"), ("self", "."), ("passwd", "/etc/passwd"), ("none", "/none")):
    os.symlink(target, f"{shared}/{name}")
os.mkfifo(f"{shared}/pipe")
os.makedirs(f"{shared}/closed/inside")
os.chmod(f"{shared}/closed/inside", 0)
os.chmod(f"{shared}/closed", 0)
time.sleep(2)
'''}
SAYS = "of disk"
