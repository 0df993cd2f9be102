"""A cell lifts the limits of its process that can be lifted, and writes files and takes addresses beyond them."""

KIND = "rights"
LOSES = ()
CELLS = {"parity": '''
SOLUTION
import mmap, resource
done = []
for limit in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
    for both in ((-1, -1), (resource.getrlimit(limit)[1], -1)):
        try:
            resource.setrlimit(limit, both)
            done.append(limit)
        except (ValueError, OSError):
            pass
try:
    mmap.mmap(-1, 7000 << 20)
    done.append("addresses")
except OSError:
    pass
print("lifted:", done)
'''}
SAYS = "lifted: []"
