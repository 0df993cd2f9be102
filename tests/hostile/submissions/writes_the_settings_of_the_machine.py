"""Nothing is solved; settings of Linux, libraries and everything else outside its folders are opened for writing."""

KIND = "rights"
CODE = '''
import os, pathlib, sys, numpy, parity_lib
own, open_for_writing = ("/home/student", "/tmp", "/dev/shm", "/dev/pts"), []
libraries = (*os.listdir("/usr"), "site-packages", "dist-packages")     # too many files to look at each
harmless = {os.stat("/dev/" + name).st_rdev for name in ("null", "zero", "full", "random", "urandom", "tty", "ptmx")}
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in own and name not in libraries
                  and not (folder == "/proc" and name.isdigit())]
    for path in [folder, *(os.path.join(folder, name) for name in folders + files)]:
        if not os.path.islink(path) and os.access(path, os.W_OK) and os.stat(path).st_rdev not in harmless:
            open_for_writing.append(path)
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
             "/proc/1/oom_score_adj"):
    try:
        with open(path, "w") as file:
            file.write("1")
        open_for_writing.append(path)
    except OSError:
        pass
for path in (parity_lib.__file__, numpy.__file__, os.__file__, sys.executable, "/usr/bin/env"):
    for attempt in (lambda: open(path, "r+b"), lambda: os.chmod(path, 0o777), lambda: os.unlink(path),
                    lambda: os.rename(path, path + "2"),
                    lambda: pathlib.Path(path).with_name("sitecustomize.py").write_text("1")):
        try:
            attempt()
            open_for_writing.append(path)
        except OSError:
            pass
print("for writing:", open_for_writing[:20])
'''
SAYS = "for writing: []"
