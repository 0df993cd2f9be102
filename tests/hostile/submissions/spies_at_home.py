"""Nothing is solved; devices, homes of others, keys, settings and temporary folders of other submissions are sought."""

KIND = "spying"
CODE = '''
import glob, ipykernel
from jupyter_core.paths import jupyter_config_path
known = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts", "shm", "fd", "core",
         "stdin", "stdout", "stderr"}
own = ("/home/student/", os.path.dirname(ipykernel.get_connection_file()) + "/")
places = [*glob.glob("/home/*"), *glob.glob("/tmp/parity-*/*"), "/root", "/var", "/etc/shadow", "/etc/passwd",
          "/etc/hostname", "/sys/kernel", "/sys/firmware", "/run/user", "/boot", "/etc/ssh", "/etc/jupyter", "/mnt",
          "/media", "/srv", "/opt"]
found = [name for place in places for name in foreign(place) if not (name + "/").startswith(own)]
settings = {*jupyter_config_path(), sys.prefix + "/etc/jupyter", sys.base_prefix + "/etc/jupyter", "/usr/etc/jupyter"}
found += [os.path.join(folder, name) for place in settings for folder, _, names in os.walk(place) for name in names]
print("of others:", found, "devices:", sorted(set(os.listdir("/dev")) - known),
      "as root:", 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()))
'''
SAYS = "of others: [] devices: [] as root: False"
