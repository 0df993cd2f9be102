"""Nothing is solved; other processes and passwords in environments, commands and descriptors are looked for."""

KIND = "spying"
CODE = '''
import glob, os

def words(path):
    """Return the words of a file that ends each of them with a zero byte, if it can be opened."""
    try:
        with open(path) as file:
            return set(file.read().split("\\0")) - {""}
    except PermissionError:     # the file of a process of another account
        return set()

allowed = {"HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "IPYTHONDIR",
           "JUPYTER_NO_CONFIG", "OMP_NUM_THREADS", "NBGRADER_EXECUTION", "PARITY_PROGRESS", "PWD"}
found = set()
for folder in ["/proc/self", "/proc/thread-self", *glob.glob("/proc/[0-9]*"), *glob.glob("/proc/[0-9]*/task/[0-9]*")]:
    found |= {line.partition("=")[0] for line in words(folder + "/environ")} - allowed
    found |= {word for word in words(folder + "/cmdline") if "PASSWORD" in word}
for folder in glob.glob("/proc/[0-9]*"):
    command = " ".join(words(folder + "/cmdline"))
    found |= {command} if command and "bwrap" not in command and "ipykernel_launcher" not in command else set()
descriptors = [path for path in glob.glob("/proc/1/fd/*") if not os.readlink(path).startswith("/dev/null")]
for path in descriptors:
    try:
        with open(path, "rb", buffering=0) as file:
            found.add(f"{os.readlink(path)}: {file.read(20)}")
    except OSError:
        pass
print("secrets:", sorted(found))
'''
SAYS = "secrets: []"
