"""A cell writes, links, renames and removes in the one folder of the instructor's disk that the kernel can read."""

KIND = "disk"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import os, ipykernel
shared, changed = os.path.dirname(ipykernel.get_connection_file()), []
for attempt in (lambda: open(f"{shared}/new", "wb"), lambda: os.mkdir(f"{shared}/folder"),
                lambda: os.mkfifo(f"{shared}/pipe"), lambda: os.symlink("/etc/passwd", f"{shared}/link"),
                lambda: os.remove(f"{shared}/connection.json"), lambda: os.rename(f"{shared}/files", f"{shared}/other"),
                lambda: os.chmod(shared, 0), lambda: open(f"{shared}/connection.json", "r+b"),
                lambda: os.utime(shared), lambda: os.rmdir(f"{shared}/files")):
    try:
        attempt()
        changed.append("something")
    except OSError:
        pass
print("changed:", changed)
'''}
SAYS = "changed: []"
